"""The counter: people apply, are answered, visited, published and decided - by the same operations as on screen."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.assistance.codes import AssessorCapacity, Channel, PaperState, Proposal
from linli.assistance.operations import (
    AssessorKin,
    NewApplication,
    PaperRecord,
    Visit,
    accept,
    answer_objection,
    ask_for_supplement,
    complete,
    declare_no_kinship,
    form_team,
    give_opinion,
    grant,
    post,
    prepare,
    receive,
    record_papers,
    record_visit,
    refuse,
    review,
    sign,
    take_objection,
    withdraw,
)
from linli.awards.operations import NewAccount, confirm_account, propose_account
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.ledger.operations import BudgetExhausted, accept_excess
from linli.notifications.codes import DeliveryMethod
from linli.notifications.operations import record_delivery
from linli.notifications.queries import undelivered
from linli.policies.engine.papers import required_papers
from linli.residents.codes import IdentifiedHow
from linli.residents.operations import NewFact, NewIdentification, identify, record_circumstances
from linli.simulator.settle import Settled, World, at
from linli.users.codes import Role
from linli.users.queries import User, authority_of

# How people behave, as shares of one: invented, and the same in every plan.
PAPERS_FORGOTTEN = 0.22
NEVER_COMPLETED = 0.04
WITHDRAWN = 0.01
WRONGLY_STATED = 0.05
OBJECTED = 0.015
VISITS_A_DAY = 8


@dataclass
class Case:
    """An application as the desk remembers it."""

    settled: Settled
    groups: tuple[str, ...]
    honest: bool
    application_id: int = 0
    number: str = ""
    ready_on: date = date.min  # nothing is done with it before this day
    missing: tuple[str, ...] = ()
    assessment_id: int = 0
    proposal: Proposal = Proposal.GRANT
    objection_id: int = 0


@dataclass
class Desk:
    """Cases by the step they wait at."""

    world: World
    draw: Random
    received: list[Case] = field(default_factory=list)
    waiting: list[Case] = field(default_factory=list)
    accepted: list[Case] = field(default_factory=list)
    assessed: list[Case] = field(default_factory=list)
    opined: list[Case] = field(default_factory=list)
    reviewed: list[Case] = field(default_factory=list)
    prepared: list[tuple[int, list[Case]]] = field(default_factory=list)
    published: list[Case] = field(default_factory=list)
    excess_fen: int = 0  # what the street accepted above the budget lines
    granted: list[Case] = field(default_factory=list)
    # Residents who died and households that moved away, kept by fate.
    dead: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)

    def live(self, day: date) -> None:
        """One working day, from the decision back to the intake, so that no case takes two steps a day."""
        self._withdraw_departed(day)
        self._decide(day)
        self._post(day)
        self._prepare(day)
        self._review(day)
        self._give_opinions(day)
        self._assess(day)
        self._take_supplements(day)
        self._answer(day)
        self._deliver(day)

    def take(self, day: date, cases: Sequence[Case]) -> None:
        """The day's new applications come in together."""
        if not cases:
            return
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 9))
        how = [self.draw.choice(list(self.world.pack.identification)) for _ in cases]
        self._identify(clerk, cases, how)
        self._state_facts(clerk, cases, day)
        applications = receive(
            clerk,
            scheme=self.world.scheme,
            applications=[self._application(case, one, day) for case, one in zip(cases, how, strict=True)],
        )
        for case, application in zip(cases, applications, strict=True):
            case.application_id, case.number = application.pk, application.number
            case.ready_on = day + timedelta(days=self.draw.randint(1, 4))
        self._open_accounts(clerk, cases, day)
        self.received += cases

    def _withdraw_departed(self, day: date) -> None:
        """Applications of people who died or moved away meanwhile are withdrawn; posted ones once they are out."""
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 8))
        queues = (self.received, self.waiting, self.accepted, self.assessed, self.opined, self.reviewed, self.published)
        for queue in queues:
            for case in [case for case in queue if self._departed(case)]:
                withdraw(clerk, application_id=case.application_id, reason="申请人去世或全户迁出")
                queue.remove(case)

    def _departed(self, case: Case) -> bool:
        if case.ready_on == date.max:
            return False  # nobody answers any more: the application lapses by itself
        return case.settled.household_id in self.gone or case.settled.resident_ids[0] in self.dead

    # --- intake ---------------------------------------------------------------------------------

    def _identify(self, clerk: Act, cases: Sequence[Case], how: Sequence[str]) -> None:
        by_names = {"ORGANISATION": "阳光社工站", "COMMITTEE": "幸福里居委会"}
        identify(
            clerk,
            identifications=[
                NewIdentification(
                    IdentifiedHow(one) if one in IdentifiedHow.values else IdentifiedHow.SELF,
                    clerk.on,
                    by_names.get(one, ""),
                    household_id=case.settled.household_id,
                )
                for case, one in zip(cases, how, strict=True)
            ],
        )

    def _state_facts(self, clerk: Act, cases: Sequence[Case], day: date) -> None:
        facts = [fact for case in cases for fact in self._stated(case, day)]
        if facts:
            record_circumstances(clerk, facts=facts)

    def _stated(self, case: Case, day: date) -> Iterable[NewFact]:
        """What the family says. Who is not honest says what a neighbour in need would say."""
        for place, person in enumerate(case.settled.home.members):
            for name, value in person.facts.items():
                told = value if case.honest else min(value, 0) if isinstance(value, int) else value
                yield NewFact(name, int(told), "申请人申报", day, resident_id=case.settled.resident_ids[place])
        for name, value in case.settled.home.facts.items():
            yield NewFact(name, int(value), "申请人申报", day, household_id=case.settled.household_id)

    def _application(self, case: Case, how: str, day: date) -> NewApplication:
        papers = []
        for demand in required_papers(self.world.pack, case.groups, proxy=False):
            if self.draw.random() < PAPERS_FORGOTTEN / 3:
                papers.append(PaperRecord(demand.code, PaperState.MISSING))
            else:
                papers.append(PaperRecord(demand.code, PaperState.PRESENT, issued_date=day))
        case.missing = tuple(paper.code for paper in papers if paper.state == PaperState.MISSING)
        return NewApplication(
            household_id=case.settled.household_id,
            applicant_id=case.settled.resident_ids[0],
            groups=case.groups,
            channel=Channel.COUNTER,
            identified_how=how,
            papers=tuple(papers),
        )

    def _open_accounts(self, clerk: Act, cases: Sequence[Case], day: date) -> None:
        """The payee account of the household and of everybody who may be paid in person; another person confirms."""
        programmes = self.world.pack.programmes.values()
        new = []
        for case in cases:
            units = {p.unit for p in programmes if p.group in case.groups}
            head = case.settled.home.members[0].name
            if "HOUSEHOLD" in units:
                new.append(self._account(case.settled.number, head))
            if "PERSON" in units:
                new += [
                    self._account(number, person.name)
                    for number, person in zip(case.settled.resident_numbers, case.settled.home.members, strict=True)
                ]
        if not new:
            return
        accounts = propose_account(clerk, accounts=new)
        director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 16))
        hold = int(self.world.pack.parameters_on(day)[self.world.pack.deadlines["payee_hold"].days])
        confirm_account(director, account_ids=[a.pk for a in accounts], calendar=self.world.calendar, hold_days=hold)

    def _account(self, unit_key: str, holder: str) -> NewAccount:
        digits = "6200" + "".join(self.draw.choice("0123456789") for _ in range(12))
        return NewAccount(unit_key, self.world.community.stamp, holder, digits, "江畔银行幸福里支行")

    def _answer(self, day: date) -> None:
        ready = [case for case in self.received if case.ready_on <= day]
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 14))
        complete_ones = [case for case in ready if not case.missing]
        for case in ready:
            if case.missing:
                ask_for_supplement(clerk, application_id=case.application_id)
                never = self.draw.random() < NEVER_COMPLETED / PAPERS_FORGOTTEN
                case.ready_on = date.max if never else day + timedelta(days=self.draw.randint(2, 15))
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
            if self.draw.random() < WITHDRAWN / PAPERS_FORGOTTEN:
                withdraw(clerk, application_id=case.application_id, reason="本人不再申请")
                continue
            records = [PaperRecord(code, PaperState.PRESENT, issued_date=day) for code in case.missing]
            record_papers(clerk, application_id=case.application_id, papers=records)
            case.missing, case.ready_on = (), day + timedelta(days=1)
            self.received.append(case)
        self.waiting = [case for case in self.waiting if case not in due]

    # --- assessment -----------------------------------------------------------------------------

    def _assess(self, day: date) -> None:
        ready = [case for case in self.accepted if case.ready_on <= day][:VISITS_A_DAY]
        for turn, case in enumerate(ready):
            self._visit(case, day, turn + day.toordinal())
            case.ready_on = day + timedelta(days=1)
        self.assessed += ready
        self.accepted = [case for case in self.accepted if case not in ready]

    def _visit(self, case: Case, day: date, turn: int) -> None:
        team = self._form_team(case, day, turn)
        acts = {capacity: Act(user, at(day, 15)) for capacity, user in team.items()}
        for deed in acts.values():
            declare_no_kinship(deed, assessment_id=case.assessment_id)
        writer = acts[AssessorCapacity.COMMUNITY_WORKER]
        home = case.settled.home
        settled = case.settled
        everybody = zip(settled.resident_ids, settled.resident_numbers, home.members, strict=True)
        observed = {number: dict(person.facts) for pk, number, person in everybody if pk not in self.dead}
        if home.facts:
            observed[""] = dict(home.facts)
        visit = Visit(
            day, "日常生活照料与经济困难", "家中情况与申报核对无误" if case.honest else "与申报不符", observed
        )
        version = record_visit(writer, assessment_id=case.assessment_id, visit=visit).version
        for deed in acts.values():
            sign(deed, assessment_id=case.assessment_id, version=version)
        done = complete(writer, assessment_id=case.assessment_id)
        case.proposal = Proposal.GRANT if _anything_due(case, done.results) else Proposal.REFUSE

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
        ready = [case for case in self.assessed if case.ready_on <= day]
        director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 11))
        for proposal, text in ((Proposal.GRANT, ""), (Proposal.REFUSE, "经入户调查,不符合认定条件")):
            cases = [case for case in ready if case.proposal == proposal]
            if cases:
                give_opinion(director, application_ids=_ids(cases), proposal=proposal, text=text)
        for case in ready:
            case.ready_on = day + timedelta(days=1)
        self.opined += ready
        self.assessed = [case for case in self.assessed if case not in ready]

    def _review(self, day: date) -> None:
        ready = [case for case in self.opined if case.ready_on <= day]
        if ready:
            officer = Act(self.world.who(Role.STREET_OFFICER), at(day, 10))
            review(officer, application_ids=_ids(ready), agreed=True)
        for case in ready:
            case.ready_on = day + timedelta(days=1)
        self.reviewed += ready
        self.opined = [case for case in self.opined if case not in ready]

    def _prepare(self, day: date) -> None:
        """Twice a week the proposed grants go up together; proposed refusals are decided without publication."""
        ready = [case for case in self.reviewed if case.ready_on <= day]
        refusals = [case for case in ready if case.proposal == Proposal.REFUSE]
        grants = [case for case in ready if case.proposal == Proposal.GRANT]
        decider = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 15))
        if refusals:
            self._answer_objections(decider, refusals)
            refuse(decider, application_ids=_ids(refusals), reason="经入户调查,不符合认定条件")
        if grants and day.weekday() in (1, 3):
            self._answer_objections(decider, grants)
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
                    officer, objection_id=case.objection_id, upheld=False, answer="经重新入户调查,情况属实"
                )
                case.objection_id = 0

    def _post(self, day: date) -> None:
        for publication_id, cases in self.prepared:
            director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 9))
            publication = post(director, publication_id=publication_id, proof_note="社区公告栏")
            for case in cases:
                case.ready_on = (publication.last_date or day) + timedelta(days=1)
            self.published += cases
        self.prepared = []

    def _decide(self, day: date) -> None:
        self._object(day)
        ready = [case for case in self.published if case.ready_on <= day and self._can_still_be_paid(case, day)]
        if not ready:
            return
        decider = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 16))
        for start in range(0, len(ready), 20):
            self._grant(decider, ready[start : start + 20])
        self.granted += ready
        self.published = [case for case in self.published if case not in ready]

    def _can_still_be_paid(self, case: Case, day: date) -> bool:
        """At the year's end cases wait for the next plan: no month is left to pay."""
        programmes = [p for p in self.world.pack.programmes.values() if p.group in case.groups]
        return all(Month.of(day).plus(1) <= programme.last_month for programme in programmes)

    def _grant(self, decider: Act, cases: Sequence[Case]) -> None:
        """Decide; when the budget line is used up, the street's acceptance is recorded first, amount and reason."""
        while True:
            try:
                grant(decider, application_ids=_ids(cases))
            except BudgetExhausted as refusal:
                line_id, short_fen = (int(str(refusal.details[name])) for name in ("line_id", "short_fen"))
                accept_excess(
                    decider, line_id=line_id, amount_fen=short_fen, reason="方案规定的补助标准不变,街道认可超预算"
                )
                self.excess_fen += short_fen
            else:
                return

    def _object(self, day: date) -> None:
        for case in list(self.published):
            if self.draw.random() < OBJECTED / 6 and case.ready_on > day:
                clerk = Act(self.world.who(Role.COMMUNITY_WORKER), at(day, 10))
                objection = take_objection(
                    clerk, application_id=case.application_id, content="邻居反映该户另有收入,请核查"
                )
                case.objection_id, case.ready_on = objection.pk, day + timedelta(days=1)
                self.published.remove(case)
                self.accepted.insert(0, case)

    def _deliver(self, day: date) -> None:
        """Letters of the week are handed over on Fridays."""
        if day.weekday() != 4:
            return
        clerk = self.world.who(Role.COMMUNITY_WORKER, day.toordinal())
        letters = list(undelivered(authority_of(clerk, day).scope())[:400])
        if letters:
            record_delivery(
                Act(clerk, at(day, 17)),
                letter_ids=[letter.pk for letter in letters],
                method=DeliveryMethod.HAND,
                delivered_date=day,
                receipt="本人签收",
            )


def _ids(cases: Iterable[Case]) -> list[int]:
    return [case.application_id for case in cases]


def _anything_due(case: Case, results: str) -> bool:
    if any(result["amount_fen"] > 0 for result in json.loads(results)):
        return True
    return bool({group for group, _member in case.settled.home.belongs} & set(case.groups))
