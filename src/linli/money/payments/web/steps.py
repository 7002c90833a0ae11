"""The steps of a batch on its page: form and run of each. Whose they are and when is in ``payments.steps``."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.contrib import messages
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import steps
from linli.foundation.screens.steps import Bound, Fields, Offer, plainly
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step
from linli.money.payments import operations, queries
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import Release
from linli.money.payments.steps import BATCH
from linli.money.payments.web.forms import ApproveForm, CameBackForm, CancelForm, ReleaseForm, ReturnForm


def by_field(name: str, deed: Callable[[], object]) -> object:
    """Run an act that reads a file: a refusal that names no field is about the file."""
    try:
        return deed()
    except DomainError as error:
        error.field = error.field or name
        raise


def _release(act: Act, batch: PaymentBatch, data: Fields) -> Release:
    return operations.release(act, batch_id=batch.pk, layout=queries.layouts()[data["layout"]])


def _return(act: Act, batch: PaymentBatch, data: Fields) -> object:
    # Which layout it has is known of a batch that was sent; of any other the operation says what it is.
    layout = queries.layouts().get(batch.layout_code) or next(iter(queries.layouts().values()))
    return by_field("file", lambda: operations.import_return(act, batch_id=batch.pk, data=data["file"], layout=layout))


def _came_back(act: Act, batch: PaymentBatch, data: Fields) -> object:
    told = {"bank_date": data["bank_date"], "reason": data["reason"]}
    return operations.take_back(act, batch_id=batch.pk, seqs=data["lines"], **told)


def _of_release(result: Release) -> list[tuple[int, str]]:
    """The money left, or the approval is void."""
    if result.released:
        return [(messages.SUCCESS, str(BATCH.step("release").done))]
    words = gettext("复核后情况有变，批次已作废并冲回：%(lines)s")
    return [(messages.WARNING, words % {"lines": result.batch.void_reason})]


def _of_return(rows: list[PaymentItem]) -> list[tuple[int, str]]:
    """What settled a claim, and what waits to be sent again."""
    settled = [row for row in rows if row.state == ItemState.PAID]
    said = [gettext("%(count)s 笔已列为多付，退回的钱记为已收回") % {"count": len(settled)}] if settled else []
    said += [str(BATCH.step("came_back").done)] if len(settled) < len(rows) else []
    return [(messages.SUCCESS, words) for words in said]


BOUND: Mapping[str, Bound] = {
    "approve": Bound(
        lambda desk, batch, *data: ApproveForm(*data, seen=batch.lines_digest),
        lambda act, batch, data: operations.approve(act, batch_id=batch.pk, digest=data["digest"]),
    ),
    "release": Bound(
        lambda desk, batch, *data: ReleaseForm(
            *data, layouts=queries.layouts(), last=queries.last_layout(batch.fund_id)
        ),
        _release,
        _of_release,
    ),
    "return": Bound(lambda desk, batch, *data: ReturnForm(*data), _return),
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

    shown = steps.offers(BATCH, BOUND, desk, batch, address, refused)
    return [replace(one, step=_worded(one.step, desk, batch)) for one in shown]


def _worded(step: Step, desk: Desk, batch: PaymentBatch) -> Step:
    """Whoever checks what somebody else made does not cancel it, but sends it back."""
    sends_back = batch.state == BatchState.PROPOSED and desk.person.user_id != batch.maker_id
    if step.code == "cancel" and sends_back:
        return replace(step, label=_("退回经办（作废本批次）"), button=_("退回经办"))
    return step
