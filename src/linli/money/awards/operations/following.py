"""Awards follow the people they were reckoned with: who died or left is protected no more; who joined may count.

Daily for what became known since, and within the act that puts a wrong death or move right (ADR 0015).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from linli.foundation.data.locks import locked
from linli.foundation.data.prepared import prepared
from linli.foundation.trail.acts import within_act
from linli.kernel.act import SYSTEM, Act
from linli.kernel.period import Month
from linli.law.policies.queries import determinations
from linli.money.awards.codes import AwardState, ChangeKind, EndReason, MonthState, OccasionKind
from linli.money.awards.models import Award, AwardChange, AwardMember, AwardMonth, ReviewOccasion
from linli.money.awards.operations.accounts import restart_accounts_of
from linli.money.awards.operations.history import NewChange, rebook, write_changes
from linli.money.awards.operations.letters import Turn, tell
from linli.money.awards.operations.receivables import owe_overpaid
from linli.money.awards.queries import change_review_due, departed, died
from linli.money.awards.queries.words import CHANGE_REVIEW_DAYS
from linli.money.awards.rules.schedule import state_after
from linli.registry.residents.codes import DepartureKind
from linli.registry.residents.operations import Amendment
from linli.registry.residents.queries import Departure, Joined, Left, departures, homes_of, who_joined, who_left

# A birth or a move that happened so long before the grant, and was recorded after it, is still looked at.
_RECORDED_LATE = timedelta(days=366)
_KINDS = {DepartureKind.DIED: OccasionKind.MEMBER_DIED}
RUNNING = (AwardState.ACTIVE, AwardState.SUSPENDED)
_AREAS = ("district_id", "street_id", "community_id", "grid_id")
# What of an award tells whom it follows, and is written when it moves along.
FOLLOWED = (
    *("programme", "number", "state", "resident_id", "household_id", "granted_date", "valid_until"),
    *("determination_id", "version", *_AREAS),
)


@within_act
def follow_households(
    act: Act,
    *,
    on: date,
    residents: Collection[int] | None = None,
    running: Iterable[Award] | None = None,
    gone: Iterable[Departure] | None = None,
) -> list[Award]:
    """Running awards take note of who died, left or joined the household by the day; of ``residents`` alone when given.

    Who left is protected no more. Where somebody counted in what was granted, or lives there now and did not count, the
    review opens, due by the pack. A person's own award lies with the household the person lives in now. Returns the
    awards that changed. ``running``: all of them with what is FOLLOWED, and ``gone``: the departures of at least their
    persons, where the act has read them already.
    """
    if running is None:
        running = Award.objects.filter(state__in=RUNNING, valid_until__gt=on).only(*FOLLOWED)
    followed = {row.pk: row for row in running}
    moved = _rehouse(followed, on, residents, gone)
    left = [
        one
        for one in who_left({row.household_id for row in followed.values()}, on=on)
        if residents is None or one.resident_id in residents
    ]
    noticed = _unnoticed(followed, left) if left else []
    if noticed:
        _unprotect(noticed)
    occasions = [(one.award.pk, _kind(one.left), one.left.resident_id, one.left.day) for one in noticed]
    occasions += _joined(followed, on, residents)
    return [*moved, *(open_reviews(act, occasions=occasions, on=on) if occasions else [])]


def _joined(
    running: Mapping[int, Award], on: date, residents: Collection[int] | None
) -> list[tuple[int, OccasionKind, int, date]]:
    """Who lives in the household of an award and was not reckoned with: born, moved in, recorded since."""
    if not running:
        return []
    after = min(row.granted_date for row in running.values()) - _RECORDED_LATE
    came: dict[int, list[Joined]] = defaultdict(list)
    for one in who_joined({row.household_id for row in running.values()}, after=after, on=on):
        if residents is None or one.resident_id in residents:
            came[one.household_id].append(one)
    touched = [row for row in running.values() if row.household_id in came]
    if not touched:
        return []
    ids = [row.pk for row in touched]
    settled = {*_protected(ids), *_known_to_have_come(ids)}
    others = [
        (row, one)
        for row in sorted(touched, key=lambda row: row.pk)
        for one in came[row.household_id]
        if (row.pk, one.resident_id) not in settled and row.resident_id != one.resident_id
    ]
    counted = _counted(row for row, _one in others)
    return [
        (row.pk, OccasionKind.MEMBER_CAME, one.resident_id, one.day)
        for row, one in others
        if _is_new(row, one, counted)
    ]


@prepared
def _protected(award_ids: Collection[int]) -> QuerySet[AwardMember, tuple[int, int]]:
    return AwardMember.objects.filter(award_id__in=award_ids).values_list("award_id", "resident_id")


@prepared
def _known_to_have_come(award_ids: Collection[int]) -> QuerySet[ReviewOccasion, tuple[int, int]]:
    rows = ReviewOccasion.objects.filter(award_id__in=award_ids, kind=OccasionKind.MEMBER_CAME)
    return rows.values_list("award_id", "resident_id")


def _is_new(row: Award, one: Joined, counted: Mapping[int, frozenset[str]]) -> bool:
    """Whether the rules did not know of the person; where nothing says whom they knew, the day of the grant does."""
    then = counted.get(row.determination_id or 0)
    return one.day > row.granted_date if then is None else one.number not in then


@dataclass(frozen=True)
class _Noticed:
    """An award, and somebody who counted in it and is gone."""

    award: Award
    left: Left


def _rehouse(
    running: Mapping[int, Award],
    on: date,
    residents: Collection[int] | None,
    gone: Iterable[Departure] | None,
) -> list[Award]:
    """Awards of persons lie where the person lives: pages, scopes and letters find them there."""
    own = {
        row.resident_id
        for row in running.values()
        if row.resident_id and (residents is None or row.resident_id in residents)
    }
    if residents is None:
        own &= {one.resident_id for one in (departures(own, on=on) if gone is None else gone)}
    homes = homes_of(own, on)
    moved = []
    for row in running.values():
        home = homes.get(row.resident_id or 0)
        if home is not None and home.household_id != row.household_id:
            row.household_id = home.household_id
            for column, area in home.stamp.columns().items():
                setattr(row, column, area)
            row.version += 1
            moved.append(row)
    if moved:
        Award.objects.bulk_update(moved, ["household_id", *_AREAS, "version"])
    return moved


def _unnoticed(running: Mapping[int, Award], gone: Sequence[Left]) -> list[_Noticed]:
    """Who counted in which award and is gone since, where nobody took note yet."""
    by_home: dict[int, list[Left]] = defaultdict(list)
    for one in gone:
        by_home[one.household_id].append(one)
    touched = [row for row in running.values() if row.household_id in by_home]
    protected = set(
        AwardMember.objects.filter(award__in=touched, valid_until__gt=F("valid_from")).values_list(
            "award_id", "resident_id"
        )
    )
    counted = _counted(touched)
    known = set(
        ReviewOccasion.objects.filter(award__in=touched).values_list("award_id", "resident_id", "kind", "happened_date")
    )
    return [
        _Noticed(row, one)
        for row in sorted(touched, key=lambda row: row.pk)
        for one in by_home[row.household_id]
        if row.resident_id != one.resident_id
        and ((row.pk, one.resident_id) in protected or one.number in counted.get(row.determination_id or 0, ()))
        and (row.pk, one.resident_id, _kind(one), one.day) not in known
    ]


def _counted(awards: Iterable[Award]) -> Mapping[int, frozenset[str]]:
    """The members whose facts each determination (id) was made from."""
    made = determinations({row.determination_id for row in awards if row.determination_id})
    return {
        pk: frozenset(member["key"] for member in json.loads(one.document)["facts"]["members"])
        for pk, one in made.items()
    }


def _kind(left: Left) -> OccasionKind:
    return _KINDS.get(left.kind, OccasionKind.MEMBER_LEFT)


def _unprotect(noticed: Sequence[_Noticed]) -> None:
    until = {(one.award.pk, one.left.resident_id): one.left.day for one in noticed}
    rows = list(AwardMember.objects.filter(award_id__in={pk for pk, _resident in until}))
    ended = [row for row in rows if (row.award_id, row.resident_id) in until]
    for row in ended:
        day = until[row.award_id, row.resident_id]
        # Who left before the award began is protected at no time.
        row.valid_until = min(row.valid_until, day)
        row.valid_from = min(row.valid_from, row.valid_until)
    AwardMember.objects.bulk_update(ended, ["valid_from", "valid_until"])


@within_act
def open_reviews(act: Act, *, occasions: Sequence[tuple[int, OccasionKind, int, date]], on: date) -> list[Award]:
    """Open the reviews of running awards (id) for an occasion: what happened to which resident on which day."""
    awards = {row.pk: row for row in locked(Award.objects.filter(pk__in={pk for pk, *_rest in occasions}))}
    dues = change_review_due(on)
    made = []
    for pk, kind, resident, day in occasions:
        row = awards[pk]
        due = dues.get(row.programme, on + timedelta(days=CHANGE_REVIEW_DAYS))
        planned = row.review_due_date
        if row.review_opened_date is None:
            row.review_opened_date, row.review_due_date = on, due
        elif planned is None or planned > due:
            row.review_due_date = due
        made.append(
            ReviewOccasion(
                award=row,
                kind=kind,
                resident_id=resident,
                happened_date=day,
                opened_date=on,
                due_date=max(row.review_due_date or due, on),
                planned_date=planned,
            )
        )
    ReviewOccasion.objects.bulk_create(made, ignore_conflicts=True)
    for row in awards.values():
        row.version += 1
    Award.objects.bulk_update(awards.values(), ["review_opened_date", "review_due_date", "version"])
    return sorted(awards.values(), key=lambda row: row.pk)


# --- corrections ----------------------------------------------------------------------------------


@within_act
def follow_amendment(act: Act, amendment: Amendment) -> None:
    """A death or a move reads otherwise now: what it did to awards is put right by the same rules, in the same act.

    Awards that ended because of it run again, or end on the right day: months, promise, claims, protection, accounts
    and letter follow. Where somebody is protected by the programme in another award since, the ended one stays ended.
    Raises BudgetExhausted when the months cannot be promised any more.
    """
    _reinstate(act, amendment)
    _protect_again(act, amendment)
    if amendment.resident_id is not None and amendment.now is None:
        restart_accounts_of(act, holder_id=amendment.resident_id)
    residents = None if amendment.resident_id is None else [amendment.resident_id]
    if residents:
        follow_households(act, on=act.on, residents=residents)


@dataclass(frozen=True)
class _Amended:
    """An ended award, as it was granted, and how it ends by the records as they are now (None: it does not)."""

    award: Award
    ended: AwardChange
    until: date
    day: date | None
    reason: EndReason

    @property
    def protects_until(self) -> date:
        """The day from which it protects nobody."""
        return self.until if self.day is None else self.day

    def is_beside(self, other: "_Amended") -> bool:
        """Whether both would protect somebody by the same programme on the same days."""
        people, others = ({row.resident_id for row in _ended_with(one.award)} for one in (self, other))
        together = self.award.valid_from < other.protects_until and other.award.valid_from < self.protects_until
        return self.award.programme == other.award.programme and together and not people.isdisjoint(others)


def _reinstate(act: Act, amendment: Amendment) -> None:
    amended = {one.award.pk: one for one in _amended(act, amendment)}
    if not amended:
        return
    awards = {pk: one.award for pk, one in amended.items()}
    rebook(act, awards=awards.values(), write=_writing(act, amended, amendment.reason))
    for one in amended.values():
        until = one.until if one.day is None else min(max(one.day, one.award.valid_from), one.until)
        _protect_until(one.award, until)
        one.award.valid_until = until
        one.award.version += 1
        kinds = one.award.changes.order_by("seq").values_list("kind", flat=True)
        one.award.state = AwardState(state_after(kinds))
    Award.objects.bulk_update(awards.values(), ["state", "valid_until", "version"])
    owe_overpaid(act, reasons={pk: one.reason for pk, one in amended.items()})
    turns = {
        pk: Turn(ChangeKind.REINSTATED, one.ended.effective_date, amendment.reason)
        if one.day is None
        else Turn(ChangeKind.ENDED, one.day, amendment.reason, one.reason)
        for pk, one in amended.items()
    }
    tell(act, awards=awards, turns=turns)


def _amended(act: Act, amendment: Amendment) -> list[_Amended]:
    which = Q(household_id__in=amendment.household_ids)
    if amendment.resident_id is not None:
        which = Q(resident_id=amendment.resident_id) | which & Q(resident__isnull=True)
    rows = locked(Award.objects.filter(which, state=AwardState.ENDED).select_related("line__fund", "household"))
    awards = {row.pk: row for row in rows}
    ends: dict[int, AwardChange] = {}
    until: dict[int, date] = {}
    for change in AwardChange.objects.filter(award__in=awards.values()).order_by("seq"):
        if change.kind == ChangeKind.ENDED:
            ends[change.award_id] = change
        if change.until_date is not None:
            until[change.award_id] = change.until_date
    read = [
        _read_again(act, row, ends[pk], until[pk]) for pk, row in awards.items() if _followed(row, ends[pk], amendment)
    ]
    found: list[_Amended] = []
    # The newest first: what was decided last stands.
    for one in sorted(read, key=lambda one: one.award.pk, reverse=True):
        elsewhere = _protected_elsewhere(one.award, one.protects_until) or any(one.is_beside(other) for other in found)
        if one.day != one.ended.effective_date and not elsewhere:
            found.append(one)
    return found[::-1]


def _followed(award: Award, end: AwardChange, amendment: Amendment) -> bool:
    """Whether an award ended because of what was recorded, and not for another reason or another departure."""
    reason = EndReason.DIED if amendment.kind == DepartureKind.DIED else EndReason.MOVED
    if end.reason not in (reason, EndReason.MOVED):
        return False
    # A household closes no earlier than it opened, whenever its last member died.
    closed = award.resident_id is None and end.by_id == SYSTEM.pk and end.effective_date > amendment.was
    return end.effective_date == amendment.was or closed


def _read_again(act: Act, award: Award, end: AwardChange, until: date) -> _Amended:
    """How the award ends by the records as they are now."""
    ended_until, award.valid_until = award.valid_until, until
    departure = departed([award], act.on).get(award.pk)
    award.valid_until = ended_until
    if departure is None:
        return _Amended(award, end, until, None, EndReason(end.reason))
    reason = EndReason.DIED if died(award, departure) else EndReason.MOVED
    return _Amended(award, end, until, departure.departed_date, reason)


def _writing(act: Act, amended: Mapping[int, _Amended], note: str) -> Callable[[], None]:
    """The events of the correction; payments given up because the person was thought dead are due again."""

    def write() -> None:
        for one in amended.values():
            changes = [NewChange(one.award, ChangeKind.REINSTATED, one.ended.effective_date, 0, note)]
            if one.day is not None:
                changes.append(NewChange(one.award, ChangeKind.ENDED, one.day, 0, note, one.reason))
            write_changes(act, changes)
            first = Month.of(one.ended.effective_date).first_day
            given_up = AwardMonth.objects.filter(award=one.award, month_date__gte=first, state=MonthState.WRITTEN_OFF)
            given_up.update(state=MonthState.VOIDED)

    return write


def _protected_elsewhere(award: Award, until: date) -> bool:
    """Whether one of those whom the award would protect again is protected by the programme in another since."""
    others = AwardMember.objects.filter(
        resident__in=[row.resident_id for row in _ended_with(award)],
        programme=award.programme,
        valid_from__lt=F("valid_until"),
        valid_until__gt=award.valid_until,
    )
    return others.filter(valid_from__lt=until).exclude(award=award).exists()


def _ended_with(award: Award) -> list[AwardMember]:
    """Whose protection ended when the award did."""
    rows = AwardMember.objects.filter(award=award).order_by("pk")
    return [row for row in rows if row.valid_until == max(award.valid_until, row.valid_from)]


def _protect_until(award: Award, until: date) -> None:
    rows = _ended_with(award)
    for row in rows:
        row.valid_until = max(until, row.valid_from)
    AwardMember.objects.bulk_update(rows, ["valid_until"])


def _protect_again(act: Act, amendment: Amendment) -> None:
    """A running award protects again who never left; somebody looks again, since the amount may have been changed."""
    if amendment.resident_id is None:
        return
    rows = list(
        AwardMember.objects.filter(
            resident_id=amendment.resident_id,
            award__state__in=RUNNING,
            award__household_id__in=amendment.household_ids,
            award__resident__isnull=True,
            valid_until__lt=F("award__valid_until"),
        )
        .select_related("award")
        .order_by("award_id")
    )
    homes = homes_of([amendment.resident_id], act.on)
    back = []
    for row in rows:
        home = homes.get(amendment.resident_id)
        there = home is not None and home.household_id == row.award.household_id
        until = row.award.valid_until if there else amendment.now or amendment.was
        if row.valid_until == amendment.was and until != amendment.was and not _taken(row, until):
            row.valid_until, row.valid_from = until, min(row.award.valid_from, until)
            back.append(row)
    AwardMember.objects.bulk_update(back, ["valid_from", "valid_until"])
    noted = ReviewOccasion.objects.filter(
        resident_id=amendment.resident_id, happened_date=amendment.was, award__state__in=RUNNING
    ).exclude(kind=OccasionKind.CORRECTED)
    ids = {*(row.award_id for row in back), *noted.values_list("award_id", flat=True)}
    occasions = [(pk, OccasionKind.CORRECTED, amendment.resident_id, amendment.was) for pk in sorted(ids)]
    if occasions:
        open_reviews(act, occasions=occasions, on=act.on)


def _taken(row: AwardMember, until: date) -> bool:
    others = AwardMember.objects.filter(resident_id=row.resident_id, programme=row.programme, valid_from__lt=until)
    return (
        others.filter(valid_from__lt=F("valid_until"), valid_until__gt=row.valid_until)
        .exclude(award_id=row.award_id)
        .exists()
    )
