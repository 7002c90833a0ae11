"""Reads of letters. A letter is visible where its subject is."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from linli.foundation.data.scope import Scope, within
from linli.ground.notifications.models import Letter
from linli.ground.notifications.rules.document import LANGUAGES, office_line

__all__ = ["LANGUAGES", "Letter", "letter", "letters_about", "letters_to_own", "office_line", "undelivered"]


def letters_about(scope: Scope, subject: str) -> QuerySet[Letter, Letter]:
    """Letters about one subject, oldest first, deliveries ready."""
    return within(Letter.objects.filter(subject=subject), scope).order_by("id").prefetch_related("deliveries")


def letters_to_own(subjects: Sequence[str]) -> QuerySet[Letter, Letter]:
    """Letters about subjects that the caller has shown to be the reader's own."""
    return Letter.objects.filter(subject__in=subjects).order_by("id").prefetch_related("deliveries")


def letter(scope: Scope, number: str) -> Letter | None:
    """One letter, None when it is not there or not in scope."""
    return within(Letter.objects.filter(number=number), scope).first()


def undelivered(scope: Scope) -> QuerySet[Letter, Any]:
    """Letters that nobody has recorded as delivered, oldest first."""
    return within(Letter.objects.filter(deliveries__isnull=True), scope).order_by("id")
