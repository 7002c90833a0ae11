"""What the bank paid, as sets of payments."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import within
from linli.foundation.measures import Measure, Shown, Window
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem
from linli.money.payments.queries.batches import returned, returned_by_place


def _paid(window: Window) -> QuerySet[Any, Any]:
    """Payments of the window's fund that the bank paid and that did not come back."""
    rows = PaymentItem.objects.filter(state=ItemState.PAID, award__line__fund_id=window.fund_id or 0)
    return within(rows, window.scope, prefix="award__")


_UNIT = Shown(_("领取单位"), "unit_key")
_SUMS = (Shown(_("发放次数"), Count("pk"), "INTEGER"), Shown(_("金额"), Sum("amount_fen"), "YUAN"))
# Different households or people that were paid at least once.
UNITS_PAID = Measure(
    _paid,
    unit="unit_key",
    line="unit_key",
    shown=(_UNIT, Shown(_("家庭"), "award__household__number", page="household_detail"), *_SUMS),
)
FEN_PAID = Measure(
    _paid,
    unit="unit_key",
    line="award__number",
    fen="amount_fen",
    shown=(
        Shown(_("待遇编号"), "award__number", page="award_detail"),
        Shown(_("待遇项目"), "programme"),
        _UNIT,
        *_SUMS,
    ),
)


def _returned(window: Window) -> QuerySet[Any, Any]:
    return returned(window.scope).annotate(place=F("batch__community_id"))


def _kept_back(window: Window, by: str) -> Mapping[Any, int] | None:
    return {key: one[0] for key, one in returned_by_place(window.scope).items()} if by == "place" else None


MONEY_BACK = Measure(
    _returned,
    unit="pk",
    line="pk",
    shown=(
        Shown(_("待遇编号"), "award__number", page="award_detail"),
        Shown(_("批次"), "batch__number", page="batch_detail"),
        Shown(_("退回日期"), "settled_date", "DATE"),
        Shown(_("金额"), "amount_fen", "YUAN"),
        Shown(_("银行说明"), "return_text"),
    ),
    kept=_kept_back,
)
