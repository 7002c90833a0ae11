"""Reads of agreements."""

from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from linli.foundation.data.scope import Scope, within
from linli.registry.partners.codes import AgreementState
from linli.registry.partners.models import Agreement, Promise

# So long before its end an agreement is work.
ENDING_DAYS = 30


def agreements(scope: Scope, *, state: str = "", kind: str = "", text: str = "") -> QuerySet[Agreement]:
    """Agreements in the scope, newest first, with their promises; ``text`` is a number or part of a partner's name."""
    wanted = {"state": state, "kind": kind}
    rows = within(Agreement.objects.all(), scope).filter(**{name: value for name, value in wanted.items() if value})
    rows = rows.filter(Q(partner__icontains=text) | Q(number=text.upper())) if text else rows
    return rows.prefetch_related(Prefetch("promises", Promise.objects.order_by("kind"))).order_by("-pk")


def agreement(scope: Scope, number: str) -> Agreement:
    """One agreement; Agreement.DoesNotExist when it is not in the scope."""
    return agreements(scope).get(number=number)


def to_sign(scope: Scope, _on: date) -> QuerySet[Agreement]:
    """Agreements that wait for the second person."""
    return agreements(scope, state=AgreementState.DRAFT)


def reviews_due(scope: Scope, on: date) -> QuerySet[Agreement]:
    """Running agreements whose review day has come, the oldest first."""
    return agreements(scope, state=AgreementState.RUNNING).filter(review_date__lte=on).order_by("review_date", "pk")


def ending(scope: Scope, on: date) -> QuerySet[Agreement]:
    """Running agreements that end within a month, the first to end first: renewed, or let go."""
    soon = on + timedelta(days=ENDING_DAYS)
    return agreements(scope, state=AgreementState.RUNNING).filter(valid_until__lte=soon).order_by("valid_until", "pk")


def taking_part(scope: Scope, on: date) -> QuerySet[Agreement]:
    """Measure: agreements in force on the day, by their partners (S0: units that take part)."""
    running = agreements(scope, state=AgreementState.RUNNING)
    return running.filter(valid_from__lte=on, valid_until__gt=on).order_by("partner", "pk")
