"""Look: the funds, a statement, balances, and the records behind every figure."""

from django.http import Http404, HttpRequest, HttpResponse

from linli.foundation.screens.pages import render_page, whole_number
from linli.foundation.screens.tables import cut
from linli.ground.users.queries import names
from linli.kernel.period import Month
from linli.money.ledger import queries
from linli.money.ledger.codes import CORRECTABLE, AccountKind, JournalKind
from linli.money.ledger.models import Journal
from linli.money.ledger.permissions import MANAGERS, can_accept_excess, can_correct, can_receive
from linli.money.ledger.web.desk import Desk, fund_or_404, months_of, reading
from linli.money.ledger.web.exports import journals_workbook
from linli.money.ledger.web.presenters import account_name, leading_fen, purpose_of, subject_of

_KINDS = {kind.value for kind in JournalKind}


@reading
def fund_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The funds within reach, newest year first, each with what it can still pay."""
    funds = queries.funds(desk.reads)
    left = queries.spendable_of([fund.pk for fund in funds])
    context = {
        "rows": [(fund, left.get(fund.pk, 0)) for fund in funds],
        "may_open": desk.person.holds(*MANAGERS),
    }
    return render_page(request, "ledger/fund_list.html", context)


@reading
def fund_statement(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """What came in, went out and is left, by source and by budget line."""
    fund = fund_or_404(desk, code)
    first, last = months_of(request, fund, desk.on)
    statement = queries.statement(desk.reads, fund.pk, first.first_day, last.plus(1).first_day)
    lines, locked = [row.line for row in statement.lines], queries.locked_months(fund.pk)
    context = {
        "fund": fund,
        "statement": statement,
        "first": first,
        "last": last,
        "months": [Month(fund.year, number) for number in range(1, 13)],
        "purposes": {row.source.pk: purpose_of(row.source, lines) for row in statement.sources},
        "locked": locked,
        "by": names([row.by_id for row in locked]),
        "may_receive": can_receive(desk.person, fund.stamp),
        "may_accept": can_accept_excess(desk.person, fund.stamp),
    }
    return render_page(request, "ledger/fund_statement.html", context, fragment="ledger/_statement.html")


@reading
def fund_balances(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Every account with its balance now."""
    fund = fund_or_404(desk, code)
    rows = queries.balances(desk.reads, fund.pk)
    shown = [row for row in rows if row.balance_fen or row.kind in {AccountKind.CASH, AccountKind.AVAILABLE}]
    labels = {source.code: source.name for source in queries.sources(fund.pk)}
    labels |= {line.code: line.name for line in queries.lines(fund.pk)}
    return render_page(request, "ledger/fund_balances.html", {"fund": fund, "rows": shown, "labels": labels})


@reading
def journal_list(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The journals behind a figure, newest first: by kind, source, line and month."""
    fund = fund_or_404(desk, code)
    first, last = months_of(request, fund, desk.on)
    kind = request.GET.get("kind", "")
    rows = queries.journals(
        desk.reads,
        fund.pk,
        kind=kind if kind in _KINDS else "",
        source=request.GET.get("source", ""),
        line=request.GET.get("line", ""),
        text=request.GET.get("q", "").strip().upper(),
        start=first.first_day,
        until=last.plus(1).first_day,
        before=whole_number(request.GET.get("after", "")),
    )
    sources, lines = queries.sources(fund.pk), queries.lines(fund.pk)
    if request.GET.get("as") == "xlsx":
        everything = queries.with_amounts(rows)
        told = [(row, fen, subject_of(row.subject, sources, lines).text) for row, fen in everything]
        return journals_workbook(desk, fund, told)
    page, more = cut(queries.with_amounts(rows[: queries.PAGE + 1]), queries.PAGE)
    context = {
        "fund": fund,
        "rows": [(row, fen, subject_of(row.subject, sources, lines)) for row, fen in page],
        "next": page[-1][0].pk if more else None,
        "kinds": JournalKind.choices,
        "sources": sources,
        "lines": lines,
        "months": [Month(fund.year, number) for number in range(1, 13)],
        "first": first,
        "last": last,
    }
    return render_page(request, "ledger/journal_list.html", context, fragment="ledger/_journals.html")


@reading
def journal_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal with its transfers and what undid it."""
    try:
        journal, transfers = queries.journal(desk.reads, number)
    except Journal.DoesNotExist as error:
        raise Http404 from error
    reversed_by = getattr(journal, "reversed_by", None)
    sources, lines = queries.sources(journal.fund_id), queries.lines(journal.fund_id)
    context = {
        "journal": journal,
        "subject": subject_of(journal.subject, sources, lines),
        "transfers": [(row, account_name(row.debit), account_name(row.credit)) for row in transfers],
        "total_fen": leading_fen(transfers),
        "by": names([journal.by_id]).get(journal.by_id, ""),
        "reversed_by": reversed_by,
        "may_correct": journal.kind in CORRECTABLE
        and reversed_by is None
        and can_correct(desk.person, journal.fund.stamp, journal.by_id),
    }
    return render_page(request, "ledger/journal_detail.html", context)
