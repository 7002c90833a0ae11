"""A review that a new application answered is over."""

from collections.abc import Iterable

from django.db.models import Q

from linli.aid.assistance.codes import EventKind, RenewalState
from linli.aid.assistance.models import Renewal
from linli.aid.assistance.operations.common import write_events
from linli.aid.assistance.queries.renewals import awards_of
from linli.kernel.act import Act
from linli.money.awards.queries import Award

# Stands in the record, so it is written in the language of the records.
_APPLIED = "已按新的申请批准"


def close_reapplied(act: Act, followed: Iterable[Award]) -> list[Renewal]:
    """Reviews still open of which every award is now followed by one of a new application: nobody confirms them."""
    before = list(followed)
    if not before:
        return []
    pairs = Q()
    for award in before:
        pairs |= Q(application__number=award.application_number, until_date=award.valid_until)
    waiting = (RenewalState.OPEN, RenewalState.CONFIRMED)
    rows = list(Renewal.objects.filter(pairs, state__in=waiting).select_related("application").order_by("pk"))
    done = {award.pk for award in before}
    left = awards_of(rows)
    closed = [row for row in rows if all(one.pk in done or hasattr(one, "renewed_by") for one in left[row.pk])]
    for row in closed:
        row.state, row.reason = RenewalState.REAPPLY, _APPLIED
    Renewal.objects.bulk_update(closed, ["state", "reason"])
    write_events(act, EventKind.REAPPLY_ASKED, {row.application: row.reason for row in closed})
    return closed
