"""What the page of a family needs of its cases, in as many statements for many as for one; scopes are the caller's."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from linli.aid.assistance.models import Application, ApplicationEvent, Assessment, Renewal
from linli.aid.assistance.queries.papers import overdue_promises
from linli.aid.assistance.steps import RENEWAL


def live_renewals(rows: Collection[Application]) -> list[Renewal]:
    """Yearly reviews under way, with their case, the most urgent first."""
    live = [state for step in ("confirm", "decide") for state in RENEWAL.step(step).sources]
    found = Renewal.objects.filter(application__in=rows, state__in=live).select_related("application")
    return list(found.order_by("due_date"))


def promises_broken(rows: Collection[Application], on: date) -> Mapping[int, date | None]:
    """The first day on which promised papers should have come and did not, by case."""
    late = overdue_promises(Application.objects.filter(pk__in=[row.pk for row in rows]), on)
    return dict(late.order_by("-promised_date").values_list("application_id", "promised_date"))


def newest_determination(rows: Collection[Application]) -> Assessment | None:
    """The assessment that determined last what the family is due, with its determination and case."""
    made = Assessment.objects.filter(application__in=rows, determination__isnull=False, completed_date__isnull=False)
    return made.select_related("determination", "application").order_by("-pk").first()


def events_before(application_ids: Collection[int], before: datetime, most: int) -> list[ApplicationEvent]:
    """The newest events of the cases before a moment."""
    rows = ApplicationEvent.objects.filter(application_id__in=application_ids, at__lt=before)
    return list(rows.order_by("-pk")[:most])
