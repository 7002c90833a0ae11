"""How many were recognised and how many applied: counts for plans, and the records behind them.

A person may belong to several groups and be recognised more than once: people and households are counted once within a
group, and nobody may add the groups up.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, QuerySet

from linli.aid.assistance.models import Application, Recognition
from linli.foundation.data.scope import Scope, within


def recognitions(scope: Scope, community_id: int, on: date, *, scheme: str) -> QuerySet[Recognition]:
    """Recognitions made up to the day under one scheme."""
    rows = Recognition.objects.filter(community_id=community_id, valid_from__lte=on)
    return within(rows.filter(decision__application__pack_version__scheme=scheme), scope)


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
