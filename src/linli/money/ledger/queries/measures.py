"""What sources paid in, as a set of transfers that moved cash."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import within
from linli.foundation.measures import Measure, Shown, Window
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Account, Transfer


def _received(window: Window) -> QuerySet[Any, Any]:
    """Transfers of the window's fund and time that moved cash, with the ``source``'s code and the ``fen`` that came in.

    A receipt booked by mistake and its correction both stand there; together they are nothing. What the bank took for
    itself did not come in.
    """
    into, out = Q(debit__kind=AccountKind.CASH), Q(credit__kind=AccountKind.CASH)
    rows = Transfer.objects.filter(
        into | out,
        journal__fund_id=window.fund_id or 0,
        journal__kind__in=(JournalKind.INFLOW, JournalKind.BANK_FEE, JournalKind.CORRECTION),
        journal__on_date__gte=window.first,
        journal__on_date__lt=window.until,
    ).annotate(
        source=Case(When(into, then="debit__source__code"), default="credit__source__code"),
        fen=Case(When(into, then=F("amount_fen")), default=-F("amount_fen")),
    )
    return within(rows, window.scope, prefix="journal__fund__")


FEN_RECEIVED = Measure(
    _received,
    unit="source",
    line="journal__number",
    fen="fen",
    record="journal",
    shown=(
        Shown(_("凭证编号"), "journal__number", page="journal_detail"),
        Shown(_("收到日期"), "journal__on_date", "DATE"),
        Shown(_("金额"), Sum("fen"), "YUAN"),
    ),
)


def _spent(window: Window) -> QuerySet[Any, Any]:
    """What was spent of each budget line of the year's funds, as the balances say that the database keeps."""
    rows = Account.objects.filter(kind=AccountKind.SPENT, fund__year=window.on.year).annotate(
        place=F("fund__community_id"), spent=F("debit_fen") - F("credit_fen"), planned=F("line__amount_fen")
    )
    return within(rows, window.scope, prefix="fund__")


def _of_budget(fen: str) -> Measure:
    return Measure(
        _spent,
        unit="pk",
        line="code",
        fen=fen,
        shown=(
            Shown(_("资金"), "fund__code", page="fund_statement"),
            Shown(_("预算科目"), "line__name"),
            Shown(_("预算"), "planned", "YUAN"),
            Shown(_("已列支"), "spent", "YUAN"),
        ),
    )


SPENT, BUDGETED = _of_budget("spent"), _of_budget("planned")
