"""A community with S2 in force, money for the year and families in need: built through the operations alone."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from linli.aid.assistance.codes import AssessorCapacity, Channel, PaperState, Proposal
from linli.aid.assistance.models import Application, Assessment, Decision, Publication
from linli.aid.assistance.operations import (
    NewApplication,
    PaperRecord,
    Visit,
    accept,
    complete,
    declare_no_kinship,
    form_team,
    give_opinion,
    grant,
    post,
    prepare,
    receive,
    record_visit,
    review,
    sign,
)
from linli.aid.assistance.rules.results import Departure
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.law.policies.engine import load_calendar_tables
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.operations import install_pack, load_years
from linli.law.policies.queries import pack_in_force
from linli.money.awards.operations import NewAccount, confirm_account, propose_account
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import NewLine, NewSource, open_fund
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import (
    NewFact,
    NewHousehold,
    NewMember,
    record_circumstances,
    register_households,
)
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.residents.people import person, single
from tests.unguarded import switch_off

ROOT = Path(__file__).resolve().parents[2]
SCHEME = "community_assistance"
INSTALLED = date(2025, 11, 3)
LOW_INCOME, LONE_ELDER, DISABLED, UNEMPLOYED = "LOW_INCOME", "LONE_ELDER", "DISABLED", "UNEMPLOYED"
# What makes an old man alone both poor and without support.
NEEDY: Mapping[str, int] = {
    "monthly_income_fen": 80_000,
    "has_spouse": 0,
    "has_child_or_supporter": 0,
    "disability_grade": 0,
    "registered_unemployed": 0,
}
NAMES = "一二三四五六七八九十"
# A published case, and the first day on which it can be decided.
Decidable = tuple[Application, date]


@dataclass
class World:
    """The community, its staff and its fund."""

    community: Community
    staff: Staff
    fund: Fund
    count: int = field(default=0)

    @property
    def pack(self) -> Pack:
        return pack_in_force(SCHEME, MONDAY)

    def act(self, who: User, day: date = MONDAY, hour: int = 9) -> Act:
        return Act(who, at(day, hour))

    # --- families --------------------------------------------------------------------------------
    def family(
        self, *members: NewMember, area_id: int = 0, clerk: User | None = None, facts: Mapping[str, int] = NEEDY
    ) -> Household:
        """A household, by default of one poor old man without support, with accounts for it and its people."""
        self.count += 1
        if not members:
            members = (person(f"王建{NAMES[self.count % 10]}", birth=date(1950, 5, self.count % 27 + 1)),)
        new = single(area_id or self.community.building.pk, members[0])
        numbered = tuple(
            replace(member, id_number=member.id_number and _another(member, self.count)) for member in members
        )
        new = NewHousehold(new.area_id, numbered, address="2 单元 301", opened_date=date(2025, 1, 1))
        who = clerk or self.staff.clerk
        [household] = register_households(self.act(who, INSTALLED), households=[new])
        people = self.people(household)
        if facts:
            record_circumstances(
                self.act(who, INSTALLED),
                facts=[
                    NewFact(code, value, "申请人申报", INSTALLED, resident_id=one.pk)
                    for one in people
                    for code, value in facts.items()
                ],
            )
        return household

    def people(self, household: Household) -> list[Resident]:
        return list(Resident.objects.filter(memberships__household=household).order_by("pk"))

    def accounts(self, household: Household) -> None:
        """Confirmed accounts of the household and of everybody in it."""
        keys = [household.number, *(one.number for one in self.people(household))]

        def number() -> str:
            return f"62220000{secrets.randbelow(10**8):08d}"

        proposed = propose_account(
            self.act(self.staff.clerk, INSTALLED),
            accounts=[
                NewAccount(key, household.stamp, "王某", number(), "江畔银行", "PROXY", "委托书") for key in keys
            ],
        )
        confirm_account(
            self.act(self.staff.director, INSTALLED),
            account_ids=[row.pk for row in proposed],
        )

    # --- steps -----------------------------------------------------------------------------------
    def papers(self, groups: Sequence[str], *, without: Sequence[str] = (), proxy: bool = False) -> list[PaperRecord]:
        """Everything the groups need, but what is left out."""
        demanded = required_papers(self.pack, groups, proxy=proxy)
        return [
            PaperRecord(paper.code, PaperState.PRESENT, issued_date=date(2026, 3, 2))
            for paper in demanded
            if paper.code not in without
        ]

    def new(self, household: Household, *groups: str, without: Sequence[str] = (), **other: object) -> NewApplication:
        """An application of the first member with its papers."""
        claimed = groups or (LOW_INCOME, LONE_ELDER)
        values: dict[str, object] = {
            "household_id": household.pk,
            "applicant_id": self.people(household)[0].pk,
            "groups": claimed,
            "channel": Channel.COUNTER,
            "identified_how": "CENSUS",
            "papers": tuple(self.papers(claimed, without=without)),
        }
        return NewApplication(**{**values, **other})  # type: ignore[arg-type]  # keywords of the test

    def received(
        self, household: Household | None = None, *groups: str, day: date = MONDAY, without: Sequence[str] = ()
    ) -> Application:
        family = household or self.family()
        new = self.new(family, *groups, without=without)
        return receive(self.act(self.staff.clerk, day), scheme=SCHEME, applications=[new])[0]

    def received_of(self, household: Household, applicant: Resident) -> Application:
        """Accepted, of a member who is not the first who ever lived there."""
        new = self.new(household, applicant_id=applicant.pk)
        act = self.act(self.staff.clerk)
        application = receive(act, scheme=SCHEME, applications=[new])[0]
        return accept(self.act(self.staff.clerk, MONDAY, 10), application_ids=[application.pk])[0]

    def accepted(self, household: Household | None = None, *groups: str, day: date = MONDAY) -> Application:
        application = self.received(household, *groups, day=day)
        return accept(self.act(self.staff.clerk, day, 10), application_ids=[application.pk])[0]

    def team(self) -> dict[AssessorCapacity, int]:
        return {
            AssessorCapacity.COMMUNITY_WORKER: self.staff.clerk.pk,
            AssessorCapacity.SOCIAL_WORKER: self.staff.social_worker.pk,
            AssessorCapacity.VOLUNTEER: self.staff.volunteer.pk,
        }

    def second_volunteer(self) -> User:
        """Somebody else who may sit in a team."""
        other = create_user(system_act(), username="volunteer2", name="高兰")
        place = self.staff.volunteer.assignments.get().area_id
        assign(system_act(), user_id=other.pk, role=Role.VOLUNTEER, area_id=place, valid_from=date(2025, 1, 1))
        return other

    def formed(self, application: Application, *, day: date = MONDAY) -> Assessment:
        return form_team(self.act(self.staff.clerk, day, 11), application_id=application.pk, team=self.team())

    def visited(
        self,
        assessment: Assessment,
        *,
        day: date = MONDAY,
        observed: Mapping[str, Mapping[str, int | bool | None]] | None = None,
        departures: Sequence[Departure] = (),
    ) -> Assessment:
        """All three declare, the community worker writes."""
        for who in self.assessors():
            declare_no_kinship(self.act(who, day, 12), assessment_id=assessment.pk)
        visit = Visit(day, "日常照料", "住房老旧", observed or {}, departures)
        return record_visit(self.act(self.staff.clerk, day, 13), assessment_id=assessment.pk, visit=visit)

    def signed(self, assessment: Assessment, *, day: date = MONDAY) -> None:
        version = Assessment.objects.get(pk=assessment.pk).version
        for who in self.assessors():
            sign(self.act(who, day, 14), assessment_id=assessment.pk, version=version)

    def assessors(self) -> tuple[User, User, User]:
        return self.staff.clerk, self.staff.social_worker, self.staff.volunteer

    def assessed(
        self,
        application: Application,
        *,
        day: date = MONDAY,
        observed: Mapping[str, Mapping[str, int | bool | None]] | None = None,
        departures: Sequence[Departure] = (),
    ) -> Assessment:
        assessment = self.formed(application, day=day)
        self.visited(assessment, day=day, observed=observed, departures=departures)
        self.signed(assessment, day=day)
        return complete(self.act(self.staff.clerk, day, 15), assessment_id=assessment.pk)

    def opined(self, *applications: Application, day: date = MONDAY, proposal: Proposal = Proposal.GRANT) -> None:
        give_opinion(
            self.act(self.staff.director, day, 16),
            application_ids=[one.pk for one in applications],
            proposal=proposal,
            text="情况属实" if proposal == Proposal.GRANT else "收入高于标准",
        )

    def reviewed(self, *applications: Application, day: date = MONDAY) -> None:
        ids = [one.pk for one in applications]
        review(self.act(self.staff.street_officer, day, 16), application_ids=ids, agreed=True)

    def published(self, *applications: Application, day: date = MONDAY) -> Publication:
        ids = [one.pk for one in applications]
        publication = prepare(self.act(self.staff.clerk, day, 16), application_ids=ids)
        return post(self.act(self.staff.director, day, 17), publication_id=publication.pk, proof_note="社区公告栏")

    def granted(self, *applications: Application, day: date) -> list[Decision]:
        ids = [one.pk for one in applications]
        return grant(self.act(self.staff.second_officer, day), application_ids=ids)

    # --- far along in one call -------------------------------------------------------------------
    def at_review(self, *groups: str, household: Household | None = None) -> Application:
        """Reviewed with a proposed grant, on Monday."""
        application = self.accepted(household, *groups)
        self.assessed(application)
        self.opined(application)
        self.reviewed(application)
        return application

    def at_decision(self, *groups: str, household: Household | None = None) -> tuple[Application, date]:
        """Published on Monday, with accounts; and the first day on which it can be decided."""
        family = household or self.family()
        self.accounts(family)
        application = self.at_review(*groups, household=family)
        publication = self.published(application)
        assert publication.last_date is not None
        return application, publication.last_date + timedelta(days=1)


def fresh(application: Application) -> Application:
    """The application as it is now."""
    return Application.objects.select_related("household", "applicant").get(pk=application.pk)


def forced_to(state: str) -> None:
    """All applications in a state that no step led to: what stops that is switched off for the test."""
    switch_off("assistance_application_steps", "assistance_application")
    Application.objects.update(state=state)


def make_world(community: Community, staff: Staff, *, until: int = 2026) -> World:
    """Install S2, the working days up to a year and a fund of 2026 with a million a year."""
    install_pack(system_act(INSTALLED), folder=ROOT / "packs" / "community" / "assistance_plan")
    tables = load_calendar_tables(ROOT / "packs" / "calendar" / "china.toml")
    load_years(system_act(INSTALLED), tables=[table for year, table in tables.items() if 2025 <= year <= until])
    fund = open_fund(
        system_act(INSTALLED),
        code="HX-2026",
        name="幸福里救助资金",
        year=2026,
        community_id=community.community.pk,
        sources=[NewSource("GOVERNMENT", SourceKind.GOVERNMENT, "政府拨款", 100_000_000)],
        lines=[NewLine("ECONOMIC_AID", "经济援助", 100_000_000, ("BASE_AWARD", "ELDER_SUPPLEMENT"))],
    )
    return World(community, staff, fund)


def _another(member: NewMember, order: int) -> str:
    return person(birth=member.birth_date, order=order + 20, male=member.sex == "MALE").id_number


EVERYBODY = tuple(Staff.__dataclass_fields__)


def not_refused(world: World, deed: Callable[[Act], object], *, allowed: str, day: date = MONDAY) -> list[str]:
    """The roles, outside those named, that were let through: an empty list is what a test wants."""
    through = []
    for role in EVERYBODY:
        if role in allowed.split():
            continue
        try:
            deed(world.act(getattr(world.staff, role), day, 18))
        except NotPermitted:
            continue
        through.append(role)
    return through
