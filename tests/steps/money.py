"""Payments tried: batches and their lines."""

from collections.abc import Callable
from typing import Any

from linli.kernel.act import Act
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import approve, cancel, import_return, reissue, release, take_back, write_off
from linli.money.payments.queries import layouts
from linli.money.payments.steps import BATCH, ITEM
from tests.ledger.bank import answer
from tests.ledger.world import PAY_DAY, World, by
from tests.steps.trying import Bench


def _bank(act: Act, batch: PaymentBatch, **said: Any) -> PaymentBatch:
    layout = layouts()["RIVER_BANK"]
    return import_return(
        act, batch_id=batch.pk, data=answer(PaymentBatch.objects.get(pk=batch.pk), **said), layout=layout
    )


def _voided(world: World) -> PaymentBatch:
    return cancel(by(world.staff.maker), batch_id=world.propose().pk, reason="重做")


def _half_answered(world: World) -> PaymentBatch:
    return _bank(by(world.staff.releaser, hour=15), world.released(), only=[1])


def _given_up(world: World) -> PaymentItem:
    item = world.paid(returned=[1]).items.get(seq=1)
    write_off(by(world.staff.checker, hour=16), item_ids=[item.pk], reason="无法联系")
    return item


def _return(act: Act, batch: PaymentBatch) -> object:
    """What is on its way was paid; where nothing is, what was paid came back."""
    open_ = batch.items.filter(state=ItemState.IN_TRANSIT)
    if open_.exists() or not batch.layout_code:
        return _bank(act, batch, only=[row.seq for row in open_]) if batch.layout_code else _empty(act, batch)
    return _bank(act, batch, only=[1], returned=[1])


def _empty(act: Act, batch: PaymentBatch) -> object:
    data = f"R|{batch.number}|{PAY_DAY:%Y%m%d}|0\r\n".encode("GBK")
    return import_return(act, batch_id=batch.pk, data=data, layout=layouts()["RIVER_BANK"])


def _came_back(act: Act, batch: PaymentBatch) -> object:
    paid = batch.items.filter(state=ItemState.PAID).values_list("seq", flat=True)
    return take_back(act, batch_id=batch.pk, seqs=list(paid[:1]) or [1], bank_date=PAY_DAY, reason="账户注销")


def _line(made: Callable[[World], PaymentBatch]) -> Callable[[World], PaymentItem]:
    return lambda world: made(world).items.get(seq=1)


BENCHES = [
    Bench(
        BATCH,
        "money",
        {
            "PROPOSED": World.propose,
            "APPROVED": lambda world: world.approve(world.propose()),
            "RELEASED": World.released,
            "RELEASED and half answered": _half_answered,
            "CLOSED": World.paid,
            "VOIDED": _voided,
        },
        {
            "approve": lambda act, batch: approve(act, batch_id=batch.pk, digest=batch.lines_digest),
            "release": lambda act, batch: release(act, batch_id=batch.pk, layout=layouts()["RIVER_BANK"]),
            "return": _return,
            "came_back": _came_back,
            "cancel": lambda act, batch: cancel(act, batch_id=batch.pk, reason="重做"),
        },
        page=lambda batch: f"/payments/{batch.number}/",
    ),
    Bench(
        ITEM,
        "money",
        {
            "PROPOSED": _line(World.propose),
            "APPROVED": _line(lambda world: world.approve(world.propose())),
            "IN_TRANSIT": _line(World.released),
            "PAID": _line(World.paid),
            "RETURNED": _line(lambda world: world.paid(returned=[1])),
            "VOIDED": _line(_voided),
            "WRITTEN_OFF": _given_up,
        },
        {
            "reissue": lambda act, item: reissue(act, item_ids=[item.pk]),
            "write_off": lambda act, item: write_off(act, item_ids=[item.pk], reason="无法联系"),
        },
    ),
]
