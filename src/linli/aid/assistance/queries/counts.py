"""How many were recognised and how many applied: counts for plans, and the records behind them.

A person may belong to several groups and be recognised more than once: people and households are counted once within a
group, and nobody may add the groups up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from linli.aid.assistance.models import Application, Recognition
from linli.foundation.data.scope import Scope, within


@dataclass(frozen=True)
class Recognised:
    """How many different households and people were recognised; ``records`` recognitions stand behind it."""

    households: int
    persons: int
    records: int


NOBODY = Recognised(0, 0, 0)


def recognitions(
    scope: Scope, community_id: int, on: date, *, scheme: str = "", group: str = ""
) -> QuerySet[Recognition]:
    """Recognitions made up to the day, under one scheme and for one group where these are named."""
    rows = within(Recognition.objects.filter(community_id=community_id, valid_from__lte=on), scope)
    if scheme:
        rows = rows.filter(decision__application__pack_version__scheme=scheme)
    return rows.filter(group=group) if group else rows


def recognised(scope: Scope, community_id: int, on: date, *, scheme: str = "") -> Mapping[str, Recognised]:
    """Group → different households and people recognised up to the day: one query."""
    rows = recognitions(scope, community_id, on, scheme=scheme).values("group").order_by("group")
    counted = rows.annotate(
        households=Count("household", distinct=True), persons=Count("resident", distinct=True), records=Count("id")
    )
    return {row["group"]: Recognised(row["households"], row["persons"], row["records"]) for row in counted}


def applications_received(scope: Scope, community_id: int, on: date, *, scheme: str = "") -> QuerySet[Application]:
    """Applications received up to the day, in order of number."""
    rows = within(Application.objects.filter(community_id=community_id, received_date__lte=on), scope)
    if scheme:
        rows = rows.filter(pack_version__scheme=scheme)
    return rows.order_by("number")


def application_counts(scope: Scope, community_id: int, on: date, *, scheme: str = "") -> Mapping[str, int]:
    """State → applications received up to the day, as they stand now: one query."""
    rows = applications_received(scope, community_id, on, scheme=scheme).order_by("state").values_list("state")
    return dict(rows.annotate(number=Count("id")))
