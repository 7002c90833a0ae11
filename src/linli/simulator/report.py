"""Plan against actual after a simulated year: only what records say, nothing of this machine or moment."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from linli.aid.assistance.queries.measures import application_counts
from linli.aid.assistance.queries.renewals import renewal_counts
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.canonical import digest
from linli.kernel.period import Month
from linli.money.awards.codes import AdjustmentState, Cause
from linli.money.awards.queries import awards, carried_over, due_of_fund, events, receivables, reviews_due
from linli.money.awards.queries.adjustments import adjustments
from linli.money.ledger.queries import cash_on, ledger_digest
from linli.money.payments.codes import BatchKind, BatchState
from linli.money.payments.queries import batches, flows_by_month, items
from linli.overview.planning.queries import plan_versus_actual
from linli.simulator.year import Lived

# --- the months of a fund's year as payments and awards tell them: what was sent, what became of it, who waits ---


# What `waiting` counts: one award for one month is one, whoever it belongs to.
WAITING_UNIT = "AWARD_MONTHS"
_LEFT = (BatchState.RELEASED, BatchState.CLOSED)


def months_told(reader: Authority, fund_id: int, first: Month, last: Month) -> list[dict[str, Any]]:
    """Month by month, from the first to the last, as JSON-able values; fen.

    ``items`` and ``sent_fen``: payments for the month, whenever they were sent; ``sent_fen`` is the sum of ``paid_fen``
    (the bank paid), ``in_transit_fen``, ``returned_fen`` (came back, still open) and ``written_off_fen``. ``waiting``
    and ``waiting_fen``: award-months due for the month or an earlier one that had not been sent by its end - what was
    sent with a later month's batch had waited until then. ``left_fen``: the fund's cash when the month was over; where
    it would have reached for those who wait, they wait for something else, mostly for their account.
    """
    flows = {flow.month: flow for flow in flows_by_month(reader.scope(), first.year)}
    waiting = _waiting(reader, fund_id, last)
    told = []
    for month in (first.plus(n) for n in range(first.months_until(last) + 1)):
        flow = flows.get(month)
        number, fen = waiting[month]
        told.append(
            {
                "month": str(month),
                "items": flow.items if flow else 0,
                "sent_fen": flow.sent_fen if flow else 0,
                "paid_fen": flow.paid_fen if flow else 0,
                "in_transit_fen": flow.in_transit_fen if flow else 0,
                "returned_fen": flow.back_fen if flow else 0,
                "written_off_fen": flow.written_off_fen if flow else 0,
                "waiting": number,
                "waiting_fen": fen,
                "left_fen": cash_on(fund_id, month.plus(1).first_day),
            }
        )
    return told


def _waiting(reader: Authority, fund_id: int, last: Month) -> dict[Month, tuple[int, int]]:
    """Month → award-months and fen that waited at its end."""
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def add(due: Month, until: Month, fen: int) -> None:
        for month in (due.plus(n) for n in range(due.months_until(until) + 1)):
            number, total = found[month]
            found[month] = (number + 1, total + fen)

    for one in due_of_fund(fund_id, last):
        # Nobody waited for a supplement before the amount rose.
        add(last if one.part else one.month, last, one.amount_fen)
    regular = batches(reader.scope(), fund_id=fund_id).filter(kind=BatchKind.REGULAR, state__in=_LEFT)
    for batch in regular.order_by("pk"):
        sent = Month.of(batch.month_date)
        rows: list[tuple[date, int]] = list(items(batch.pk).filter(part=0).values_list("month_date", "amount_fen"))
        for day, fen in rows:
            if Month.of(day) < sent:
                add(Month.of(day), sent.plus(-1), fen)
    return found


def report_of(lived: Lived, *, seed: int) -> dict[str, Any]:
    """The year as JSON-able values; ``report_digest`` covers all of it, ledger digest included."""
    world = lived.world
    reader = authority_of(world.who(Role.AUDITOR), lived.last_day)
    scope = reader.scope()
    rows = plan_versus_actual(
        scope,
        community_id=world.community.pk,
        pack=world.pack,
        plan=world.plan,
        on=lived.last_day,
        fund_id=world.fund_id,
    )
    report: dict[str, Any] = {
        "title": {language: f"{label} {world.pack.version}" for language, label in world.pack.label.both.items()},
        "seed": seed,
        "pack": {"code": world.pack.code, "version": world.pack.version, "digest": world.pack.digest},
        "last_day": lived.last_day.isoformat(),
        "residents": lived.population.residents,
        "households": lived.population.households,
        "groups": dict(lived.population.reached),
        "community": lived.census.told(),
        "waiting_unit": WAITING_UNIT,
        "months": _months(reader, lived),
        "targets": [
            {
                "code": row.code,
                "label": row.label.both,
                "unit": row.unit,
                "target": row.target,
                "actual": row.actual,
                "built": row.built,
                "records": row.source_count,
            }
            for row in rows
        ],
        "applications": dict(application_counts(scope, world.community.pk, lived.last_day)),
        "happened": {**lived.fate.counts, **_recorded(reader, lived)},
        "excess_fen": lived.desk.excess_fen + lived.changes.excess_fen + lived.slips.excess_fen,
        "ledger_digest": ledger_digest(world.fund_id),
    }
    if lived.turn is not None and lived.turn.till is not None:
        report["turn"] = _turn(reader, lived)
    report["report_digest"] = digest(report)
    return report


def _months(reader: Authority, lived: Lived) -> list[dict[str, Any]]:
    """Each month from the fund of its year."""
    first, last, till = Month.of(lived.first_day), Month.of(lived.last_day), lived.turn and lived.turn.till
    if not till:
        return months_told(reader, lived.world.fund_id, first, last)
    january = Month(till.year, 1)
    return [
        *months_told(reader, lived.world.fund_id, first, min(last, january.plus(-1))),
        *(months_told(reader, till.fund_id, january, last) if last >= january else ()),
    ]


def _turn(reader: Authority, lived: Lived) -> dict[str, Any]:
    """What became of the yearly reviews, and the next fund's books."""
    till = lived.turn.till if lived.turn else None
    return {
        "reviews": dict(renewal_counts(reader.scope(), Month.of(lived.last_day).last_day)),
        "carried_over": carried_over(reader.scope()),
        "excess_fen": lived.turn.excess_fen if lived.turn else 0,
        "ledger_digest": ledger_digest(till.fund_id) if till else "",
    }


def _recorded(reader: Authority, lived: Lived) -> dict[str, int]:
    """What the records of awards and payments say of the year's events."""
    scope, fund_id = reader.scope(), lived.world.fund_id
    followed = Counter(adjustments(scope, state=AdjustmentState.APPLIED).values_list("cause", flat=True))
    lives = events(awards(scope, fund_id=fund_id).values_list("pk", flat=True)).values()
    kinds = Counter(event.kind for life in lives for event in life)
    return {
        "awards suspended": kinds["SUSPENDED"],
        "awards resumed": kinds["RESUMED"],
        "amounts changed": kinds["CHANGED"],
        "awards ended": kinds["ENDED"],
        "reviews open": reviews_due(scope).count(),
        "new standards followed": followed[Cause.PARAMETER],
        "birthdays followed": followed[Cause.AGE],
        "supplements paid": _supplements(reader),
        "payments back after closing": lived.cashier.came_back,
        "awards renewed": carried_over(scope),
        "over-payments": receivables(scope).count(),
        "approvals voided": batches(scope, fund_id=fund_id, state=BatchState.VOIDED).count(),
    }


def _supplements(reader: Authority) -> int:
    """Payments of what a later change added to a month that had been paid, in all funds."""
    sent = batches(reader.scope()).filter(state__in=(BatchState.RELEASED, BatchState.CLOSED))
    return sum(items(batch.pk).filter(part__gt=0, reissue_of__isnull=True).count() for batch in sent.order_by("pk"))
