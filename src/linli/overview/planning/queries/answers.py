"""Who was answered within the time that the scheme gives, as the clocks of the applications tell it."""

from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.aid.assistance.codes import ClockKind
from linli.aid.assistance.queries.counts import applications_received
from linli.foundation.data.scope import Scope

# An application with its intake clock: ``due`` the last day, ``told`` the day of the last answer that it got.
IN_TIME = Q(told__lte=F("due"))


def answers_due(scope: Scope, community_id: int, on: date, *, scheme: str) -> QuerySet[Any, Any]:
    """Applications that were answered up to the day or should have been, each once, in order of number.

    An answer is acceptance, refusal, or the one list of what is missing; the wait for papers is not the office's. Who
    withdrew before the time was over asked for none.
    """
    clocked = applications_received(scope, community_id, on, scheme=scheme).annotate(
        intake=FilteredRelation("clocks", condition=Q(clocks__kind=ClockKind.INTAKE)),
        due=F("intake__due_date"),
        told=Coalesce("intake__paused_date", "intake__finished_date"),
    )
    answered = IN_TIME & Q(told__lte=on, answers__isnull=False)
    late = Q(told__gt=F("due"), told__lte=on) | Q(told__isnull=True, due__lt=on)
    return clocked.filter(answered | late).distinct()
