"""Processes that work on a committed database and may be killed at any moment.

Started as ``python -m tests.faults.driver``; for every JSON line on stdin it forks one worker, which prints its result,
and says when that worker ended.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest  # noqa: F401 - loaded, it makes the settings use the tests' keys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402 - Django is set up first

from linli.foundation.trail import audit  # noqa: E402
from linli.foundation.trail.acts import act  # noqa: E402
from linli.ground.users.queries import user_by_username  # noqa: E402
from linli.ground.users.queries.looks import LooksSpent  # noqa: E402
from linli.kernel.act import Act  # noqa: E402
from linli.kernel.errors import DomainError  # noqa: E402
from linli.kernel.period import Month  # noqa: E402
from linli.money.ledger import operations as ledger  # noqa: E402
from linli.money.payments import operations, queries  # noqa: E402
from linli.money.payments.codes import BatchState  # noqa: E402
from linli.money.payments.models import PaymentBatch  # noqa: E402
from linli.registry.residents.codes import SealedField  # noqa: E402
from linli.registry.residents.operations import unmask  # noqa: E402
from tests.conftest import MONDAY, at  # noqa: E402
from tests.faults.mixing import mix  # noqa: E402
from tests.ledger.bank import answer  # noqa: E402
from tests.ledger.world import BASE  # noqa: E402


class Statements:
    """Counts what is sent to the database, and kills this process, as ``kill -9`` does, at one of them."""

    def __init__(self, die_at: int) -> None:
        self.sent, self.die_at = 0, die_at

    def __call__(self, execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        if self.sent == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.sent += 1
        return execute(sql, params, many, context)


def pay_month(fund_id: int, month: str, die_at: int = -1) -> int:
    """Take the month's batch from wherever it stands to its end, each step one act; the number of statements.

    ``die_at`` kills this process, as ``kill -9`` does, when its statement of that number is about to be sent.
    """
    statements = Statements(die_at)
    with connection.execute_wrapper(statements):
        while _step(fund_id, Month.parse(month)):
            pass
    return statements.sent


def _step(fund_id: int, month: Month) -> bool:
    day = date(month.year, month.month, 16)
    batch = PaymentBatch.objects.filter(fund_id=fund_id, month_date=month.first_day).order_by("-pk").first()
    if batch is None:
        operations.propose(_by("maker", day), fund_id=fund_id, month=month)
    elif batch.state == BatchState.PROPOSED:
        operations.approve(_by("checker", day), batch_id=batch.pk, digest=batch.lines_digest)
    elif batch.state == BatchState.APPROVED:
        operations.release(_by("releaser", day), batch_id=batch.pk, layout=queries.layouts()["RIVER_BANK"])
    elif batch.state == BatchState.RELEASED:
        data, layout = answer(batch, on=day), queries.layouts()["RIVER_BANK"]
        operations.import_return(_by("releaser", day), batch_id=batch.pk, data=data, layout=layout)
    return batch is None or batch.state != BatchState.CLOSED


def compete(fund_id: int, month: str) -> int:
    """Push the month's batch on at the same time as others do, until it is closed; how many steps were this one's."""
    done = 0
    while True:
        try:
            if not _step(fund_id, Month.parse(month)):
                return done
            done += 1
        except DomainError:
            pass  # another one was faster


def pay_many(fund_id: int, line_id: int, source_id: int, count: int, worker: int) -> dict[str, int]:
    """So many payments of one yuan, each an act of its own that spends and sends."""
    result = {"paid": 0, "refused": 0}
    for number in range(count):
        deed = _by("maker", date(2026, 3, 16), key=f"race-{worker}-{number}")
        try:
            pay_one(deed, fund_id=fund_id, line_id=line_id, source_id=source_id, reference=f"{worker}-{number}")
            result["paid"] += 1
        except ledger.FundsExhausted:
            result["refused"] += 1
    return result


@act
def pay_one(act: Act, *, fund_id: int, line_id: int, source_id: int, reference: str) -> None:
    """Spend one yuan that is promised and send it to the bank."""
    subject = f"race:{reference}"
    spending = ledger.Spending(line_id, source_id, BASE, 100, reference)
    ledger.accrue(act, fund_id=fund_id, spendings=[spending], subject=subject)
    ledger.send(act, fund_id=fund_id, flows=[ledger.Flow(source_id, 100, reference)], subject=subject)
    audit.record(act, where=1, subject=subject)


def _by(username: str, day: date, key: str = "") -> Act:
    return Act(user_by_username(username), at(day), key)


def decide_carry_over(carry_over_id: int, deed: str, day: str, who: str, die_at: int = -1) -> str:
    """One step on a carry-over as somebody; what it came to. ``die_at`` kills, as in :func:`pay_month`."""
    statements = Statements(die_at)
    deeds: dict[str, Callable[[Act], object]] = {
        "approve": lambda act: ledger.approve_carry_over(act, carry_over_id=carry_over_id),
        "decline": lambda act: ledger.decline_carry_over(act, carry_over_id=carry_over_id, reason="另行安排"),
        "reverse": lambda act: ledger.reverse_carry_over(act, carry_over_id=carry_over_id, reason="金额有误"),
    }
    with connection.execute_wrapper(statements):
        try:
            deeds[deed](_by(who, date.fromisoformat(day)))
        except DomainError as refusal:
            return refusal.code
    return f"done in {statements.sent}"


def commit_some(fund_id: int, line_id: int, fen: int, day: str) -> str:
    """Promise so much on a line, as a decision does."""
    try:
        promise_now(_by("maker", date.fromisoformat(day)), fund_id=fund_id, line_id=line_id, fen=fen)
    except DomainError as refusal:
        return refusal.code
    return "promised"


@act
def promise_now(act: Act, *, fund_id: int, line_id: int, fen: int) -> None:
    """A promise alone."""
    ledger.commit(act, fund_id=fund_id, promises=[ledger.Promise(line_id, fen)], subject="race")
    audit.record(act, where=1, subject="race")


def look_often(household_id: int, times: int) -> int:
    """So many looks at an address by the clerk, each an act of its own; how many were shown."""
    shown = 0
    for _time in range(times):
        with suppress(LooksSpent):
            unmask(_by("clerk", MONDAY), field=SealedField.ADDRESS, purpose="CALL", household_id=household_id)
            shown += 1
    return shown


TASKS: dict[str, Callable[..., object]] = {
    "pay_month": pay_month,
    "pay_many": pay_many,
    "compete": compete,
    "decide_carry_over": decide_carry_over,
    "commit_some": commit_some,
    "look_often": look_often,
    "mix": mix,
}


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Fork a worker per line; its result is one line too."""
    for line in sys.stdin:
        task = json.loads(line)
        worker = os.fork()
        if worker == 0:
            try:
                _say(result=TASKS[task["do"]](**task["with"]))
            except (DomainError, Exception) as error:  # whatever happened is the result
                _say(error=f"{type(error).__name__}: {error}")
            connection.close()
            os._exit(0)
        if task.get("wait", True):
            os.waitpid(worker, 0)
            _say(ended=worker)


if __name__ == "__main__":
    main()
