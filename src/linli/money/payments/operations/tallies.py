"""How often an award was taken up is counted apart: of rows that somebody took out nothing else would tell the release.

A digest says that a row is as an act left it; whose row it was that is gone, it cannot say. The count has the key of
its award: the release asks it by that, whatever became of the rows.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Value

from linli.foundation.trail.acts import within_act
from linli.foundation.trail.behind import Behind
from linli.kernel.act import Act
from linli.money.awards.queries import change_rows, month_rows
from linli.money.payments.models import PaymentBatch, PaymentItem, PaymentTally

_ITEMS: Final = "payments_paymentitem"
_MONTHS: Final = "awards_awardmonth"
_COUNTED: Final = (
    "INSERT INTO payments_paymenttally (id, items, months) SELECT award_id, {} FROM payments_paymentitem "
    "WHERE batch_id = %s GROUP BY award_id ORDER BY award_id ON CONFLICT (id) DO UPDATE SET "
    "items = payments_paymenttally.items + excluded.items, months = payments_paymenttally.months + excluded.months"
)


@within_act
def tally_lines(act: Act, batch: PaymentBatch) -> None:
    """Count the new lines of a batch with their awards."""
    _count("count(*), 0", batch)


@within_act
def tally_months(act: Act, batch: PaymentBatch) -> None:
    """Count the months that the lines of a batch spent with their awards."""
    _count("0, count(*)", batch)


def _count(what: str, batch: PaymentBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(what), [batch.pk])


@dataclass(frozen=True)
class TakenUp:
    """The lines and the spent months of some awards until now, by table (key and award of each), and their counts; and
    by whose ``hands`` (ids) what is due of them is what it is.
    """

    awards: Collection[int]
    rows: Mapping[str, Mapping[int, int]]
    counted: Mapping[str, Mapping[int, int]]
    hands: frozenset[int]

    def behind(self) -> Behind:
        """All these rows and their counts."""
        return Behind({"payments_paymenttally": self.awards, _ITEMS: self.rows[_ITEMS], _MONTHS: self.rows[_MONTHS]})

    def lost(self) -> list[str]:
        """Where an award has fewer rows than were counted, or more: in the words in which verification names a row."""
        found = {table: Counter(rows.values()) for table, rows in self.rows.items()}
        return [
            f"{table} (award {pk}) {'removed' if found[table][pk] < self.counted[table].get(pk, 0) else 'added'}"
            for pk in sorted(self.awards)
            for table in (_ITEMS, _MONTHS)
            if found[table][pk] != self.counted[table].get(pk, 0)
        ]


def taken_up(award_ids: Collection[int]) -> TakenUp:
    """How awards were taken up until now: one statement."""
    tallies = PaymentTally.objects.filter(pk__in=award_ids).order_by()
    lines = PaymentItem.objects.filter(award_id__in=award_ids).order_by()
    found: dict[str, dict[int, int]] = {kind: {} for kind in ("items", "months", "hands", _ITEMS, _MONTHS)}
    asked = tallies.values_list(Value("items"), "pk", "items").union(
        tallies.values_list(Value("months"), "pk", "months"),
        lines.values_list(Value(_ITEMS), "pk", "award_id"),
        month_rows(award_ids).values_list(Value(_MONTHS), "pk", "award_id"),
        change_rows(award_ids).values_list(Value("hands"), "pk", "by_id"),
        all=True,
    )
    for kind, key, value in asked:
        found[kind][key] = value
    return TakenUp(
        award_ids,
        {table: found[table] for table in (_ITEMS, _MONTHS)},
        {_ITEMS: found["items"], _MONTHS: found["months"]},
        frozenset(found["hands"].values()),
    )
