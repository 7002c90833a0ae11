"""The counter: families come in, say what they know, bring papers and name an account."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.aid.assistance.codes import Channel, PaperState
from linli.aid.assistance.operations import NewApplication, PaperRecord, receive
from linli.ground.users.codes import Role
from linli.kernel.act import Act
from linli.law.policies.engine.papers import required_papers
from linli.money.awards.operations import NewAccount, confirm_account, propose_account
from linli.registry.residents.codes import IdentifiedHow
from linli.registry.residents.operations import NewFact, NewIdentification, identify, record_circumstances
from linli.simulator.case import Case, applicant_of, living
from linli.simulator.chance import happens
from linli.simulator.settle import World, at

PAPERS_FORGOTTEN = 0.22
BANK_NAME = "江畔银行幸福里支行"


@dataclass
class Counter:
    """Where applications come in. ``dead`` is kept by fate."""

    world: World
    draw: Random
    dead: Collection[int] = ()
    paid_to: set[str] = field(default_factory=set)  # households and people who named an account
    unconfirmed: list[int] = field(default_factory=list)  # accounts that nobody else has looked at yet

    def receive(self, day: date, cases: Sequence[Case]) -> list[Case]:
        """The day's applications come in together, and the accounts they named are confirmed; families without a
        grown-up do not apply by themselves.
        """
        received = self._take(day, cases)
        # What was named first is looked at first.
        sure = self.world.busy.done(self.unconfirmed[::-1], day, early=True)
        if sure:
            self.unconfirmed = [pk for pk in self.unconfirmed if pk not in sure]
            confirm(self.world, sorted(sure), day, hour=16)
        return received

    def _take(self, day: date, cases: Sequence[Case]) -> list[Case]:
        cases = [case for case in cases if applicant_of(case.settled, self.dead, day) is not None]
        if not cases:
            return []
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 9))
        how = [self.draw.choice(list(self.world.pack.identification)) for _ in cases]
        self._identify(clerk, cases, how)
        facts = [fact for case in cases for fact in self._stated(case, day)]
        if facts:
            record_circumstances(clerk, facts=facts)
        applications = receive(
            clerk,
            scheme=self.world.scheme,
            applications=[self._application(case, one, day) for case, one in zip(cases, how, strict=True)],
        )
        for case, application in zip(cases, applications, strict=True):
            case.application_id, case.number = application.pk, application.number
            case.people = tuple(place for place, *_rest in living(case.settled, self.dead))
            case.ready_on = day + timedelta(days=self.draw.randint(1, 4))
        self._open_accounts(clerk, cases, day)
        return cases

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

    def _stated(self, case: Case, day: date) -> Iterable[NewFact]:
        """What the family says. Who is not honest says what a neighbour in need would say."""
        for _place, person, resident_id, _number in living(case.settled, self.dead):
            for name, value in person.facts.items():
                told = value if case.honest else min(value, 0) if isinstance(value, int) else value
                yield NewFact(name, int(told), "申请人申报", day, resident_id=resident_id)
        for name, value in case.settled.home.facts.items():
            yield NewFact(name, int(value), "申请人申报", day, household_id=case.settled.household_id)

    def _application(self, case: Case, how: str, day: date) -> NewApplication:
        papers = []
        for demand in required_papers(self.world.pack, case.groups, proxy=False):
            if happens(self.draw, PAPERS_FORGOTTEN / 3) and not case.papers_at_hand:
                papers.append(PaperRecord(demand.code, PaperState.MISSING))
            else:
                papers.append(PaperRecord(demand.code, PaperState.PRESENT, issued_date=day))
        case.missing = tuple(paper.code for paper in papers if paper.state == PaperState.MISSING)
        return NewApplication(
            household_id=case.settled.household_id,
            applicant_id=applicant_of(case.settled, self.dead, day) or 0,
            groups=case.groups,
            channel=Channel.COUNTER,
            identified_how=how,
            papers=tuple(papers),
        )

    def _open_accounts(self, clerk: Act, cases: Sequence[Case], day: date) -> None:
        """The payee account of the household and of everybody who may be paid in person."""
        programmes = self.world.pack.programmes.values()
        holders: dict[str, str] = {}
        for case in cases:
            units = {p.unit for p in programmes if p.group in case.groups}
            people = [(number, person.name) for _place, person, _pk, number in living(case.settled, self.dead)]
            if "HOUSEHOLD" in units:
                holders[case.settled.number] = people[0][1]
            if "PERSON" in units:
                holders.update(people)
        new = [self._account(number, name) for number, name in holders.items() if number not in self.paid_to]
        if not new:
            return
        self.paid_to.update(account.unit_key for account in new)
        self.unconfirmed += [one.pk for one in propose_account(clerk, accounts=new)]

    def _account(self, unit_key: str, holder: str) -> NewAccount:
        return NewAccount(unit_key, self.world.community.stamp, holder, account_number(self.draw), BANK_NAME)


def account_number(draw: Random) -> str:
    """An invented account at a bank that does not exist."""
    return "6200" + "".join(draw.choice("0123456789") for _ in range(12))


def confirm(world: World, account_ids: Sequence[int], day: date, *, hour: int) -> None:
    """Another person than the one who proposed them confirms."""
    director = Act(world.who(Role.COMMUNITY_DIRECTOR), at(day, hour))
    confirm_account(director, account_ids=account_ids)
