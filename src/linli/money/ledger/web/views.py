"""Look: the funds, a statement, balances, and the records behind every figure."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from linli.foundation.screens.cells import chip, linked, masked
from linli.foundation.screens.exporting import answer
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import day_text, time_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.money.ledger import queries
from linli.money.ledger.codes import CORRECTABLE
from linli.money.ledger.models import Fund, Journal
from linli.money.ledger.permissions import can_accept_excess, can_correct, can_receive
from linli.money.ledger.web.desk import fund_or_404, journal_or_404, months_of, reading
from linli.money.ledger.web.exports import statement_sheet
from linli.money.ledger.web.lists import (
    TRANSFERS,
    BalanceList,
    FundList,
    JournalList,
    locked_columns,
    months_of_year,
    statement_columns,
    trail,
)
from linli.money.ledger.web.presenters import amount_text, leading_fen, subject_of


@reading
def fund_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The funds within reach, newest year first, each with what it can still pay."""
    return FundList(request, desk).response()


@reading
def fund_statement(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """What came in, went out and is left, by source and by budget line."""
    fund = fund_or_404(desk, code)
    first, last = months_of(request, fund, desk.on)
    statement = queries.statement(desk.reads, fund.pk, first.first_day, last.plus(1).first_day)
    if request.GET.get("as") == "xlsx":
        return answer(request, statement_sheet(desk, statement, first, last))
    sources, lines = statement_columns(statement, first, last)
    locked = queries.locked_months(fund.pk)
    context = {
        "head": Head(fund.name, gettext("编号 %(code)s") % {"code": code}, [(code, "")], actions=_actions(desk, fund)),
        "fund": fund,
        "statement": statement,
        "first": first,
        "last": last,
        "months": months_of_year(fund),
        "source_columns": sources,
        "line_columns": lines,
        "locked_columns": locked_columns(names([row.by_id for row in locked])),
        "locked": locked,
    }
    return render_page(request, "ledger/fund_statement.html", context, fragment="ledger/_statement.html")


def _actions(desk: Desk, fund: Fund) -> list[Action]:
    def to(label: str, page: str, *, main: bool = False) -> Action:
        return Action(label, reverse(page, args=[fund.code]), main=main)

    found = [to(gettext("科目余额"), "fund_balances"), to(gettext("全部凭证"), "journal_list")]
    found.append(to(gettext("限定用途资金结转"), "carry_over_list"))
    if can_accept_excess(desk.person, fund.stamp):
        found.append(to(gettext("认可超预算"), "excess_new"))
    if can_receive(desk.person, fund.stamp):
        found += [to(gettext("登记到账"), "inflow_new", main=True), to(gettext("登记银行手续费"), "fee_new")]
    return found


@reading
def fund_balances(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Every account with its balance now."""
    return BalanceList(request, desk, fund_or_404(desk, code)).response()


@reading
def journal_list(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The journals behind a figure, newest first."""
    return JournalList(request, desk, fund_or_404(desk, code)).response()


@reading
def journal_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal with its transfers and what undid it."""
    journal, transfers = journal_or_404(desk, number)
    context = {
        "head": _journal_head(request, desk, journal),
        "columns": TRANSFERS,
        "transfers": transfers,
        "facts": _facts(request, journal, leading_fen(transfers)),
    }
    return render_page(request, "ledger/journal_detail.html", context)


def _journal_head(request: HttpRequest, desk: Desk, journal: Journal) -> Head:
    fund, number = journal.fund, journal.number
    about = subject_of(journal.subject, queries.sources(fund.pk), queries.lines(fund.pk))
    words = linked(request, about.page, about.argument, about.text) if about.page else about.text
    undone = getattr(journal, "reversed_by", None) is not None
    lead = format_html(
        "{} · {} {}", day_text(journal.on_date), words, chip(gettext("已冲销"), "paused") if undone else ""
    )
    actions = [Action(gettext("打印凭证"), reverse("journal_voucher", args=[number]))]
    if journal.kind in CORRECTABLE and not undone and can_correct(desk.person, fund.stamp, journal.by_id):
        actions.append(Action(gettext("冲销"), reverse("journal_correct", args=[number]), danger=True))
    way = [*trail(fund), (gettext("凭证"), reverse("journal_list", args=[fund.code])), (number, "")]
    return Head(f"{journal.get_kind_display()} {number}", lead, way, actions=actions)


def _facts(request: HttpRequest, journal: Journal, fen: int) -> list[tuple[object, object]]:
    """Labels and values of the journal itself."""
    by = names([journal.by_id]).get(journal.by_id) or gettext("系统")
    other = ((gettext("冲销对象"), journal.reverses), (gettext("冲销凭证"), getattr(journal, "reversed_by", None)))
    return [
        (gettext("金额"), amount_text(fen)),
        (gettext("记账人"), by),
        (gettext("记账时间"), time_text(journal.at)),
        *([(gettext("理由"), journal.reason)] if journal.reason else []),
        *((label, linked(request, "journal_detail", one.number)) for label, one in other if one is not None),
        (gettext("摘要值"), masked(f"{journal.digest[:16]}…")),
    ]
