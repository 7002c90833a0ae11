"""Payments tried: batches and their lines."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from linli.ground.users.models import User
from linli.kernel.act import Act
from linli.kernel.steps import Workflow
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Adjustment, Award, PayeeAccount, Receivable
from linli.money.awards.operations import (
    Ending,
    NewAccount,
    adopt_adjustments,
    confirm_account,
    dismiss_adjustments,
    end,
    propose_account,
    propose_amount,
    propose_recovery,
    propose_waiver,
    resume,
    suspend,
)
from linli.money.awards.steps import ACCOUNT, ADJUSTMENT, AMOUNT, AWARD, KEEP, RECEIVABLE, RECOVERY, WAIVER
from linli.money.ledger.codes import CORRECTABLE
from linli.money.ledger.models import CarryOver, Journal, Proposal
from linli.money.ledger.operations import (
    approve_carry_over,
    confirm_proposal,
    correct,
    decline_carry_over,
    propose_excess,
    refuse_proposal,
    reverse_carry_over,
    withdraw_proposal,
)
from linli.money.ledger.steps import CARRY_OVER, EXCESS, FEE, INFLOW
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import (
    approve,
    cancel,
    import_return,
    propose_late_return,
    reissue,
    release,
    write_off,
)
from linli.money.payments.queries import layouts
from linli.money.payments.steps import BATCH, CAME_BACK, ITEM
from tests.awards.river import River
from tests.conftest import system_act
from tests.ledger.bank import answer
from tests.ledger.carrying import JAN_12, approved, next_year, proposed
from tests.ledger.world import PAY_DAY, PROXY, World, by, inside
from tests.steps.trying import Bench, Take


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
    return propose_late_return(act, batch_id=batch.pk, seqs=list(paid[:1]) or [1], bank_date=PAY_DAY, reason="账户注销")


def _line(made: Callable[[World], PaymentBatch]) -> Callable[[World], PaymentItem]:
    return lambda world: made(world).items.get(seq=1)


def _carried(step: Take, who: str) -> Callable[[World], CarryOver]:
    """A carry-over on which somebody took a step."""

    def led(world: World) -> CarryOver:
        next_year(world)
        row = proposed(world)
        step(by(getattr(world.staff, who), JAN_12), row)
        return row

    return led


def _proposed(world: World) -> CarryOver:
    next_year(world)
    return proposed(world)


def _approved(world: World) -> CarryOver:
    next_year(world)
    return approved(world)


def _reversed(world: World) -> CarryOver:
    row = _approved(world)
    return reverse_carry_over(by(world.staff.checker, JAN_12, 10), carry_over_id=row.pk, reason="重算")


def _decline(act: Act, row: CarryOver) -> object:
    return decline_carry_over(act, carry_over_id=row.pk, reason="重算")


def _written(world: World) -> PayeeAccount:
    unit = world.families[0].number
    new = NewAccount(unit, world.families[0].stamp, "王某", "6222000011112222", "江畔银行", *PROXY)
    # By somebody who could confirm another's.
    return propose_account(by(world.staff.director, PAY_DAY, 8), accounts=[new])[0]


def _changed(world: World) -> PayeeAccount:
    return confirm_account(by(world.staff.street_officer, PAY_DAY, 9), account_ids=[_written(world).pk])[0]


def _replaced(world: World) -> PayeeAccount:
    account = _changed(world)
    return PayeeAccount.objects.get(unit_key=account.unit_key, version=account.version - 1)


def _planted(rows: QuerySet[Any], **values: Any) -> None:
    """What no step of ours leads to, written in an act, so that later ones find the row as it left it."""
    inside(system_act(PAY_DAY), step=lambda _act: rows.update(**values))


def _stopped(world: World) -> PayeeAccount:
    account = PayeeAccount.objects.filter(state="CONFIRMED").earliest("pk")
    _planted(PayeeAccount.objects.filter(pk=account.pk), state="STOPPED", stopped_date=PAY_DAY)
    return account


def _owed(world: World) -> Receivable:
    """Paid for March, and ended with February."""
    award = world.paid().items.get(seq=1).award
    ending = Ending(award.pk, date(2026, 3, 1), EndReason.MOVED)
    end(by(world.staff.director, PAY_DAY, 16), endings=[ending])
    return Receivable.objects.get(award=award)


def _paid_back(world: World) -> Receivable:
    row = _owed(world)
    world.recovered(row.pk)
    return row


def _let_go(world: World) -> Receivable:
    row = _owed(world)
    asked = propose_waiver(by(world.staff.street_officer, PAY_DAY, 17), receivable_id=row.pk, note="困难")
    confirm_proposal(by(world.staff.second_officer, PAY_DAY, 18), proposal_id=asked.pk)
    return row


def _withdrawn(world: World) -> Receivable:
    row = _owed(world)
    _planted(Receivable.objects.filter(pk=row.pk), state="WITHDRAWN", closed_date=PAY_DAY)
    return row


def _granted(world: World) -> Award:
    return Award.objects.earliest("pk")


def _suspended(world: World) -> Award:
    award = _granted(world)
    suspend(by(world.staff.director, PAY_DAY, 8), award_ids=[award.pk], effective_date=date(2026, 4, 1), note="核实")
    return award


def _ended(world: World) -> Award:
    award = _granted(world)
    end(by(world.staff.director, PAY_DAY, 8), endings=[Ending(award.pk, date(2026, 4, 1), EndReason.MOVED)])
    return award


def _expired(world: World) -> Award:
    award = _granted(world)
    _planted(Award.objects.filter(pk=award.pk), state="EXPIRED")
    return award


AWARDS = Bench(
    AWARD,
    "money",
    {"ACTIVE": _granted, "SUSPENDED": _suspended, "ENDED": _ended, "EXPIRED": _expired},
    {
        "suspend": lambda act, row: suspend(act, award_ids=[row.pk], effective_date=date(2026, 5, 1), note="核实"),
        "resume": lambda act, row: resume(act, award_ids=[row.pk], effective_date=date(2026, 5, 1), note="核实"),
        "amount": lambda act, row: propose_amount(
            act, award_id=row.pk, amount_fen=40_000, effective_date=date(2026, 5, 1), note="核实"
        ),
        "end": lambda act, row: end(act, endings=[Ending(row.pk, date(2026, 5, 1), EndReason.MOVED)]),
    },
    page=lambda row: f"/awards/{row.number}/",
)
ACCOUNTS = Bench(
    ACCOUNT,
    "money",
    {"PROPOSED": _written, "CONFIRMED": _changed, "REPLACED": _replaced, "STOPPED": _stopped},
    {"confirm": lambda act, row: confirm_account(act, account_ids=[row.pk], shared={row.pk: 0})},
)
RECEIVABLES = Bench(
    RECEIVABLE,
    "money",
    {"OPEN": _owed, "RECOVERED": _paid_back, "WAIVED": _let_go, "WITHDRAWN": _withdrawn},
    {},
)


def _found(river: River) -> Adjustment:
    """The head earns more by now: somebody decides what comes of it."""
    river.family(date(1980, 4, 3), date(1982, 5, 5))
    river.look(date(2026, 3, 1))
    head = river.people(river.families[0])[0]
    river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
    return river.look(date(2026, 3, 5))[0]


def _waits(state: str, **values: Any) -> Callable[[River], Adjustment]:
    """The same, waiting for another reason."""

    def led(river: River) -> Adjustment:
        row = _found(river)
        _planted(Adjustment.objects.filter(pk=row.pk), state=state, **values)
        return row

    return led


def _adopt(act: Act, row: Adjustment) -> None:
    adopt_adjustments(act, adjustment_ids=[row.pk], note="核实")


def _dismiss(act: Act, row: Adjustment) -> None:
    dismiss_adjustments(act, adjustment_ids=[row.pk], note="核实")


def _left(act: Act, row: Adjustment) -> None:
    """Left above the rules: an officer agrees."""
    [asked] = dismiss_adjustments(act, adjustment_ids=[row.pk], note="核实")
    officer = User.objects.get(username="street")
    confirm_proposal(by(officer, date(2026, 3, 6), 10), proposal_id=asked.pk)


def _answered(step: Callable[[Act, Adjustment], None]) -> Callable[[River], Adjustment]:
    def led(river: River) -> Adjustment:
        row = _found(river)
        step(by(river.staff.director, date(2026, 3, 6)), row)
        return row

    return led


ADJUSTMENTS = Bench(
    ADJUSTMENT,
    "river",
    {
        "REVIEW": _found,
        "FACTS": _waits("FACTS", after_fen=None),
        "MEMBERS": _waits("MEMBERS"),
        "AMOUNT": _waits("AMOUNT"),
        "BUDGET": _waits("BUDGET"),
        "APPLIED": _answered(_adopt),
        "DISMISSED": _answered(_left),
    },
    {"adopt": _adopt, "dismiss": _dismiss},
)
CARRIED = Bench(
    CARRY_OVER,
    "unspent",
    {
        "PROPOSED": _proposed,
        "APPROVED": _approved,
        "DECLINED": _carried(_decline, "street_officer"),
        "REVERSED": _reversed,
    },
    {
        "approve": lambda act, row: approve_carry_over(act, carry_over_id=row.pk),
        # One act for both: who proposed it takes it back, anybody else declines it.
        "decline": _decline,
        "take_back": _decline,
        "reverse": lambda act, row: reverse_carry_over(act, carry_over_id=row.pk, reason="重算"),
    },
    page=lambda row: f"/funds/carry-overs/{row.number}/",
    on=JAN_12,
    as_one=frozenset({"decline", "take_back"}),
    seen=lambda row, _on: CarryOver.objects.select_related("source__fund").get(pk=row.pk),
)


def proposals(flow: Workflow, world: str, ask: Callable[[Any], Proposal], second: str, **more: Any) -> Bench:
    """What is proposed by ``ask`` in every state: ``second`` is the person who may answer it."""

    def answered(code: str, who: str) -> Callable[[Any], Proposal]:
        def led(there: Any) -> Proposal:
            row = ask(there)
            TAKEN[code](by(getattr(there.staff, who), hour=10), row)
            return row

        return led

    first = more.pop("first", "maker")
    ways = {
        "PROPOSED": ask,
        "CONFIRMED": answered("confirm", second),
        "REFUSED": answered("refuse", second),
        "WITHDRAWN": answered("withdraw", first),
    }
    return Bench(flow, world, ways, TAKEN, page=lambda row: f"/funds/proposals/{row.number}/", **more)


TAKEN = {
    "confirm": lambda act, row: confirm_proposal(act, proposal_id=row.pk),
    "refuse": lambda act, row: refuse_proposal(act, proposal_id=row.pk, reason="不符"),
    "withdraw": lambda act, row: withdraw_proposal(act, proposal_id=row.pk, reason="写错"),
}


def _asked_excess(world: World) -> Proposal:
    told = {"line_id": world.line().pk, "amount_fen": 7_00, "reason": "春节"}
    return propose_excess(by(world.staff.street_officer, PAY_DAY, 8), **told)


INFLOWS = proposals(INFLOW, "money", lambda world: world.inflow("GOV", 5_00, on=PAY_DAY), "checker")
FEES = proposals(FEE, "money", lambda world: world.high_fee(), "checker")
EXCESSES = proposals(EXCESS, "money", _asked_excess, "second_officer", first="street_officer")


def _asked_amount(world: World) -> Proposal:
    told = {"amount_fen": 5_000_000, "effective_date": date(2026, 5, 1), "note": "困难"}
    return propose_amount(by(world.staff.director, PAY_DAY, 8), award_id=_granted(world).pk, **told)


def _asked_waiver(world: World) -> Proposal:
    return propose_waiver(by(world.staff.street_officer, PAY_DAY, 8), receivable_id=_owed(world).pk, note="困难")


def _asked_recovery(world: World) -> Proposal:
    return propose_recovery(by(world.staff.maker, PAY_DAY, 8), receivable_id=_owed(world).pk, paper="银行回单")


def _asked_to_keep(river: River) -> Proposal:
    [asked] = dismiss_adjustments(by(river.staff.director, RIVER_DAY), adjustment_ids=[_found(river).pk], note="核实")
    return asked


RIVER_DAY = date(2026, 3, 6)
AMOUNTS = proposals(AMOUNT, "money", _asked_amount, "street_officer", first="director")
RECOVERIES = proposals(RECOVERY, "money", _asked_recovery, "checker")
WAIVERS = proposals(WAIVER, "money", _asked_waiver, "second_officer", first="street_officer")


def _asked_back(world: World) -> Proposal:
    told = {"batch_id": world.paid().pk, "seqs": [1], "bank_date": PAY_DAY, "reason": "账户注销"}
    [(asked, _item)] = propose_late_return(by(world.staff.releaser, PAY_DAY, 16), **told)
    return asked


def _paid_after_all(act: Act, item: PaymentItem) -> object:
    """The voucher of a late return is undone; of what never was paid there is none."""
    booked = Journal.objects.filter(kind="LATE_RETURN", transfers__reference=str(item)).order_by("pk").last()
    voucher = booked or Journal.objects.exclude(kind__in=CORRECTABLE).order_by("pk").last()
    assert voucher is not None
    return correct(act, journal_id=voucher.pk, reason="登记错了一笔")


BACK = proposals(CAME_BACK, "money", _asked_back, "checker", first="releaser")
KEPT = proposals(KEEP, "river", _asked_to_keep, "second_officer", first="director")
BENCHES = [
    AMOUNTS,
    WAIVERS,
    RECOVERIES,
    KEPT,
    BACK,
    INFLOWS,
    EXCESSES,
    FEES,
    AWARDS,
    ACCOUNTS,
    RECEIVABLES,
    ADJUSTMENTS,
    CARRIED,
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
            # The family brought another account since: what is sent again goes there.
            "RETURNED": lambda world: world.corrected(world.came_back(world.paid(), [1])[0]),
            "VOIDED": _line(_voided),
            "WRITTEN_OFF": _given_up,
        },
        {
            "reissue": lambda act, item: reissue(act, item_ids=[item.pk]),
            "keep_paid": _paid_after_all,
            "write_off": lambda act, item: write_off(act, item_ids=[item.pk], reason="无法联系"),
        },
    ),
]
