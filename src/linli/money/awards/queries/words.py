"""What the packs in force say about awards: names of programmes, how long a changed account is held."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from linli.kernel.bilingual import Text
from linli.law.policies.engine import (
    Pack,
)
from linli.law.policies.queries import PackNotInForce, pack_in_force, schemes, work_calendar

# Where no pack says otherwise a changed account is held three working days.
HOLD_DAYS = 3
# Where no pack says otherwise a change in the household is looked at within a month.
CHANGE_REVIEW_DAYS = 30


def packs_in_force(on: date) -> Iterator[Pack]:
    """The pack of each scheme that is in force on the day."""
    for scheme in schemes():
        try:
            yield pack_in_force(scheme, on)
        except PackNotInForce:
            continue


def programme_labels(on: date) -> Mapping[str, Text]:
    """Names of programmes by code, in both languages."""
    return {code: programme.label for pack in packs_in_force(on) for code, programme in pack.programmes.items()}


def waived_programmes(on: date) -> frozenset[str]:
    """Programmes whose pack asks for nothing back that was paid too much."""
    return frozenset(
        code
        for pack in packs_in_force(on)
        for code, programme in pack.programmes.items()
        if programme.overpayment == "WAIVED"
    )


def ending_when_rehoused(on: date) -> frozenset[str]:
    """Programmes whose pack ends a person's payment when the person joins another household of the community."""
    return frozenset(
        code for pack in packs_in_force(on) for code, one in pack.programmes.items() if one.rehoused == "ENDS"
    )


def change_review_due(on: date) -> Mapping[str, date]:
    """By which day a change in the household noticed on the day is looked at, by programme of the packs in force."""
    calendar = work_calendar()
    found: dict[str, date] = {}
    for pack in packs_in_force(on):
        due = on + timedelta(days=CHANGE_REVIEW_DAYS)
        if (spec := pack.deadlines.get("change_review")) is not None:
            days = int(pack.parameters_on(on)[spec.days])
            working = pack.parameters[spec.days].unit == "WORKING_DAYS"
            due = calendar.add_working_days(on, days).date if working else on + timedelta(days=days)
        found |= dict.fromkeys(pack.programmes, due)
    return found


def payee_hold_days(on: date) -> int:
    """Working days for which a changed account is held: the longest of the packs in force."""
    held = [
        int(pack.parameters_on(on)[pack.deadlines["payee_hold"].days])
        for pack in packs_in_force(on)
        if "payee_hold" in pack.deadlines
    ]
    return max(held, default=HOLD_DAYS)
