"""How a change reaches awards that run: what the pack says of each cause, and on which dates its law changes.

A pack that says nothing of a cause leaves every change to a person, as an office without a rule does.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from linli.kernel.period import Month
from linli.law.policies.engine.model import (
    AFTER_DECISION,
    MONTH_AFTER,
    MONTH_OF,
    REVIEW,
    Basis,
    ChangeRule,
    Pack,
)


def change_rule(pack: Pack, cause: str) -> ChangeRule:
    """What the pack says of a cause; where it is silent a person decides, and a reduction counts from then on."""
    silent = ChangeRule(
        cause=cause,
        upwards=REVIEW,
        upwards_from=MONTH_OF,
        downwards=REVIEW,
        downwards_from=AFTER_DECISION,
        basis=Basis(),
    )
    return pack.following.get(cause, silent)


def counts_from(how: str, cause_date: date, decided: date) -> Month:
    """The first month for which a change counts: of its date, the one after, or the one after it was decided."""
    if how == AFTER_DECISION:
        return Month.of(decided).plus(1)
    return Month.of(cause_date).plus(how == MONTH_AFTER)


def law_dates(pack: Pack, names: Iterable[str]) -> frozenset[date]:
    """The days on which a parameter of these gets another value or none."""
    found: set[date] = set()
    for name in names:
        parameter = pack.parameters[name]
        days = {value.valid_from for value in parameter.values}
        days |= {value.valid_until for value in parameter.values if value.valid_until is not None}
        found |= {day for day in days if parameter.value_on(day) != parameter.value_on(day - timedelta(days=1))}
    return frozenset(found)
