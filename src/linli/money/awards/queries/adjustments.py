"""Reads of adjustments: where the rules say another amount than an award gives."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext

from linli.foundation.data.scope import Scope, within
from linli.kernel.bilingual import listed
from linli.kernel.period import Month
from linli.law.policies.engine.following import change_rule
from linli.law.policies.engine.model import ChangeRule
from linli.law.policies.engine.text import (
    fact_text,
)
from linli.law.policies.queries import law_book, pack_of
from linli.money.awards.codes import WAITING_ADJUSTMENTS, AdjustmentState, Cause
from linli.money.awards.models import Adjustment, Award
from linli.money.awards.queries.causes import causes_since
from linli.money.awards.queries.foresight import Foreseen, foresee, foresee_by_registry, schemes_by_programme
from linli.money.awards.queries.months import promised
from linli.money.awards.rules.following import Finding
from linli.money.ledger.queries import available_of

__all__ = [
    "Adjustment",
    "AdjustmentSums",
    "LineEffect",
    "Preview",
    "PreviewRow",
    "adjustment",
    "adjustment_sums",
    "adjustments",
    "because",
    "by_registry",
    "fact_labels",
    "preview",
    "rule_of",
    "waiting_adjustments",
]


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


def waiting_adjustments(scope: Scope, of: Callable[[Any], Any] = lambda rows: rows) -> dict[str, int]:
    """How many adjustments wait, by state, of those that ``of`` leaves; one query."""
    rows = of(within(Adjustment.objects.filter(state__in=WAITING_ADJUSTMENTS), scope)).order_by("state")
    return dict(rows.values_list("state").annotate(total=Count("pk")))


@dataclass(frozen=True)
class PreviewRow:
    """One difference that a day will bring to an award. ``promise_fen``: more promised, or less, in the fund's year."""

    award: Award
    finding: Finding
    back_fen: int
    promise_fen: int
    missing: str

    @property
    def cause_label(self) -> str:
        """Why, in the reader's language."""
        return str(Cause(self.finding.piece.cause).label)

    @property
    def way_label(self) -> str:
        """Whether it counts by itself, or what a person is asked for."""
        return gettext("自动调整") if self.finding.followed else str(AdjustmentState(self.finding.why).label)


@dataclass(frozen=True)
class Preview:
    """What a day will bring, award by award, with the budget lines that it touches."""

    on: date
    rows: tuple[PreviewRow, ...]
    lines: tuple["LineEffect", ...]

    @property
    def monthly_fen(self) -> int:
        """Fen a month more, or less."""
        return sum((row.finding.fen or 0) - row.finding.before_fen for row in self.rows if row.finding.fen is not None)

    @property
    def back_fen(self) -> int:
        """Fen for months already paid."""
        return sum(row.back_fen for row in self.rows)


@dataclass(frozen=True)
class LineEffect:
    """A budget line: fen that it may still promise, and fen more that what counts by itself would promise."""

    name: str
    left_fen: int
    more_fen: int

    @property
    def is_short(self) -> bool:
        """Whether the line cannot bear it."""
        return self.more_fen > self.left_fen


def preview(scope: Scope, on: date) -> Preview:
    """What will change for the awards of the scope by the day, by what is known today; nothing is written."""
    causes = causes_since(on)
    wanted = within(Award.objects.filter(pk__in=causes.since), scope).select_related("line__fund", "household")
    return _preview(on, foresee(list(wanted.order_by("pk")), causes.since, on, changed=causes.facts))


def by_registry(award: Award, on: date, first: Month) -> Preview:
    """What asking the rules about one award from a month on would change, by what is registered on the day.

    The page before :func:`linli.money.awards.operations.recalculate` and the act ask the same; nothing is written here.
    """
    return _preview(on, foresee_by_registry([award], on, {award.pk: first}))


def _preview(on: date, found: Sequence[Foreseen]) -> Preview:
    before = promised([one.award for one in found])
    left = available_of(one.award.line_id for one in found)
    more: dict[int, int] = defaultdict(int)
    rows = []
    for one in found:
        change = one.promised_then() - before[one.award.pk]
        if any(finding.followed for finding in one.findings):
            more[one.award.line_id] += change
        for place, finding in enumerate(one.findings):
            fen = change if place == 0 else 0
            rows.append(PreviewRow(one.award, finding, one.back_fen(finding), fen, fact_labels(one, finding)))
    names = {one.award.line_id: one.award.line.name for one in found}
    lines = [LineEffect(names[pk], left.get(pk, 0), fen) for pk, fen in sorted(more.items())]
    return Preview(on, tuple(rows), tuple(lines))


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
    return listed(fact_text(pack, name) for name in names).zh
