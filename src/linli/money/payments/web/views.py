"""Look: batches, one batch with its three hands, its bank file, who waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.documents import render_sheet, sheet_table
from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.cells import linked, masked
from linli.foundation.screens.exporting import PDF, download
from linli.foundation.screens.heads import Head, action, button
from linli.foundation.screens.pages import found_or_404, sentence
from linli.foundation.screens.reminding import waits
from linli.foundation.screens.steps import Offer, step_page
from linli.foundation.screens.texts import (
    day_text,
    joined,
    joined_by_dot,
    moment_text,
    money_text,
    month_text,
    pack_text,
)
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.marks import Listed
from linli.kernel.money import capital_amount
from linli.money.awards.models import PayeeAccount
from linli.money.awards.queries import programme_labels, shared_accounts, sharings
from linli.money.ledger.models import Fund
from linli.money.ledger.queries import waiting_about
from linli.money.payments import operations, queries
from linli.money.payments.codes import BatchState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.permissions import can_take_file
from linli.money.payments.queries import Outlook
from linli.money.payments.refusals import BatchStale
from linli.money.payments.steps import BATCH
from linli.money.payments.web.desk import reading
from linli.money.payments.web.lists import LineList
from linli.money.payments.web.steps import BOUND, offers

# --- A batch as its page shows it ------------------------------------------------------------------


def hands(batch: PaymentBatch) -> list[dict[str, Any]]:
    """The three hands and the bank: label, who, when, and how far the batch is."""
    known = names([batch.maker_id, batch.checker_id, batch.releaser_id])
    voided, state = batch.state == BatchState.VOIDED, batch.state
    rows: list[tuple[str, int | None, object, bool, bool]] = [
        (gettext("经办"), batch.maker_id, batch.made_at, True, False),
        (
            pgettext("batch", "复核"),
            batch.checker_id,
            batch.approved_at,
            bool(batch.checker_id),
            state == BatchState.PROPOSED,
        ),
        (gettext("放款"), batch.releaser_id, batch.released_at, bool(batch.releaser_id), state == BatchState.APPROVED),
        (gettext("银行"), None, None, state == BatchState.CLOSED, state == BatchState.RELEASED),
    ]
    return [
        {
            "label": label,
            "by": known.get(person or 0, ""),
            "at": at,
            "state": "done" if done else "stopped" if voided else "now" if current else "",
        }
        for label, person, at, done, current in rows
    ]


@dataclass(frozen=True)
class SharedNumber:
    """One account number that several units name: the lines of the batch that go there, and how many more units."""

    last4: str
    lines: list[tuple[str, str]]  # (unit, holder)
    others: int


def shared_lines(desk: Desk, batch: PaymentBatch) -> list[SharedNumber]:
    """Of a batch whose money has not left: lines to a number that other units name too, the most shared first.

    Units that the batch does not pay, wherever they live, are counted alone.
    """
    if batch.state not in {BatchState.PROPOSED, BatchState.APPROVED}:
        return []
    lines = {line.account_id: line for line in queries.items(batch.pk)}
    accounts = shared_accounts(lines)
    sharing = sharings(desk.reads, accounts)
    groups: dict[str, list[PayeeAccount]] = {}
    for account in accounts:
        groups.setdefault(account.account_index, []).append(account)
    found = []
    for group in groups.values():
        units = {account.unit_key for account in group}
        others = sharing[group[0].pk].units + 1 - len(units)
        held = [(lines[one.pk].unit_key, desk.person.named(one.stamp, one.holder_name)) for one in group]
        found.append(SharedNumber(group[0].account_last4, held, others))
    return sorted(found, key=lambda one: (-len(one.lines) - one.others, one.last4))


def outlooks(funds: Sequence[Fund], on: date) -> list[Outlook]:
    """This year's funds, and earlier ones with a month that nobody proposed."""
    past = [fund for fund in funds if fund.year < on.year]
    return [*queries.outlooks([fund for fund in funds if fund.year == on.year], on), *queries.unproposed(past, on)]


class BatchPage(LineList):
    """One batch: where it stands, its lines, and what the reader may do with it; a step that was refused shows its form
    as it was filled in.
    """

    refused: Mapping[str, Form] = MappingProxyType({})

    def __init__(self, request: HttpRequest, desk: Desk, number: str, code: str = "") -> None:
        super().__init__(request, desk, number)
        self.code = code

    def response(self, *, status: int = 200) -> HttpResponse:
        """The page; where the address names a step, what comes of it."""
        if not self.code:
            return super().response(status=status)
        path = BATCH.step(self.code).path
        return step_page(self.request, BATCH, BOUND, self.desk, self.batch, path, to=self.address, page=self._refused)

    def _refused(self, forms: Mapping[str, Form]) -> HttpResponse:
        self.refused = forms
        return super().response(status=422)

    def head(self) -> Head:
        batch, number = self.batch, self.batch.number
        lead = joined_by_dot(batch.fund.name, month_text(batch.month_date), batch.get_kind_display())
        actions = [button(gettext("打印审批表"), "batch_paper", number)]
        if batch.state == BatchState.VOIDED and BATCH.allows(self.desk.person, "propose", batch, self.desk.on):
            actions += action(self.request, gettext("重新编制"), "batch_new", main=True)
        if can_take_file(self.desk.person, batch):
            actions.append(button(gettext("取走银行文件"), "batch_file", number))
        return Head(number, lead, [(number, "")], BatchState(batch.state), actions)

    @cached_property
    def offered(self) -> list[Offer]:
        """What the person may do with the batch as it stands."""
        return offers(self.desk, self.batch, self.refused)

    def open_yet(self, found: Sequence[PaymentItem]) -> Sequence[PaymentItem]:
        """All of them, for whoever may do something with the batch: approval and release ask the same."""
        return queries.batch_lines(self.batch) if self.offered else found

    def more(self, found: Sequence[PaymentItem]) -> dict[str, Any]:
        # What the act would refuse is not offered; a release is, which voids the batch.
        offered = [one for one in self.offered if not self.stale or one.step.code != "approve"]
        return {
            "batch": self.batch,
            "totals": queries.totals_by_state(self.batch.pk),
            "hands": hands(self.batch),
            "facts": _facts(self.batch),
            "offers": offered,
            "stale": self._told() if self.stale and self.offered and not self.refused else "",
            "waits": waits(BATCH, self.desk.person, self.batch, self.desk.on, "batch_detail"),
            "shared": shared_lines(self.desk, self.batch),
            "back": self._said_back(),
            "transit": queries.in_transit(self.batch.pk) if self.batch.state == BatchState.RELEASED else None,
            "errors": next(iter(self.refused.values()), None),
        }

    def _said_back(self) -> list[tuple[object, str]]:
        """What was written down as come back after it was paid, and waits for the second person."""
        sent = self.batch.state in {BatchState.RELEASED, BatchState.CLOSED}
        rows = waiting_about(f"batch:{self.batch.number}") if sent else []
        return [(linked(self.request, "proposal_detail", row.number), row.reference) for row in rows]

    def _told(self) -> str:
        """What comes of them: an approval would be refused, a release voids the batch."""
        if self.batch.state == BatchState.PROPOSED:
            return sentence(BatchStale(lines=Listed(self.stale)))
        return gettext("以下明细在复核后发生变化，放款时批次会作废并冲回：%(lines)s") % {"lines": joined(self.stale)}


def _facts(batch: PaymentBatch) -> list[tuple[object, object]]:
    """What the lines and the bank's file are known by."""
    facts: list[tuple[object, object]] = [(gettext("明细摘要"), masked(f"{batch.lines_digest[:16]}…"))]
    if batch.file_digest:
        facts += [(gettext("银行文件"), batch.file_name), (gettext("文件摘要"), masked(f"{batch.file_digest[:16]}…"))]
    return facts


class TakeFile(ActPage[Desk, PaymentBatch]):
    """The bank file as it was released, for who takes it to the bank."""

    title, submit = _("取走银行文件"), _("下载银行文件")
    lead: ClassVar[object] = _("%(number)s · 文件里有每个人的完整账号，只交给银行；每次取走都会记录。")
    done = _("这一份已经取走；要再取一次，请重新打开这一页")
    finds = queries.batch
    operation = operations.take_file
    of = "batch_id"
    leads, by = "batch_detail", "number"
    secret = True

    def may(self) -> bool:
        return can_take_file(self.desk.person, self.row)

    def answer(self, result: tuple[str, bytes]) -> HttpResponse:
        name, data = result
        return download(data, name, "application/octet-stream")


# --- A batch as a sheet to sign --------------------------------------------------------------------


@reading
def batch_paper(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The batch on paper: sums in figures and capitals, by programme and source, three names to sign beside."""
    batch, labels = found_or_404(queries.batch, desk.reads, number), programme_labels(desk.on)
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for programme, source, fen in queries.line_sums(batch.pk):
        count, total = sums.get((programme, source), (0, 0))
        sums[programme, source] = (count + 1, total + fen)
    table = sheet_table(
        gettext("按项目和资金来源"),
        [gettext("项目"), gettext("来源"), gettext("笔数"), gettext("金额")],
        [
            [pack_text(labels.get(programme, programme)), source, str(count), fen]
            for (programme, source), (count, fen) in sorted(sums.items())
        ],
        [2, 3],
    )
    data = render_sheet(
        gettext("资金发放审批表"),
        number,
        batch.fund.name,
        day_text(desk.on),
        [
            (gettext("发放月份"), month_text(batch.month_date)),
            (pgettext("batch", "类别"), str(batch.get_kind_display())),
            (gettext("金额（小写）"), money_text(batch.total_fen)),
            (gettext("金额（大写）"), capital_amount(batch.total_fen)),
            (gettext("笔数"), str(batch.items_count)),
            (gettext("状态"), str(batch.get_state_display())),
            *((hand["label"], f"{hand['by']} {moment_text(hand['at'])}".strip()) for hand in hands(batch)[:3]),
        ],
        [table],
        [
            gettext("签名：经办 __________  复核 __________  放款 __________"),
            gettext("明细摘要 %(digest)s：明细有任何变动，摘要即不同。") % {"digest": batch.lines_digest},
        ],
    )
    return download(data, f"{number}.pdf", PDF)
