"""Agreements as people write them down."""

from datetime import date
from typing import Any

from linli.kernel.act import Act
from linli.registry.partners.codes import PartnerKind, PromiseKind
from linli.registry.partners.models import Agreement
from linli.registry.partners.operations import draft, sign, turn
from tests.conftest import Staff, at, system_act

FIRST, LAST = date(2026, 3, 16), date(2027, 3, 16)
REVIEW = date(2026, 9, 1)
TOLD: dict[str, Any] = {
    "partner": "江畔中学",
    "kind": PartnerKind.SCHOOL,
    "purpose": "周末开放操场",
    "contact": "总务处 0000-0000",
    "valid_from": FIRST,
    "valid_until": LAST,
    "review_date": REVIEW,
    PromiseKind.PLACE: 40,
    PromiseKind.HOURS: 100,
}


def drafted(act: Act, community_id: int, **told: Any) -> Agreement:
    """Written down."""
    return draft(act, community_id=community_id, **TOLD | told)


def signed(staff: Staff, community_id: int, **told: Any) -> Agreement:
    """Written down by the clerk, signed by the director."""
    day = told.pop("day", date(2026, 3, 9))
    row = drafted(Act(staff.clerk, at(day)), community_id, **told)
    return sign(Act(staff.director, at(day, 10)), agreement_id=row.pk)


def running(staff: Staff, community_id: int, **told: Any) -> Agreement:
    """Signed, and its first day has come."""
    row = signed(staff, community_id, **told)
    turn(system_act(row.valid_from))
    row.refresh_from_db()
    return row
