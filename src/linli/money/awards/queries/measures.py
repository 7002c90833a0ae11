"""Who is on the books, as a set of awards."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import within
from linli.foundation.measures import Measure, Shown, Window
from linli.money.awards.models import Award


def _running(window: Window) -> QuerySet[Any, Any]:
    """Awards of the window's fund that cover its day."""
    rows = Award.objects.filter(line__fund_id=window.fund_id or 0, valid_from__lte=window.on, valid_until__gt=window.on)
    return within(rows, window.scope)


# Different households or people with an award that covers the day.
ON_THE_BOOKS = Measure(
    _running,
    unit="unit_key",
    line="number",
    shown=(
        Shown(_("待遇编号"), "number", page="award_detail"),
        Shown(_("领取单位"), "unit_key"),
        Shown(_("起始日期"), "valid_from", "DATE"),
    ),
)
