"""The steps of a batch on its page: form and run of each. Whose they are and when is in ``payments.steps``."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import steps
from linli.foundation.screens.steps import Bound, Fields, Offer, plainly
from linli.foundation.screens.texts import money_text, pack_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.steps import Step
from linli.money.ledger.models import Proposal
from linli.money.payments import operations, queries
from linli.money.payments.codes import BatchState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import Release
from linli.money.payments.steps import BATCH
from linli.money.payments.web.forms import ApproveForm, CameBackForm, CancelForm, ReleaseForm, ReturnForm


def _release_form(_desk: Desk, batch: PaymentBatch, *data: Any) -> ReleaseForm:
    layouts = [(code, pack_text(layout.label)) for code, layout in queries.layouts().items()]
    return ReleaseForm(*data, offers={"layout": layouts}, initial={"layout": queries.last_layout(batch.fund_id)})


def _release(act: Act, batch: PaymentBatch, data: Fields) -> Release:
    return operations.release(act, batch_id=batch.pk, layout=queries.layouts()[data["layout"]])


def _return(act: Act, batch: PaymentBatch, data: Fields) -> object:
    # Which layout it has is known of a batch that was sent; of any other the operation says what it is.
    layout = queries.layouts().get(batch.layout_code) or next(iter(queries.layouts().values()))
    return operations.import_return(act, batch_id=batch.pk, data=data["file"], layout=layout)


def _came_back(act: Act, batch: PaymentBatch, data: Fields) -> object:
    told = {"bank_date": data["bank_date"], "reason": data["reason"]}
    return operations.propose_late_return(act, batch_id=batch.pk, seqs=data["lines"], **told)


def _of_release(result: Release) -> list[tuple[int, str]]:
    """The money left, or the approval is void."""
    if result.released:
        return [(messages.SUCCESS, str(BATCH.step("release").done))]
    words = gettext("复核后情况有变，批次已作废并冲回：%(lines)s")
    return [(messages.WARNING, words % {"lines": result.batch.void_reason})]


def _of_return(rows: list[tuple[Proposal, PaymentItem]]) -> list[tuple[int, str]]:
    """Each payment by what the bank calls it, the account's last digits and the amount: a wrong one is withdrawn."""
    words = gettext("%(number)s：%(line)s，账号末四位 %(last4)s，%(fen)s")
    said = [
        words
        % {
            "number": asked.number,
            "line": asked.reference,
            "last4": item.account.account_last4,
            "fen": money_text(item.amount_fen),
        }
        for asked, item in rows
    ]
    return [(messages.SUCCESS, told) for told in (str(BATCH.step("came_back").done), *said)]


def _of_answer(batch: PaymentBatch) -> list[tuple[int, str]]:
    """How many the bank paid and returned by its file, and how many it has not answered."""
    file = batch.returns.latest("pk")
    left = queries.in_transit(batch.pk)
    words = gettext("回盘已入账：已发放 %(paid)s 笔，退回 %(returned)s 笔，本批次还有 %(left)s 笔在途")
    told = {"paid": file.paid_count, "returned": file.returned_count, "left": left.number}
    return [(messages.SUCCESS, words % told)]


BOUND: Mapping[str, Bound] = {
    "approve": plainly(
        operations.approve,
        "batch_id",
        ApproveForm,
        lambda _desk, batch: {"initial": {"digest": batch.lines_digest}},
    ),
    "release": Bound(_release_form, _release, _of_release),
    "return": Bound(lambda desk, batch, *data: ReturnForm(*data), _return, _of_answer, about="file"),
    "came_back": Bound(
        lambda desk, batch, *data: CameBackForm(*data, number=batch.number, on=desk.on),
        _came_back,
        _of_return,
    ),
    "cancel": plainly(operations.cancel, "batch_id", CancelForm),
}


def offers(desk: Desk, batch: PaymentBatch, refused: Mapping[str, Form]) -> list[Offer]:
    """What the person may do with the batch as it stands; a form that was refused is shown as it was filled in."""

    def address(step: Step) -> str:
        return reverse(f"batch_{step.code}", args=[batch.number])

    def worded(step: Step) -> Step:
        """Whoever checks what somebody else made does not cancel it, but sends it back."""
        proposed = step.code == "cancel" and batch.state == BatchState.PROPOSED
        if proposed and not desk.person.is_one_of((batch.maker_id,), desk.on):
            return replace(step, label=_("退回经办（作废本批次）"), button=_("退回经办"))
        return step

    return steps.offers(BATCH, BOUND, desk, batch, address, refused, worded)
