"""Reads of awards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Scope, within
from linli.foundation.data.together import rows_together
from linli.foundation.trail.behind import Behind
from linli.ground.notifications.queries import Letter, letters_about, letters_to_own
from linli.kernel.period import Month
from linli.law.policies.engine import Obstacle
from linli.law.policies.queries import bank_obstacle
from linli.money.awards.codes import AccountState, AwardState, ChangeKind, HolderLoss, ReceivableState, Standing
from linli.money.awards.models import (
    Award,
    AwardChange,
    AwardMember,
    AwardMonth,
    AwardSum,
    PayeeAccount,
    Receivable,
    ReviewOccasion,
)
from linli.money.awards.queries.holders import confirmable, lost
from linli.money.awards.queries.months import event_of, taken_months
from linli.money.awards.queries.words import ending_when_rehoused
from linli.money.awards.rules.schedule import NOTHING, Taken, due_months, rest
from linli.registry.residents.codes import ClosedReason, DepartureKind
from linli.registry.residents.queries import Departure, departures

PAGE = 50
_MOVES = (DepartureKind.MOVED, DepartureKind.REHOUSED)
_OVER = (AwardState.ENDED, AwardState.EXPIRED)
_RUNNING = (AwardState.ACTIVE, AwardState.SUSPENDED)


def awards(
    scope: Scope,
    *,
    standing: tuple[Standing, date] | None = None,
    programme: str = "",
    text: str = "",
    units: Iterable[str] | None = None,
    review_due: bool = False,
    fund_id: int | None = None,
) -> QuerySet[Award]:
    """Awards in the order in which they were granted.

    ``standing`` keeps those that stand so on the day. ``text`` is the number of an award, a household, a resident or an
    application; ``units`` are numbers of households and residents; ``review_due`` keeps those whose review is open.
    """
    rows = within(Award.objects.all(), scope).order_by("pk")
    if standing is not None:
        rows = rows.filter(_standing(scope, *standing))
    wanted = {"programme": programme, "line__fund_id": fund_id}
    rows = rows.filter(**{column: value for column, value in wanted.items() if value})
    if text:
        rows = rows.filter(Q(number=text) | Q(unit_key=text) | Q(application_number=text))
    if units is not None:
        rows = rows.filter(unit_key__in=set(units))
    if review_due:
        rows = rows.filter(review_opened_date__isnull=False).exclude(state__in=_OVER)
    return rows


def _standing(scope: Scope, standing: Standing, on: date) -> Q:
    """The condition, without its "or" where the kept sums know that every award that ran out is recorded so: on most
    days. An "or" enters no index.
    """
    if standing == Standing.EXPIRED:
        running = AwardSum.objects.filter(state__in=_RUNNING, valid_until__lte=on, number__gt=0)
        if not within(running, scope).exists():
            return Q(state=AwardState.EXPIRED)
    return stands(standing, on)


def stands(standing: Standing, on: date) -> Q:
    """Awards that stand so on the day: the same rule as ``rules.standing``, asked of the database."""
    conditions = {
        Standing.UPCOMING: Q(state=AwardState.ACTIVE, valid_from__gt=on, valid_until__gt=on),
        Standing.ACTIVE: Q(state=AwardState.ACTIVE, valid_from__lte=on, valid_until__gt=on),
        Standing.SUSPENDED: Q(state=AwardState.SUSPENDED, valid_until__gt=on),
        Standing.EXPIRED: Q(state=AwardState.EXPIRED) | Q(state__in=_RUNNING, valid_until__lte=on),
        Standing.ENDED: Q(state=AwardState.ENDED),
    }
    return conditions[standing]


def monthly_sums(rows: QuerySet[Award], on: date) -> tuple[int, int, int]:
    """Of these awards: how many, how many of them are being paid on the day, and the fen of those per month."""
    active = stands(Standing.ACTIVE, on)
    sums = rows.order_by().aggregate(
        number=Count("pk"),
        active=Count("pk", filter=active),
        fen=Sum("amount_fen", filter=active, default=0),
    )
    return sums["number"], sums["active"], sums["fen"]


def kept_sums(scope: Scope, on: date, *, standing: Standing | None = None, programme: str = "") -> tuple[int, int, int]:
    """The same of all awards in the scope, or of those that stand so, or of a programme: from a few kept rows."""
    rows = within(AwardSum.objects.all(), scope)
    rows = rows.filter(stands(standing, on)) if standing else rows
    rows = rows.filter(programme=programme) if programme else rows
    active = stands(Standing.ACTIVE, on)
    number, fen = Sum("number", filter=active, default=0), Sum("amount_fen", filter=active, default=0)
    sums = rows.aggregate(total=Sum("number", default=0), active=number, fen=fen)
    return sums["total"], sums["active"], sums["fen"]


def award(scope: Scope, number: str) -> Award:
    """One award; Award.DoesNotExist when it is not in the scope."""
    found: Award = within(Award.objects.select_related("household", "resident", "line__fund"), scope).get(number=number)
    return found


def awards_of_application(scope: Scope, application_number: str) -> list[Award]:
    """The awards that one decision granted, in order of number."""
    return list(within(Award.objects.filter(application_number=application_number), scope).order_by("pk"))


def running_until(application_numbers: Collection[str]) -> list[Award]:
    """The awards of these applications that nobody ended, run out or not, in order of number, with their fund."""
    rows = Award.objects.filter(application_number__in=set(application_numbers)).exclude(state=AwardState.ENDED)
    return list(rows.select_related("line__fund", "renewed_by").order_by("pk"))


def running_out(scope: Scope, on: date, until: date) -> QuerySet[Award]:
    """Awards that run out by a day and go on by no other, the first to end first, with their household."""
    rows = Award.objects.filter(state=AwardState.ACTIVE, valid_until__gt=on, valid_until__lte=until)
    rows = within(rows.filter(renewed_by__isnull=True), scope)
    return rows.select_related("household").order_by("valid_until", "pk")


def latest_of(household_ids: Collection[int]) -> dict[tuple[int, str, str], Award]:
    """The award that covers a unit longest, by (household, programme, unit key), of those that nobody ended.

    One that was given up before its first day covers nothing.
    """
    rows = Award.objects.filter(household_id__in=set(household_ids), valid_from__lt=F("valid_until"))
    rows = rows.exclude(state=AwardState.ENDED).select_related("renewed_by").order_by("valid_until", "pk")
    return {(row.household_id, row.programme, row.unit_key): row for row in rows}


def carried_over(scope: Scope) -> int:
    """How many awards go on from an earlier one."""
    return within(Award.objects.filter(renews__isnull=False), scope).count()


def ending(*, by: date, after: date) -> list[Award]:
    """Awards that nobody ended and that run out after a day and by another, not renewed yet, in order of number."""
    rows = Award.objects.filter(valid_until__lte=by, valid_until__gt=after, renewed_by__isnull=True)
    return list(rows.exclude(state=AwardState.ENDED).order_by("pk"))


def awards_of_household(scope: Scope, household_id: int) -> list[Award]:
    """All awards of a household and its members, newest first."""
    return list(within(Award.objects.filter(household_id=household_id), scope).order_by("-pk"))


def awards_of_family(scope: Scope, household_id: int, resident_ids: Collection[int]) -> QuerySet[Award]:
    """The awards of a household and those of its people wherever they lived then, newest first."""
    mine = Q(household_id=household_id) | Q(resident_id__in=list(resident_ids))
    return within(Award.objects.filter(mine), scope).order_by("-pk")


def changes_before(award_ids: Collection[int], before: datetime, most: int) -> list[AwardChange]:
    """The newest changes of the awards before a moment."""
    return list(AwardChange.objects.filter(award_id__in=award_ids, at__lt=before).order_by("-pk")[:most])


def rows_behind(award_ids: Collection[int]) -> Behind:
    """The awards, and all that happened to them: what is due of them."""
    return Behind({"awards_award": award_ids}, {"awards_awardchange.award_id": award_ids})


def change_rows(award_ids: Collection[int]) -> QuerySet[AwardChange]:
    """All that happened to the awards, in no order: who granted them, suspended them, changed their amounts."""
    return AwardChange.objects.filter(award_id__in=award_ids).order_by()


def month_rows(award_ids: Collection[int]) -> QuerySet[AwardMonth]:
    """All months of the awards that batches took up, in no order."""
    return AwardMonth.objects.filter(award_id__in=award_ids).order_by()


def awards_of_own(household_ids: Collection[int], *, after: date) -> list[Award]:
    """Awards, newest first, of households that the caller has shown to be the reader's own, lasting beyond a day."""
    rows = Award.objects.filter(household_id__in=household_ids, valid_until__gt=after)
    return list(rows.order_by("-valid_from", "-pk"))


@dataclass(frozen=True)
class AwardDetail:
    """An award with its history, months, members and receivables."""

    award: Award
    changes: tuple[AwardChange, ...]
    members: tuple[AwardMember, ...]
    months: tuple[AwardMonth, ...]
    receivables: tuple[Receivable, ...]
    occasions: tuple[ReviewOccasion, ...]
    due: Mapping[Month, int]
    accounts: tuple[PayeeAccount, ...]
    taken: Mapping[Month, Taken]

    def left(self, month: Month) -> int:
        """Fen of the month that no batch took up yet."""
        return rest(self.due.get(month, 0), self.taken.get(month, NOTHING))


def award_detail(scope: Scope, number: str) -> AwardDetail:
    """Everything an award's page shows; Award.DoesNotExist out of scope."""
    found = award(scope, number)
    changes = tuple(found.changes.order_by("seq"))
    return AwardDetail(
        found,
        changes,
        tuple(found.members.select_related("resident").order_by("resident_id")),
        tuple(found.months.select_related("source").order_by("month_date", "id")),
        tuple(found.receivables.select_related("month").order_by("month__month_date")),
        tuple(review_occasions([found]).get(found.pk, ())),
        due_months(map(event_of, changes)),
        tuple(accounts(scope, [found.unit_key])),
        {month: held for (_pk, month), held in taken_months([found.pk]).items()},
    )


def accounts(scope: Scope, unit_keys: Sequence[str]) -> list[PayeeAccount]:
    """All account versions of the units, newest first."""
    return list(within(PayeeAccount.objects.filter(unit_key__in=unit_keys), scope).order_by("unit_key", "-version"))


def account(scope: Scope, account_id: int) -> PayeeAccount:
    """One account version; PayeeAccount.DoesNotExist when it is not in the scope."""
    found: PayeeAccount = within(PayeeAccount.objects.all(), scope).get(pk=account_id)
    return found


def payee_accounts(
    scope: Scope, *, state: str = "", text: str = "", after: int | None = None
) -> QuerySet[PayeeAccount]:
    """Account versions in the order they were proposed, after an id (keyset).

    ``text`` is the number of a household or a resident, or the last four digits of the account.
    """
    rows = within(PayeeAccount.objects.all(), scope).order_by("id")
    if state:
        rows = rows.filter(state=state)
    if text:
        # The ids are asked first: no "or" enters an index.
        parts = [rows.filter(**{one: text}).order_by().values_list("pk") for one in ("unit_key", "account_last4")]
        rows = rows.filter(pk__in=[pk for (pk,) in rows_together(parts)])
    return rows.filter(pk__gt=after) if after else rows


def payees(unit_keys: Iterable[str]) -> Mapping[str, PayeeAccount]:
    """The confirmed account of each unit, held or not."""
    rows = PayeeAccount.objects.filter(unit_key__in=set(unit_keys), state=AccountState.CONFIRMED)
    return {row.unit_key: row for row in rows}


def has_confirmed_account(unit_keys: Iterable[str], on: date) -> frozenset[str]:
    """Those of the units that have a confirmed account of somebody who lives and is what they were, held or not."""
    rows = PayeeAccount.objects.filter(unit_key__in=set(unit_keys), state=AccountState.CONFIRMED)
    rows = rows.exclude(lost(on))
    return frozenset(rows.values_list("unit_key", flat=True))


def account_keys(unit_keys: Collection[str]) -> list[int]:
    """The confirmed accounts of the units, by key."""
    rows = PayeeAccount.objects.filter(unit_key__in=unit_keys, state=AccountState.CONFIRMED)
    return list(rows.order_by().values_list("pk", flat=True))


def usable_accounts(unit_keys: Iterable[str], on: date) -> Mapping[str, PayeeAccount]:
    """The confirmed account of each unit that may be paid on the day.

    Held ones are left out, those of the dead and of who is member or guardian no more, and those whose names a bank's
    file cannot hold: one name would stop everybody's money.
    """
    rows = PayeeAccount.objects.filter(unit_key__in=set(unit_keys), state=AccountState.CONFIRMED, usable_date__lte=on)
    rows = rows.exclude(lost(on))
    return {row.unit_key: row for row in rows if account_obstacle(row.holder_name, row.bank_name) is None}


def account_obstacle(holder_name: str, bank_name: str) -> tuple[str, Obstacle] | None:
    """The field whose text a bank's payment file cannot hold, and why."""
    for field, column, text in (("holder_name", "PAYEE_NAME", holder_name), ("bank_name", "BANK_NAME", bank_name)):
        found = bank_obstacle(column, text)
        if found is not None:
            return field, found
    return None


def open_receivables(scope: Scope) -> QuerySet[Receivable]:
    """What is owed to the fund, oldest first."""
    return receivables(scope, state=ReceivableState.OPEN)


def receivables(scope: Scope, *, state: str = "", after: int | None = None) -> QuerySet[Receivable]:
    """What was paid too much, in the order it was raised, after an id (keyset)."""
    rows = within(Receivable.objects.all(), scope)
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(pk__gt=after)
    return rows.select_related("award", "month").order_by("id")


@dataclass(frozen=True)
class Owed:
    """How much a list of receivables comes to, and since when the oldest of them stands in it."""

    number: int
    fen: int
    oldest: date | None


def owed(rows: QuerySet[Receivable]) -> Owed:
    """The sums of these receivables, in one query."""
    sums = rows.order_by().aggregate(number=Count("pk"), fen=Sum("amount_fen", default=0), oldest=Min("raised_date"))
    return Owed(**sums)


def members(award_ids: Iterable[int]) -> dict[int, int]:
    """How many people each award protects."""
    rows = AwardMember.objects.filter(award_id__in=set(award_ids)).values_list("award_id")
    return dict(rows.annotate(heads=Count("id")).order_by("award_id"))


def receivable(scope: Scope, receivable_id: int) -> Receivable:
    """One receivable; Receivable.DoesNotExist when it is not in the scope."""
    found: Receivable = within(Receivable.objects.all(), scope).get(pk=receivable_id)
    return found


def reviews_due(scope: Scope) -> QuerySet[Award]:
    """Awards whose review has fallen due, oldest first."""
    rows = within(Award.objects.filter(review_opened_date__isnull=False), scope)
    return rows.exclude(state__in=_OVER).order_by("review_due_date", "pk")


def review_occasions(rows: Iterable[Award]) -> dict[int, list[ReviewOccasion]]:
    """Why the open reviews of these awards were opened before their day (with the residents), oldest first."""
    opened = {row.pk: row.review_opened_date for row in rows if row.review_opened_date is not None}
    found: dict[int, list[ReviewOccasion]] = defaultdict(list)
    occasions = ReviewOccasion.objects.filter(award_id__in=opened).select_related("resident").order_by("pk")
    for occasion in occasions:
        if occasion.opened_date >= opened[occasion.award_id]:
            found[occasion.award_id].append(occasion)
    return found


def departures_of(rows: Iterable[Award], on: date) -> list[Departure]:
    """Who of the persons and households of the awards died, left or moved by the day, by date; four statements."""
    live = list(rows)
    people = {award.resident_id for award in live if award.resident_id}
    families = {award.household_id for award in live if not award.resident_id}
    return departures(people, families, on=on)


def departed(rows: Iterable[Award], on: date, gone: Iterable[Departure] | None = None) -> dict[int, Departure]:
    """Those of the awards (by id) whose person or household died or left by the day, with the first departure.

    Someone who joined another household of the community stays, unless the pack ends the programme's payments then; a
    move before the grant brought the person here; what happened once the award had run out changes nothing about it.
    ``gone``: the :func:`departures_of` these awards, where they are known already.
    """
    live = list(rows)
    gone_by: dict[tuple[int | None, int | None], list[Departure]] = defaultdict(list)
    for departure in departures_of(live, on) if gone is None else gone:
        gone_by[departure.resident_id, departure.household_id].append(departure)
    if not gone_by:
        return {}
    ending = ending_when_rehoused(on)
    found = {}
    for award in live:
        left = gone_by[(award.resident_id, None) if award.resident_id else (None, award.household_id)]
        counted = [departure for departure in left if _ends(departure, award, ending)]
        if counted:
            found[award.pk] = counted[0]
    return found


def died(award: Award, departure: Departure) -> bool:
    """Whether the departure was a death: of the person, or of the last one of the household (loaded)."""
    return departure.kind == DepartureKind.DIED or award.household.closed_reason == ClosedReason.ALL_DIED


def _ends(departure: Departure, award: Award, ending: frozenset[str]) -> bool:
    if departure.departed_date >= award.valid_until:
        return False
    if departure.kind == DepartureKind.REHOUSED and award.programme not in ending:
        return False
    return departure.kind not in _MOVES or departure.departed_date >= award.granted_date


def counts(scope: Scope, on: date) -> Mapping[tuple[str, Standing], tuple[int, int]]:
    """(programme, how they stand on the day) → (awards, fen per month), for overviews."""
    found: dict[tuple[str, Standing], tuple[int, int]] = {}
    for one in Standing:
        rows = within(AwardSum.objects.filter(stands(one, on)), scope).values("programme").order_by("programme")
        for row in rows.annotate(count=Sum("number"), fen=Sum("amount_fen")).filter(count__gt=0):
            found[row["programme"], one] = (row["count"], row["fen"])
    return found


# --- letters about an award. They lie with its application, where the family finds them ------------


# The pack's notice that tells of a change; an award that is paid again has its amount from a day on.
NOTICES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.SUSPENDED: "SUSPENDED",
    ChangeKind.RESUMED: "CHANGED",
    ChangeKind.CHANGED: "CHANGED",
    ChangeKind.ENDED: "ENDED",
    ChangeKind.EXPIRED: "ENDED",
    ChangeKind.REINSTATED: "CHANGED",
}
# The pack's notices that ask for another account, by what became of its holder; a pack may do without.
ACCOUNT_STOPPED: Final[Mapping[HolderLoss, str]] = {
    HolderLoss.DIED: "ACCOUNT_STOPPED",
    HolderLoss.LEFT: "ACCOUNT_CEASED",
    HolderLoss.NO_GUARDIAN: "ACCOUNT_CEASED",
}


def letter_subject(award: Award) -> str:
    """The subject of letters about the award: the application that it came from, as the letter of grant has it."""
    return f"application:{award.application_number}"


def ended_by_letter(awards: Sequence[Award]) -> set[int]:
    """Those of the awards (ids) whose family has a letter that they end."""
    by_subject = {(letter_subject(award), award.number): award.pk for award in awards}
    rows = letters_to_own(sorted({subject for subject, _number in by_subject})).filter(kind=NOTICES[ChangeKind.ENDED])
    told = {(row.subject, row.content.get("award")) for row in rows}
    return {pk for key, pk in by_subject.items() if key in told}


def account_since(letters: Sequence[Letter], on: date) -> Mapping[int, object]:
    """Of the letters (ids) that ask for another account: that one is confirmed by now, or waits for it; one
    statement.
    """
    numbers = {row.pk: row.content["award"] for row in letters}
    accounts = PayeeAccount.objects.filter(unit_key=OuterRef("unit_key"))
    known = accounts.filter(state=AccountState.CONFIRMED).exclude(lost(on))
    rows = Award.objects.filter(number__in=set(numbers.values())).annotate(
        known=Exists(known), waits=Exists(confirmable(accounts, on))
    )
    said = {
        number: _("新的收款账户已确认，家庭不用再办") if known else _("新的收款账户已登记，等待确认")
        for number, known, waits in rows.values_list("number", "known", "waits")
        if known or waits
    }
    return {pk: said[number] for pk, number in numbers.items() if number in said}


def letters_of_award(scope: Scope, award: Award) -> list[Letter]:
    """Letters that tell of changes of this award, oldest first, with how they arrived."""
    rows = letters_about(scope, letter_subject(award)).filter(kind__in={*NOTICES.values(), *ACCOUNT_STOPPED.values()})
    return [row for row in rows if row.content["award"] == award.number]
