"""The rules are asked again about awards that run: a new standard, a birthday, a fact; and what comes of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import check_version, locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.ground.users.queries import check_of_others, check_step, check_system
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.period import Month
from linli.law.policies.operations import keep
from linli.law.policies.queries import law_book
from linli.money.awards.codes import WAITING_ADJUSTMENTS, AdjustmentState, AwardState, Cause, ChangeKind, EndReason
from linli.money.awards.models import Adjustment, Award
from linli.money.awards.operations.changes import (
    Ending,
    NotMonthStart,
    OutsidePeriod,
    end_held,
    held_awards,
)
from linli.money.awards.operations.hands import check_hands
from linli.money.awards.operations.history import NewChange, rebook, write_changes
from linli.money.awards.operations.letters import Turn, tell
from linli.money.awards.operations.receivables import owe_overpaid
from linli.money.awards.permissions import check_change
from linli.money.awards.queries import promised
from linli.money.awards.queries.adjustments import because, fact_labels
from linli.money.awards.queries.causes import causes_since
from linli.money.awards.queries.foresight import Foreseen, foresee, foresee_by_registry
from linli.money.awards.queries.grounds import forged_grounds, grounds_behind
from linli.money.awards.rules.following import Finding, turns
from linli.money.awards.steps import ADJUSTMENT, AWARD, AdjustmentIncomplete
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import Asked, ProposalStale, put_forward
from linli.money.ledger.queries import available_of

# So many awards are looked at in one act: its locks are held for a fraction of a second.
CHUNK = 100
_RUNNING = (AwardState.ACTIVE, AwardState.SUSPENDED)


class AdjustmentClosed(DomainError):
    """A difference is decided only while it still stands as it was shown."""

    message = _("待遇 %(number)s 的这项调整已有变化，请刷新后再办")


@dataclass(frozen=True)
class Followed:
    """The differences found, and by the numbers of awards that were left out some of the rows that no act wrote."""

    made: list[Adjustment]
    left_out: Mapping[str, list[str]]


@act
@surely
def redetermine(act: Act, *, on: date, award_ids: Sequence[int]) -> Followed:
    """Ask the rules about these awards since they were looked at last, and follow them as the pack says.

    What a person must decide, what lacks facts and what the budget cannot bear waits as an adjustment; nothing is lost.
    An award behind which stand rows that no act wrote is left out, which the trail tells. Only the product itself.
    Raises NotPermitted.
    """
    check_system(act)
    causes = causes_since(on)
    awards = held_awards(award_ids, swept=True)
    left_out = forged_grounds(list(awards.values()), causes.law)
    awards = {pk: award for pk, award in awards.items() if award.number not in left_out}
    found = foresee(list(awards.values()), causes.since, on, changed=causes.facts)
    made = _follow(act, found)
    _close_settled(act, awards, found)
    audit.record(
        act,
        where=made[0].stamp if made else 0,
        subject=f"redetermined:{on.isoformat()}",
        lines=[[row.award.number, row.effective_date, row.before_fen, row.after_fen, row.state] for row in made],
        note={"forged": left_out} if left_out else {},
    )
    return Followed(made, left_out)


@act
@surely
def recalculate(
    act: Act, *, award_id: int, effective_date: date, note: str, version: int | None = None
) -> list[Adjustment]:
    """Ask the rules about an award with what is registered today, and follow them from a month on.

    The month may lie in the past: what it adds is paid besides, what was paid too much is owed. Raises NotPermitted,
    OwnFamily, ReasonMissing, StepNotPossible, FormStale, OutsidePeriod, NotMonthStart, AdjustmentIncomplete,
    SamePerson (the actor recorded what it rests on), BudgetExhausted.
    """
    return recalculate_held(act, award_id=award_id, effective_date=effective_date, note=note, version=version)


@within_act
def recalculate_held(
    act: Act, *, award_id: int, effective_date: date, note: str, version: int | None = None
) -> list[Adjustment]:
    """As :func:`recalculate`, for a room that does it together with something else."""
    note = reason_of(note, field="note")
    if effective_date.day != 1:
        raise NotMonthStart(field="effective_date")
    award = held_awards([award_id])[award_id]
    check_change(act, [award.stamp])
    check_of_others(act, AWARD, [award])
    check_version(award, version)
    AWARD.check_state("end", award)  # what has not ended
    if not award.valid_from <= effective_date < award.valid_until:
        raise OutsidePeriod(field="effective_date", number=award.number)
    build_on(grounds_behind([award], law_book(act.on).version_ids))
    [one] = foresee_by_registry([award], act.on, {award_id: Month.of(effective_date)})
    check_hands(act, "find", [one])
    unknown = [finding for finding in one.findings if finding.fen is None]
    if unknown:
        raise AdjustmentIncomplete(number=award.number, why=AdjustmentState.FACTS.label)
    made = _follow(act, [one], note=note, spare_budget=False)
    # Somebody asked: that stands in the trail too where the rules say what is paid already, or it waits.
    audit.record(
        act,
        where=award.stamp,
        subject=f"award:{award.number}",
        lines=[[row.award.number, row.effective_date, row.before_fen, row.after_fen, row.state] for row in made],
        note={"note": note, "from": effective_date},
    )
    return made


@act
@surely
def adopt_adjustments(act: Act, *, adjustment_ids: Sequence[int], note: str) -> None:
    """Follow the rules where they were left to a person; a reduction counts from when the pack says.

    Raises NotPermitted, OwnFamily, SamePerson (the actor recorded what it rests on), ReasonMissing, StepNotPossible,
    AdjustmentClosed, AdjustmentIncomplete, BudgetExhausted.
    """
    rows, awards = _waiting(act, "adopt", adjustment_ids, note)
    build_on(grounds_behind(list(awards.values()), law_book(act.on).version_ids))
    by_award: dict[int, list[Adjustment]] = defaultdict(list)
    for row in rows:
        by_award[row.award_id].append(row)
    since = {pk: min(row.cause_date for row in some) - timedelta(days=1) for pk, some in by_award.items()}
    facts = {row.award_id: row.cause_date for row in rows if row.cause == Cause.FACT}
    found = {one.award.pk: one for one in foresee(list(awards.values()), since, act.on, changed=facts)}
    check_hands(act, "adopt", list(found.values()))
    planned: list[_Plan] = []
    for pk, some in by_award.items():
        if pk not in found:
            raise AdjustmentClosed(number=awards[pk].number)
        planned += _adopted(found[pk], some, note)
    _apply(act, planned)
    _decided(act, rows, AdjustmentState.APPLIED, note)


def _adopted(one: Foreseen, rows: Sequence[Adjustment], note: str) -> list["_Plan"]:
    """What is to be written for the differences of an award that somebody adopts: each for the months it was found for.

    Raises AdjustmentClosed where it is not found any more as it was shown.
    """
    target, made = dict(one.current), {}
    for row in rows:
        finding = _as_shown(one, row)
        if finding is None:
            raise AdjustmentClosed(number=one.award.number)
        row.effective_date, row.back_fen = finding.first.first_day, one.back_fen(finding)
        target.update(dict.fromkeys(finding.months, int(row.after_fen or 0)))
        made[finding.piece.reference] = row.determination_id
    findings = tuple(finding for finding in one.findings if finding.piece.reference in made)
    return _plans(replace(one, target=target, findings=findings), made, note)


def _as_shown(one: Foreseen, row: Adjustment) -> Finding | None:
    """The difference that an adjustment tells, as it is today: a reduction may count from a later month by now."""
    same = [
        finding
        for finding in one.findings
        if (finding.piece.cause, finding.piece.cause_date) == (row.cause, row.cause_date)
        and (finding.before_fen, finding.fen) == (row.before_fen, row.after_fen)
    ]
    shown = [finding for finding in same if finding.first.first_day == row.effective_date]
    return next(iter(shown or same), None)


@act
def dismiss_adjustments(act: Act, *, adjustment_ids: Sequence[int], note: str) -> list[Proposal]:
    """The award stays as it is, with a reason. Where it would stay above what the rules give that is proposed, and an
    officer of the street confirms it; the proposals are given.

    Raises NotPermitted, ReasonMissing, StepNotPossible, ProposalWaiting.
    """
    rows, awards = _waiting(act, "dismiss", adjustment_ids, note)
    above = [row for row in rows if row.after_fen is not None and row.after_fen < row.before_fen]
    rest = [row for row in rows if row not in above]
    if rest:
        _decided(act, rest, AdjustmentState.DISMISSED, note)
    return [put_forward(act, where=row.stamp, asked=_kept(row, awards[row.award_id], note)) for row in above]


def _kept(row: Adjustment, award: Award, note: str) -> Asked:
    return Asked(
        ProposalKind.KEEP,
        f"awards:{award.number}",
        row.pk,
        row.before_fen,
        household_id=award.household_id,
        rules_fen=row.after_fen,
        before_fen=row.before_fen,
        on_date=row.effective_date,
        reason=note.strip(),
    )


@within_act
def keep_above(act: Act, proposal: Proposal) -> None:
    """Two people agreed that the award stays above the rules. Raises StepNotPossible, ProposalStale."""
    [row] = locked(Adjustment.objects.filter(pk=proposal.target_id).select_related("award"))
    ADJUSTMENT.check_state("dismiss", row)
    if (row.before_fen, row.after_fen) != (proposal.before_fen, proposal.rules_fen):
        raise ProposalStale(number=proposal.number)
    held_awards([row.award_id])
    _decided(act, [row], AdjustmentState.DISMISSED, proposal.reason)


def _waiting(
    act: Act, step: str, adjustment_ids: Sequence[int], note: str
) -> tuple[list[Adjustment], dict[int, Award]]:
    reason_of(note, field="note")
    wanted: QuerySet[Adjustment] = Adjustment.objects.filter(pk__in=set(adjustment_ids))
    rows = list(locked(wanted.order_by("pk").select_related("award")))
    if not rows or len(rows) < len(set(adjustment_ids)):
        raise Adjustment.DoesNotExist
    check_step(act, ADJUSTMENT, step, rows)
    return rows, held_awards([row.award_id for row in rows])


def _decided(act: Act, rows: Sequence[Adjustment], state: AdjustmentState, note: str) -> None:
    for row in rows:
        row.state, row.decided_date, row.decided_by_id, row.note = state, act.on, act.by.pk, note.strip()
    Adjustment.objects.bulk_update(rows, ["state", "decided_date", "decided_by_id", "note", "effective_date"])
    audit.record(
        act,
        where=rows[0].stamp,
        subject=f"award:{rows[0].award.number}",
        lines=[[row.award.number, row.effective_date, row.before_fen, row.after_fen, row.state] for row in rows],
        note={"note": note.strip()},
    )


# --- what was found -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """Amounts from months on that an award is to get."""

    award: Award
    turns: Sequence[tuple[Month, int]]
    determination_id: int | None
    cause: Cause
    back_fen: int
    note: str = ""


def _follow(act: Act, found: Sequence[Foreseen], *, note: str = "", spare_budget: bool = True) -> list[Adjustment]:
    """Keep what was found, and write what counts by itself as far as the budget reaches."""
    open_rows = {
        (row.award_id, row.effective_date): row
        for row in locked(Adjustment.objects.filter(award_id__in=[one.award.pk for one in found]).order_by("pk"))
    }
    kept: dict[tuple[int, int], int] = {}
    saids = [(one.award.pk, finding.piece.reference) for one in found for finding in one.findings]
    by_award = {one.award.pk: one for one in found}
    made = keep(act, said=[by_award[pk].said[place] for pk, place in saids]) if saids else []
    kept.update({key: row.pk for key, row in zip(saids, made, strict=True)})
    before = promised([one.award for one in found]) if spare_budget else None
    short = _short(found, before) if before is not None else frozenset()
    rows: list[Adjustment] = []
    plans: list[_Plan] = []
    for one in found:
        for finding in one.findings:
            state = _state(one, finding, short)
            row = _row(act, one, finding, state, kept[one.award.pk, finding.piece.reference], open_rows, note)
            if row is not None:
                rows.append(row)
        followed = tuple(finding for finding in one.findings if finding.followed)
        if one.award.pk not in short and followed:
            places = [finding.piece.reference for finding in followed]
            made_of = {place: kept[one.award.pk, place] for place in places}
            plans += _plans(replace(one, findings=followed), made_of, note)
    _save(rows)
    _apply(act, plans, before)
    return rows


def _plans(one: Foreseen, made: Mapping[int, int | None], note: str) -> list[_Plan]:
    """One plan for each turn of the award's amounts because of its findings, whose determinations are ``made`` by
    reference. A month that none of them changes goes on resting on what it rests on.
    """
    plans = []
    for month, fen in turns(one.current, one.target):
        here = next((finding for finding in one.findings if month in finding.months), None)
        led = here or max((f for f in one.findings if f.first <= month), key=lambda f: f.first, default=one.findings[0])
        begins = here is not None and here.first == month
        plans.append(
            _Plan(
                one.award,
                [(month, fen)],
                made[here.piece.reference] if here is not None else one.rests_on.get(month),
                Cause(led.piece.cause),
                one.back_fen(here) if here is not None and begins else 0,
                note,
            )
        )
    return plans


def _short(found: Sequence[Foreseen], before: Mapping[int, int]) -> frozenset[int]:
    """Awards for whose rise the budget line has nothing left, in order of the awards' numbers. ``before``: fen promised
    now, by award.
    """
    left = available_of(one.award.line_id for one in found)
    short = set()
    for one in sorted(found, key=lambda one: one.award.pk):
        if not any(finding.followed for finding in one.findings):
            continue
        more = one.promised_then() - before[one.award.pk]
        if more > left.get(one.award.line_id, 0):
            short.add(one.award.pk)
        else:
            left[one.award.line_id] -= more
    return frozenset(short)


def _state(one: Foreseen, finding: Finding, short: Collection[int]) -> AdjustmentState:
    if not finding.followed:
        return AdjustmentState(finding.why)
    return AdjustmentState.BUDGET if one.award.pk in short else AdjustmentState.APPLIED


def _row(
    act: Act,
    one: Foreseen,
    finding: Finding,
    state: AdjustmentState,
    determination_id: int,
    known: Mapping[tuple[int, date], Adjustment],
    note: str,
) -> Adjustment | None:
    """The adjustment to keep: the one that waits for the month, or a new one; None when a person decided the same."""
    row = known.get((one.award.pk, finding.first.first_day)) or _moved(one, finding, known)
    if row is not None and row.after_fen == finding.fen and _left_as_it_is(one, row):
        return None
    if row is None or row.state not in WAITING_ADJUSTMENTS:
        row = Adjustment(
            award=one.award,
            effective_date=finding.first.first_day,
            found_date=act.on,
            **one.award.stamp.columns(),
        )
    row.award, row.effective_date = one.award, finding.first.first_day
    row.cause, row.cause_date = finding.piece.cause, finding.piece.cause_date
    row.before_fen, row.after_fen, row.back_fen = finding.before_fen, finding.fen, one.back_fen(finding)
    row.missing = fact_labels(one, finding)[:300]
    row.determination_id, row.state, row.note = determination_id, state, note
    if state == AdjustmentState.APPLIED:
        row.decided_date, row.decided_by_id = act.on, act.by.pk
    return row


def _left_as_it_is(one: Foreseen, row: Adjustment) -> bool:
    """Whether a person decided so: of an award that counted as ended then, and runs again, it is asked again."""
    again = one.again_since is not None and row.decided_date is not None and row.decided_date <= one.again_since
    return row.state == AdjustmentState.DISMISSED and not again


def _moved(one: Foreseen, finding: Finding, known: Mapping[tuple[int, date], Adjustment]) -> Adjustment | None:
    """What waits for the same reason, though it counts from another month by now: a month went by undecided."""
    months = {finding.first.first_day for finding in one.findings}
    return next(
        (
            row
            for row in known.values()
            if row.award_id == one.award.pk
            and row.state in WAITING_ADJUSTMENTS
            and (row.cause, row.cause_date) == (finding.piece.cause, finding.piece.cause_date)
            and row.effective_date not in months
        ),
        None,
    )


def _save(rows: Sequence[Adjustment]) -> None:
    Adjustment.objects.bulk_create([row for row in rows if row.pk is None])
    columns = [
        "cause",
        "cause_date",
        "effective_date",
        "before_fen",
        "after_fen",
        "back_fen",
        "missing",
        "determination_id",
        "state",
    ]
    old = [row for row in rows if row.pk is not None]
    Adjustment.objects.bulk_update(old, [*columns, "note", "decided_date", "decided_by_id"])


def _close_settled(act: Act, awards: Mapping[int, Award], found: Sequence[Foreseen]) -> None:
    """What waited and differs no more was settled otherwise."""
    standing = {(one.award.pk, finding.first.first_day) for one in found for finding in one.findings}
    rows = locked(Adjustment.objects.filter(award_id__in=awards, state__in=WAITING_ADJUSTMENTS).order_by("pk"))
    gone = [row for row in rows if (row.award_id, row.effective_date) not in standing]
    for row in gone:
        row.state, row.decided_date, row.decided_by_id = AdjustmentState.DISMISSED, act.on, act.by.pk
        row.note = "待遇已与规则一致"
    Adjustment.objects.bulk_update(gone, ["state", "decided_date", "decided_by_id", "note"])


@within_act
def _apply(act: Act, plans: Sequence[_Plan], before: Mapping[int, int] | None = None) -> None:
    """Write the new amounts, or the end where nothing is due any more; promises, claims and letters follow."""
    ended: dict[int, Ending] = {}
    told: dict[int, list[tuple[_Plan, Month, int]]] = defaultdict(list)
    for plan, month, fen in ((one, *turn) for one in plans for turn in one.turns):
        if plan.award.pk in ended:
            continue
        if fen:
            told[plan.award.pk].append((plan, month, fen))
        else:
            words = because(plan.cause, plan.note)
            ended[plan.award.pk] = Ending(plan.award.pk, month.first_day, EndReason.RULES, words, plan.determination_id)
    if told:
        _change(act, told, before)
    # Whoever was ended or ran out before stays so: nothing is due after it anyway.
    still = {pk: one for pk, one in ended.items() if _award_of(plans, pk).state in _RUNNING}
    if still:
        end_held(act, awards={pk: _award_of(plans, pk) for pk in still}, endings=list(still.values()))


def _change(act: Act, told: Mapping[int, Sequence[tuple[_Plan, Month, int]]], before: Mapping[int, int] | None) -> None:
    awards = {pk: some[0][0].award for pk, some in told.items()}
    changes = [
        NewChange(
            plan.award,
            ChangeKind.CHANGED,
            month.first_day,
            fen,
            because(plan.cause, plan.note),
            determination_id=plan.determination_id,
        )
        for some in told.values()
        for plan, month, fen in some
    ]
    rebook(act, awards=awards.values(), write=lambda: write_changes(act, changes), before=before)
    owe_overpaid(act, reasons=dict.fromkeys(awards, EndReason.RULES))
    _tell(act, told)
    for award in awards.values():
        award.version += 1
    Award.objects.bulk_update(awards.values(), ["amount_fen", "version"])


def _award_of(plans: Sequence[_Plan], pk: int) -> Award:
    return next(plan.award for plan in plans if plan.award.pk == pk)


def _tell(act: Act, rounds: Mapping[int, Sequence[tuple[_Plan, Month, int]]]) -> None:
    """A letter for each new amount, in their order."""
    for number in range(max(map(len, rounds.values()))):
        some = {pk: told[number] for pk, told in rounds.items() if len(told) > number}
        for plan, _month, fen in some.values():
            plan.award.amount_fen = fen
        letters = {
            pk: Turn(ChangeKind.CHANGED, month.first_day, plan.note, cause=plan.cause, back_fen=plan.back_fen)
            for pk, (plan, month, _fen) in some.items()
        }
        tell(act, awards={pk: plan.award for pk, (plan, _month, _fen) in some.items()}, turns=letters)
