"""Which scheme takes applications today."""

from datetime import date

from django.http import Http404

from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import PackNotInForce, pack_in_force, schemes


def schemes_in_force(on: date) -> list[tuple[str, Pack]]:
    """Every scheme that takes applications on the day."""
    found = []
    for scheme in schemes():
        try:
            found.append((scheme, pack_in_force(scheme, on)))
        except PackNotInForce:
            continue
    return found


def scheme_in_force(on: date, wished: str = "") -> tuple[str, Pack]:
    """The scheme asked for, else the first in force on the day. Raises Http404 when there is none."""
    found = next((one for one in schemes_in_force(on) if not wished or one[0] == wished), None)
    if found is None:
        raise Http404
    return found
