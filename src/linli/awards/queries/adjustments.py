"""Reads of adjustments: where the rules say another amount than an award gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import translation

from linli.awards.codes import WAITING_ADJUSTMENTS, Cause
from linli.awards.models import Adjustment
from linli.awards.queries.foresight import Foreseen, schemes_by_programme
from linli.awards.rules.following import Finding
from linli.foundation.data.scope import Scope, within
from linli.policies.engine.following import change_rule
from linli.policies.engine.model import ChangeRule
from linli.policies.queries import law_book, pack_of


def adjustments(scope: Scope, *, state: str = "", after: int | None = None) -> QuerySet[Adjustment]:
    """Adjustments newest first, before an id (keyset); ``state`` is one of them or WAITING for all that wait."""
    rows = within(Adjustment.objects.select_related("award"), scope).order_by("-pk")
    if state == "WAITING":
        rows = rows.filter(state__in=WAITING_ADJUSTMENTS)
    elif state:
        rows = rows.filter(state=state)
    return rows.filter(pk__lt=after) if after else rows


def adjustment(scope: Scope, adjustment_id: int) -> Adjustment:
    """One adjustment; Adjustment.DoesNotExist when it is not in the scope."""
    found: Adjustment = within(Adjustment.objects.select_related("award"), scope).get(pk=adjustment_id)
    return found


@dataclass(frozen=True)
class AdjustmentSums:
    """How many adjustments, what they change a month, and for months already paid, in fen."""

    number: int
    monthly_fen: int
    back_fen: int
    oldest: date | None = None


def adjustment_sums(rows: QuerySet[Adjustment]) -> AdjustmentSums:
    """The sums of these adjustments, in one query; those without an amount count as no change."""
    known = Q(after_fen__isnull=False)
    sums = rows.order_by().aggregate(
        number=Count("pk"),
        monthly_fen=Sum(F("after_fen") - F("before_fen"), filter=known, default=0),
        back_fen=Sum("back_fen", default=0),
    )
    return AdjustmentSums(**sums)


def waiting_adjustments(scope: Scope) -> dict[str, int]:
    """How many adjustments wait, by state; one query."""
    rows = within(Adjustment.objects.filter(state__in=WAITING_ADJUSTMENTS), scope).order_by("state")
    return dict(rows.values_list("state").annotate(number=Count("pk")))


def rule_of(programme: str, cause: str, on: date) -> ChangeRule:
    """What the pack in force says of a cause for a programme."""
    book = law_book(on)
    scheme = schemes_by_programme(book, on)[programme]
    return change_rule(book.on(scheme, on).pack, cause)


def because(cause: Cause, note: str) -> str:
    """Why an amount changed, as the history keeps it: in the language of the records."""
    with translation.override("zh-hans"):
        words = str(cause.label)
    return f"{words}：{note.strip()}" if note.strip() else words


def fact_labels(one: Foreseen, finding: Finding) -> str:
    """The facts that are missing, as people call them: "R-000001 月收入"."""
    names: Sequence[str] = one.missing.get(finding.piece.reference, ())
    if not names:
        return ""
    pack = pack_of(one.said[finding.piece.reference].pack_version_id)
    labels = []
    for name in names:
        member, _dot, code = name.rpartition(".")
        labels.append(f"{member} {pack.facts[code].label.zh}".strip())
    return "、".join(labels)
