"""What the packs in force say about awards: names of programmes, how long a changed account is held."""

from collections.abc import Iterator, Mapping
from datetime import date

from linli.policies.engine import Pack, Text
from linli.policies.queries import PackNotInForce, pack_in_force, schemes

# Where no pack says otherwise a changed account is held three working days.
HOLD_DAYS = 3


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


def payee_hold_days(on: date) -> int:
    """Working days for which a changed account is held: the longest of the packs in force."""
    held = [
        int(pack.parameters_on(on)[pack.deadlines["payee_hold"].days])
        for pack in packs_in_force(on)
        if "payee_hold" in pack.deadlines
    ]
    return max(held, default=HOLD_DAYS)
