"""The desk: applications are answered, visited, published and decided - by the same operations as on screen."""

import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.aid.assistance.codes import AssessorCapacity, PaperState, Proposal
from linli.aid.assistance.operations import (
    AssessorKin,
    PaperRecord,
    Visit,
    accept,
    answer_objection,
    ask_for_supplement,
    complete,
    declare_no_kinship,
    discard,
    form_team,
    give_opinion,
    grant,
    post,
    prepare,
    record_papers,
    record_visit,
    refuse,
    review,
    sign,
    take_objection,
    withdraw,
)
from linli.aid.assistance.queries import changed_cases, lapsed_cases
from linli.ground.users.codes import Role
from linli.ground.users.operations import propose_recovery, refuse_access
from linli.ground.users.queries import User
from linli.kernel import marks
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.simulator.case import NEVER, Case, living
from linli.simulator.chance import happens
from linli.simulator.counter import PAPERS_FORGOTTEN, Counter
from linli.simulator.settle import World, at, within_budget

# How people behave, as shares of one: invented, and the same in every plan.
NEVER_COMPLETED = 0.04
WITHDRAWN = 0.01
OBJECTED = 0.015
VISITS_A_DAY = 8


@dataclass
class Desk:
    """Cases by the step they wait at."""

    world: World
    draw: Random
    counter: Counter
    received: list[Case] = field(default_factory=list)
    waiting: list[Case] = field(default_factory=list)
    accepted: list[Case] = field(default_factory=list)
    assessed: list[Case] = field(default_factory=list)
    opined: list[Case] = field(default_factory=list)
    reviewed: list[Case] = field(default_factory=list)
    prepared: list[tuple[int, list[Case]]] = field(default_factory=list)
    published: list[Case] = field(default_factory=list)
    returning: list[Case] = field(default_factory=list)  # apply again on the day they are ready
    lost: int = 0  # the request for access of who misses a telephone
    excess_fen: int = 0  # what the street accepted above the budget lines
    granted: list[Case] = field(default_factory=list)
    # Residents who died and households that moved away, kept by fate.
    dead: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    met: MutableMapping[int, date] = field(default_factory=dict)
    paid_until: Mapping[str, Month] = field(default_factory=dict)  # last months of the next plan, once it is there

    def live(self, day: date) -> None:
        """One working day, from the decision back to the intake, so that no case takes two steps a day."""
        self._withdraw_departed(day)
        self._visit_changed_again(day)
        self._decide(day)
        self._post(day)
        self._prepare(day)
        self._review(day)
        self._give_opinions(day)
        self._assess(day)
        self._take_supplements(day)
        self._answer(day)

    def take(self, day: date, cases: Sequence[Case]) -> None:
        """The day's new applications come in together, with those who apply once more."""
        back = [case for case in self.returning if case.ready_on <= day]
        self.returning = [case for case in self.returning if case not in back]
        arrived = [*cases, *(case for case in back if case.settled.household_id not in self.gone)]
        taken = self.counter.receive(day, arrived)
        self.met.update((case.settled.household_id, day) for case in taken)
        self.received += taken

    def forget_lapsed(self) -> None:
        """Cases that lapsed overnight leave the desk; a family that was only late applies again with its papers."""
        gone = lapsed_cases(_ids(self.waiting))
        lapsed = [case for case in self.waiting if case.application_id in gone]
        self.waiting = [case for case in self.waiting if case not in lapsed]
        self.returning += [case.again(case.ready_on, papers_at_hand=True) for case in lapsed if case.ready_on != NEVER]

    def _withdraw_departed(self, day: date) -> None:
        """Applications of families who moved away, or of whom somebody died, are withdrawn; posted ones once they are
        out. Who is left applies again as the family is now.
        """
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 13))
        queues = (self.received, self.waiting, self.accepted, self.assessed, self.opined, self.reviewed, self.published)
        for queue in queues:
            for case in [case for case in queue if self._departed(case)]:
                withdraw(clerk, application_id=case.application_id, reason="申请家庭有人去世或全户迁出")
                queue.remove(case)
                if case.settled.household_id not in self.gone and case.honest:
                    self.returning.append(case.again(day + timedelta(days=7), papers_at_hand=case.papers_at_hand))

    def _visit_changed_again(self, day: date) -> None:
        """Families that are not what was assessed are visited again before anything else is done about them."""
        queues = (self.assessed, self.opined, self.reviewed, self.published)
        changed = changed_cases([pk for queue in queues for pk in _ids(queue)], day)
        for queue in queues:
            again = [case for case in queue if case.application_id in changed]
            for case in again:
                case.ready_on = day
                queue.remove(case)
            self.accepted[:0] = again

    def _departed(self, case: Case) -> bool:
        if case.ready_on == NEVER:
            return False  # nobody answers any more: the application lapses by itself
        ids = case.settled.resident_ids
        return case.settled.household_id in self.gone or any(ids[place] in self.dead for place in case.people)

    def _today(self, waiting: Sequence[Case], day: date) -> Sequence[Case]:
        """The cases that are done today of those that wait at a step."""
        return self.world.busy.done([case for case in waiting if case.ready_on <= day], day)

    # --- intake ---------------------------------------------------------------------------------

    def _answer(self, day: date) -> None:
        ready = self._today(self.received, day)
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 14))
        complete_ones = [case for case in ready if not case.missing]
        for case in ready:
            if case.missing:
                ask_for_supplement(clerk, application_id=case.application_id)
                never = happens(self.draw, NEVER_COMPLETED / PAPERS_FORGOTTEN)
                case.ready_on = NEVER if never else day + timedelta(days=self.draw.randint(2, 15))
                self.waiting.append(case)
        if complete_ones:
            accept(clerk, application_ids=[case.application_id for case in complete_ones])
        for case in complete_ones:
            case.ready_on = day + timedelta(days=1)
        self.accepted += complete_ones
        self.received = [case for case in self.received if case not in ready]

    def _take_supplements(self, day: date) -> None:
        due = [case for case in self.waiting if case.ready_on <= day]
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal() + 1), at(day, 10))
        for case in due:
            if happens(self.draw, WITHDRAWN / PAPERS_FORGOTTEN):
                withdraw(clerk, application_id=case.application_id, reason="本人不再申请")
                continue
            records = [PaperRecord(code, PaperState.PRESENT, issued_date=day) for code in case.missing]
            record_papers(clerk, application_id=case.application_id, papers=records)
            case.missing, case.ready_on = (), day + timedelta(days=1)
            self.received.append(case)
        self.waiting = [case for case in self.waiting if case not in due]

    # --- assessment -----------------------------------------------------------------------------

    def _assess(self, day: date) -> None:
        if self.world.busy.is_it(day):
            self._set_out(day)
            return
        # Three people find a day together less easily than others: they are behind twice as far.
        ready = self.world.busy.done(self._today(self.accepted, day), day)[:VISITS_A_DAY]
        for turn, case in enumerate(ready):
            self._visit(case, day, turn + day.toordinal())
            case.ready_on = day + timedelta(days=1)
        self.assessed += ready
        self.accepted = [case for case in self.accepted if case not in ready]

    def _set_out(self, day: date) -> None:
        """Teams are formed and the first one has been there; all else about their sheets is left for tomorrow."""
        ready = [case for case in self.accepted if case.ready_on <= day and not case.objection_id]
        for turn, case in enumerate(ready[: len(self.world.people[Role.VOLUNTEER])]):
            case.team = case.team or self._form_team(case, day, turn + day.toordinal())
            if turn == 0 and not case.written:
                self._write(case, day)

    def _visit(self, case: Case, day: date, turn: int) -> None:
        case.team = case.team or self._form_team(case, day, turn)
        if not case.written:
            self._write(case, day)
        acts = _acts(case.team, day)
        for deed in acts.values():
            sign(deed, assessment_id=case.assessment_id, version=case.written)
        done = complete(acts[AssessorCapacity.COMMUNITY_WORKER], assessment_id=case.assessment_id)
        case.team, case.written = {}, 0
        document = done.determination.document if done.determination else "{}"
        self.met[case.settled.household_id] = day
        case.proposal = Proposal.GRANT if _anything_due(case, done.results, document) else Proposal.REFUSE

    def _write(self, case: Case, day: date) -> None:
        """All declare that they are no kin, and one writes down what they saw."""
        acts = _acts(case.team, day)
        for deed in acts.values():
            declare_no_kinship(deed, assessment_id=case.assessment_id)
        writer = acts[AssessorCapacity.COMMUNITY_WORKER]
        home = case.settled.home
        observed = {number: dict(person.facts) for _, person, _pk, number in living(case.settled, self.dead)}
        if home.facts:
            observed[""] = dict(home.facts)
        needs = marks.listed([self.world.pack.groups[code].label.zh for code in case.groups], "zh")
        said = "家中情况与申报核对无误" if case.honest else "与申报不符"
        visit = Visit(day, f"按{needs}申请，日常生活有困难", said, observed)
        case.written = record_visit(writer, assessment_id=case.assessment_id, visit=visit).version

    def _form_team(self, case: Case, day: date, turn: int) -> dict[AssessorCapacity, User]:
        """Whose turn it is; when one of them is kin of the family, the next ones."""
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, turn), at(day, 9))
        roles = self.world.pack.assessment_roles
        for later in range(len(self.world.people[Role.VOLUNTEER])):
            team = {AssessorCapacity(role): self.world.who(Role(role), turn + later) for role in roles}
            members = {capacity: user.pk for capacity, user in team.items()}
            try:
                formed = form_team(clerk, application_id=case.application_id, team=members)
            except AssessorKin:
                continue
            case.assessment_id = formed.pk
            return team
        raise AssessorKin(name=case.number)

    # --- opinion, review, publication, decision ---------------------------------------------------

    def _give_opinions(self, day: date) -> None:
        ready = self._today(self.assessed, day)
        director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 11))
        for proposal, text in ((Proposal.GRANT, ""), (Proposal.REFUSE, "经入户调查，不符合认定条件")):
            cases = [case for case in ready if case.proposal == proposal]
            if cases:
                give_opinion(director, application_ids=_ids(cases), proposal=proposal, text=text)
        for case in ready:
            case.ready_on = day + timedelta(days=1)
        self.opined += ready
        self.assessed = [case for case in self.assessed if case not in ready]

    def _review(self, day: date) -> None:
        ready = self._today(self.opined, day)
        if ready:
            self._answer_objections(Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 9)), ready)
            officer = Act(self.world.who(Role.STREET_OFFICER), at(day, 10))
            review(officer, application_ids=_ids(ready), agreed=True)
        for case in ready:
            case.ready_on = day + timedelta(days=1)
        self.reviewed += ready
        self.opined = [case for case in self.opined if case not in ready]

    def _lose_and_find(self, day: date) -> None:
        """A colleague misses the telephone on the busy day; found the day after, the log-in is not begun anew."""
        if self.world.busy.is_it(day):
            asks = Act(self.world.who(Role.ADMINISTRATOR), at(day, 9))
            colleague = self.world.who(Role.SOCIAL_WORKER, 1)
            self.lost = propose_recovery(asks, user_id=colleague.pk, half="abcd-2345", reason="手机遗失，已当面核实").pk
        elif self.lost:
            security = Act(self.world.who(Role.SECURITY_ADMINISTRATOR), at(day, 9))
            refuse_access(security, request_id=self.lost, note="手机已找回")
            self.lost = 0

    def _prepare(self, day: date) -> None:
        """Twice a week the proposed grants go up together; proposed refusals are decided without publication."""
        ready = self._today(self.reviewed, day)
        self._lose_and_find(day)
        if self.world.busy.is_it(day):
            # One sheet is ready in the morning; the director has not come to it.
            ready = [case for case in self.reviewed if case.ready_on <= day and case.proposal == Proposal.GRANT][:1]
        refusals = [case for case in ready if case.proposal == Proposal.REFUSE]
        grants = [case for case in ready if case.proposal == Proposal.GRANT]
        decider = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 15))
        if refusals:
            refuse(decider, application_ids=_ids(refusals), reason="经入户调查，不符合认定条件")
        if grants and (day.weekday() in (1, 3) or self.world.busy.is_it(day)):
            clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 11))
            publication = prepare(clerk, application_ids=_ids(grants))
            self.prepared.append((publication.pk, grants))
        else:
            grants = []
        self.reviewed = [case for case in self.reviewed if case not in refusals and case not in grants]

    def _answer_objections(self, officer: Act, cases: Sequence[Case]) -> None:
        for case in cases:
            if case.objection_id:
                answer_objection(
                    officer, objection_id=case.objection_id, upheld=False, answer="经重新入户调查，情况属实"
                )
                case.objection_id = 0

    def _post(self, day: date) -> None:
        if self.world.busy.is_it(day):
            return
        for publication_id, cases in self.prepared:
            director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 9))
            changed = changed_cases(_ids(cases), day)
            if changed:
                # The sheet would show what no longer holds: the others are prepared anew.
                discard(director, publication_id=publication_id, reason="公示中的家庭情况有变化")
                for case in cases:
                    case.ready_on = day + timedelta(days=1) if case.application_id in changed else case.ready_on
                self.reviewed += cases
                continue
            publication = post(director, publication_id=publication_id, proof_note="社区公告栏")
            for case in cases:
                case.ready_on = (publication.last_date or day) + timedelta(days=1)
            self.published += cases
        self.prepared = []

    def _decide(self, day: date) -> None:
        self._object(day)
        ready = [case for case in self._today(self.published, day) if self._can_still_be_paid(case, day)]
        if not ready:
            return
        decider = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 16))
        for start in range(0, len(ready), 20):
            self._grant(decider, ready[start : start + 20])
        self.granted += ready
        self.met.update((case.settled.household_id, day) for case in ready)
        self.published = [case for case in self.published if case not in ready]

    def _can_still_be_paid(self, case: Case, day: date) -> bool:
        """At the year's end cases wait for the next plan: no month is left to pay."""
        programmes = [p for p in self.world.pack.programmes.values() if p.group in case.groups]
        next_month = Month.of(day).plus(1)
        return all(next_month <= self.paid_until.get(one.code, one.last_month) for one in programmes)

    def _grant(self, decider: Act, cases: Sequence[Case]) -> None:
        self.excess_fen += within_budget(self.world, decider.on, lambda: grant(decider, application_ids=_ids(cases)))

    def _object(self, day: date) -> None:
        objected = not self.world.busy.is_it(day)
        for case in list(self.published):
            if (happens(self.draw, OBJECTED / 6) or not objected) and case.ready_on > day:
                objected = True
                clerk = Act(self.world.who(Role.COMMUNITY_WORKER), at(day, 10))
                objection = take_objection(
                    clerk, application_id=case.application_id, content="邻居反映该户另有收入，请核查"
                )
                case.objection_id, case.ready_on = objection.pk, day + timedelta(days=1)
                self.published.remove(case)
                self.accepted.insert(0, case)


def _acts(team: Mapping[AssessorCapacity, User], day: date) -> dict[AssessorCapacity, Act]:
    return {capacity: Act(user, at(day, 15)) for capacity, user in team.items()}


def _ids(cases: Iterable[Case]) -> list[int]:
    return [case.application_id for case in cases]


def _anything_due(case: Case, results: str, document: str) -> bool:
    """Whether the rules gave money or recognised somebody for a group the family named."""
    if any(result["amount_fen"] > 0 for result in json.loads(results)):
        return True
    groups = json.loads(document).get("groups", ())
    return any(entry["belongs"] and entry["group"] in case.groups for entry in groups)
