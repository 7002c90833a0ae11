"""Whose the accounts are: those of the dead and of who is member or guardian no more, those that several units name,
those that somebody must replace.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.foundation.data.prepared import prepared
from linli.foundation.data.scope import Scope, within
from linli.kernel.act import CHINA_TIME
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.queries import work_calendar
from linli.money.awards.codes import AccountState, AwardState, HolderLoss, HolderRelation
from linli.money.awards.models import Award, PayeeAccount
from linli.registry.residents.queries import (
    bears_name_of,
    died_date,
    guards_otherwise_after,
    has_died,
    is_guardian,
    is_lived_in,
    is_member,
    joins_or_leaves_after,
)

# Versions that money goes to, or may soon.
LIVE = (AccountState.PROPOSED, AccountState.CONFIRMED)


def units_paid_to(resident_ids: Collection[int]) -> frozenset[str]:
    """The units whose account one of the residents (ids) holds, or may soon hold: one that is stopped too, since it may
    be used again. Of a holder who was written down without a number, as one from outside is, there is the name alone:
    who bears it is taken for the holder, lest a bar depend on what need not be said.
    """
    rows = PayeeAccount.objects.exclude(state=AccountState.REPLACED).order_by().values_list("unit_key", flat=True)
    unnumbered = rows.filter(bears_name_of("holder_name", resident_ids), holder__isnull=True)
    # Each by an index of its own.
    return frozenset(rows.filter(holder_id__in=resident_ids).union(unnumbered, all=True))


def lost(on: date) -> Q:
    """Accounts whose holder died by the day, or is then no member or no guardian any more.

    Whoever receives by a paper, and who was written down before relations were asked for, is asked about as dead alone.
    """
    member = is_member("unit_key", "holder_id", on)
    guardian = is_guardian("unit_key", "holder_id", "holder_name", on)
    return (
        has_died("holder_id", on)
        | Q(relation=HolderRelation.MEMBER) & ~member
        | Q(relation=HolderRelation.GUARDIAN) & ~guardian
    )


def turning(on: date) -> Q:
    """Accounts of which a later day may say otherwise than :func:`lost` does of this one, by what is recorded now."""
    guardian = guards_otherwise_after("unit_key", "holder_id", "holder_name", on)
    return (
        Q(holder__died_date__gt=on)
        | Q(relation=HolderRelation.MEMBER) & joins_or_leaves_after("holder_id", on)
        | Q(relation=HolderRelation.GUARDIAN) & guardian
    )


def lost_holders(account_ids: Iterable[int], on: date) -> Mapping[int, HolderLoss]:
    """Those of the accounts (ids) that no money goes to since their holder is not what they were, or that were stopped
    for it, and why.
    """
    rows = PayeeAccount.objects.filter(pk__in=set(account_ids))
    rows = rows.filter(lost(on) | Q(state=AccountState.STOPPED))
    told = rows.annotate(died=died_date("holder_id")).values_list("pk", "relation", "died")
    return {pk: _why(relation, died, on) for pk, relation, died in told}


def _why(relation: str, died: date | None, on: date) -> HolderLoss:
    if died is not None and died <= on:
        return HolderLoss.DIED
    ceased = {HolderRelation.MEMBER: HolderLoss.LEFT, HolderRelation.GUARDIAN: HolderLoss.NO_GUARDIAN}
    return ceased.get(HolderRelation(relation), HolderLoss.DIED) if relation else HolderLoss.DIED


def others_with_number(rows: Collection[PayeeAccount]) -> dict[int, list[PayeeAccount]]:
    """For each account (id): what other units, wherever they live, have under the same number; one query."""
    indexes = {row.account_index for row in rows}
    known: dict[str, list[PayeeAccount]] = defaultdict(list)
    for one in PayeeAccount.objects.filter(account_index__in=indexes, state__in=LIVE).order_by("unit_key", "version"):
        known[one.account_index].append(one)
    return {row.pk: [one for one in known[row.account_index] if one.unit_key != row.unit_key] for row in rows}


@dataclass(frozen=True)
class Sharing:
    """Units that name one number: how many, those within the reader's reach, and how many lie elsewhere."""

    units: int
    seen: tuple[PayeeAccount, ...]
    elsewhere: int


def sharings(scope: Scope, rows: Collection[PayeeAccount]) -> Mapping[int, Sharing]:
    """Of each account (id) whose number other units name too; who lies outside the scope is counted alone."""
    found = {}
    for pk, others in others_with_number(rows).items():
        if others:
            seen = tuple(one for one in others if scope.covers(one.stamp))
            units = {one.unit_key for one in others}
            found[pk] = Sharing(len(units), seen, len(units - {one.unit_key for one in seen}))
    return found


def shared_accounts(account_ids: Iterable[int]) -> list[PayeeAccount]:
    """Those of the accounts whose number other units name too, by number and unit."""
    wanted = set(account_ids)
    numbers = PayeeAccount.objects.filter(pk__in=wanted).values("account_index")
    rows = PayeeAccount.objects.filter(Q(pk__in=wanted) | Q(state__in=LIVE), account_index__in=numbers)
    known = list(rows.order_by("account_index", "unit_key"))
    units: dict[str, set[str]] = defaultdict(set)
    for row in known:
        if row.state in LIVE:
            units[row.account_index].add(row.unit_key)
    return [row for row in known if row.pk in wanted and units[row.account_index] - {row.unit_key}]


def replaced(by_row: str) -> Exists:
    """Whether another account was written down after the one that a row has under this path ("account__")."""
    unit, version = OuterRef(f"{by_row}unit_key"), OuterRef(f"{by_row}version")
    return Exists(PayeeAccount.objects.filter(unit_key=unit, version__gt=version))


def confirmable(rows: QuerySet[PayeeAccount], on: date) -> QuerySet[PayeeAccount]:
    """Those of the proposed accounts that the second person is not refused for their holder: it is known what the
    holder is to the unit, and they are it still.
    """
    return rows.filter(state=AccountState.PROPOSED).filter(~lost(on)).exclude(relation="")


def waiting_accounts(unit_keys: Iterable[str], on: date) -> frozenset[str]:
    """Those of the units of which an account waits for the second person, who may confirm it."""
    rows = confirmable(PayeeAccount.objects.filter(unit_key__in=set(unit_keys)), on)
    return frozenset(rows.values_list("unit_key", flat=True))


def to_replace(scope: Scope, on: date) -> QuerySet[PayeeAccount]:
    """Accounts that no money goes to any more since their holder died or is member or guardian no more, while an award
    of the unit runs; and those that nobody may confirm for it, or since nothing says what the holder is to the unit,
    while somebody is there to be paid and no other account is: before the grant too.

    Once somebody writes another one down it waits for confirmation instead.
    """
    running = Award.objects.filter(unit_key=OuterRef("unit_key"), valid_until__gt=on)
    running = running.filter(state__in=(AwardState.ACTIVE, AwardState.SUSPENDED))
    newer = PayeeAccount.objects.filter(unit_key=OuterRef("unit_key"), state__in=LIVE, version__gt=OuterRef("version"))
    of_nobody = Q(state=AccountState.STOPPED) | Q(state=AccountState.CONFIRMED) & lost(on)
    paid = PayeeAccount.objects.filter(~lost(on), unit_key=OuterRef("unit_key"), state=AccountState.CONFIRMED)
    refused = Q(state=AccountState.PROPOSED) & (lost(on) | Q(relation="")) & ~Exists(paid)
    rows = within(
        PayeeAccount.objects.filter(of_nobody & Exists(running) | refused & is_lived_in("unit_key", on)), scope
    )
    return rows.exclude(Exists(newer)).order_by("unit_key")


def stopped_or_restarted(on: date) -> tuple[Sequence[PayeeAccount], Sequence[PayeeAccount]]:
    """Accounts that stop since their holder is not what they were, and stopped ones whose holder is so again and that
    nothing replaced.
    """
    restart = _stopped_and_standing(on)
    if restart:  # a mistake was put right: that is rare
        newer = PayeeAccount.objects.filter(unit_key__in={row.unit_key for row in restart}, state__in=LIVE)
        replaced = set(newer.values_list("unit_key", flat=True))
        restart = [row for row in restart if row.unit_key not in replaced]
    return _lost(on), restart


@prepared
def _lost(on: date) -> QuerySet[PayeeAccount]:
    return PayeeAccount.objects.filter(lost(on), state=AccountState.CONFIRMED).order_by("pk")


@prepared
def _stopped_and_standing(on: date) -> QuerySet[PayeeAccount]:
    return PayeeAccount.objects.filter(~lost(on), state=AccountState.STOPPED).order_by("pk")


# --- from which day a changed account is paid to, and whether that day is sure ---------------------


def day_after_hold(calendar: WorkCalendar, confirmed: date, hold_days: int) -> date:
    """The day after the last of the full working days (a pack asks for one at least) that follow the confirmation."""
    return calendar.add_working_days(confirmed, hold_days).date + timedelta(days=1)


def confirmed_date(account: PayeeAccount) -> date:
    """The day in China on which the account was confirmed."""
    moment = account.confirmed_at
    if moment is None:
        raise ValueError(f"{account} is not confirmed")
    return moment.astimezone(CHINA_TIME).date()


def provisional_holds(accounts: Iterable[PayeeAccount], on: date) -> frozenset[int]:
    """Those of the accounts (ids) that are still held on the day until one counted without its year's table."""
    held = [
        row
        for row in accounts
        if row.state == AccountState.CONFIRMED and row.usable_date is not None and row.usable_date > on
    ]
    if not held:
        return frozenset()
    calendar = work_calendar()
    # The day itself is the one after the last day counted.
    return frozenset(row.pk for row in held if not _sure(calendar, row))


def _sure(calendar: WorkCalendar, row: PayeeAccount) -> bool:
    last = (row.usable_date or date.max) - timedelta(days=1)
    return all(calendar.is_published(year) for year in range(confirmed_date(row).year, last.year + 1))
