"""A batch as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, pgettext

from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.money.awards.models import PayeeAccount
from linli.money.awards.queries import shared_accounts, sharings
from linli.money.ledger.models import Fund
from linli.money.payments import queries
from linli.money.payments.codes import BatchState
from linli.money.payments.models import PaymentBatch
from linli.money.payments.queries import Outlook


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
