"""Look: batches, one batch with its three hands, its bank file, who waits."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.cells import masked
from linli.foundation.screens.exporting import download
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.reminding import waits
from linli.foundation.screens.texts import joined_by_dot, month_text
from linli.ground.users.queries.desks import Desk
from linli.money.payments import queries
from linli.money.payments.codes import BatchState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.permissions import can_take_file
from linli.money.payments.steps import BATCH
from linli.money.payments.web.desk import batch_or_404, reading
from linli.money.payments.web.lists import ArrearsList, BatchList, LineList, MonthList
from linli.money.payments.web.presenters import hands, shared_lines
from linli.money.payments.web.steps import offers


@reading
def batch_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches newest first."""
    return BatchList(request, desk).response()


@reading
def month_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What became of each month's money."""
    return MonthList(request, desk).response()


@reading
def arrears_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Months that are due and not yet paid."""
    return ArrearsList(request, desk).response()


@reading
def batch_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One batch: where it stands, its lines, and what the reader may do with it."""
    return BatchPage(request, desk, batch_or_404(desk, number)).response()


class BatchPage(LineList):
    """A batch above its lines; a step that was refused shows its form as it was filled in."""

    refused: Mapping[str, Form] = MappingProxyType({})

    def head(self) -> Head:
        batch, number = self.batch, self.batch.number
        lead = joined_by_dot(batch.fund.name, month_text(batch.month_date), batch.get_kind_display())
        actions = [Action(gettext("打印审批表"), reverse("batch_paper", args=[number]))]
        if batch.state == BatchState.VOIDED and BATCH.allows(self.desk.person, "propose", batch, self.desk.on):
            actions += action(self.request, gettext("重新编制"), "batch_new", main=True)
        if can_take_file(self.desk.person, batch):
            actions.append(Action(gettext("下载银行文件"), reverse("batch_file", args=[number])))
        return Head(number, lead, [(number, "")], BatchState(batch.state), actions)

    def more(self, found: Sequence[PaymentItem]) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "totals": queries.totals_by_state(self.batch.pk),
            "hands": hands(self.batch),
            "facts": _facts(self.batch),
            "offers": offers(self.desk, self.batch, self.refused),
            "waits": waits(BATCH, self.desk.person, self.batch, self.desk.on, "batch_detail"),
            "shared": shared_lines(self.desk, self.batch),
            "errors": next(iter(self.refused.values()), None),
        }


def _facts(batch: PaymentBatch) -> list[tuple[object, object]]:
    """What the lines and the bank's file are known by."""
    facts: list[tuple[object, object]] = [(gettext("明细摘要"), masked(f"{batch.lines_digest[:16]}…"))]
    if batch.file_digest:
        facts += [(gettext("银行文件"), batch.file_name), (gettext("文件摘要"), masked(f"{batch.file_digest[:16]}…"))]
    return facts


@reading
def batch_file(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The bank file as it was released; every download is written down."""
    batch = batch_or_404(desk, number)
    if not can_take_file(desk.person, batch):
        raise Http404
    name, data = queries.bank_file(desk.reads, number)
    note_read(request, where=batch.stamp, subject=f"batch:{number}:file", shown=[batch.file_digest])
    return download(data, name, "application/octet-stream")
