"""One of everything in three communities, made through the operations, and one person per role who asks for it.

Whatever a page needs was done by other people than those who ask, so that nobody is barred from a step by their own
work; only the assessment names the people of the first community.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from linli.aid.assistance.codes import AssessorCapacity
from linli.aid.assistance.models import Application, Assessment, Publication, Renewal
from linli.aid.assistance.operations import accept, form_team, post, prepare, receive
from linli.foundation.files.uploads import store
from linli.foundation.trail.keeping import bring_up, kept
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.areas.operations import NewArea, add_areas
from linli.ground.notifications.codes import DeliveryMethod
from linli.ground.notifications.models import Letter
from linli.ground.notifications.operations import record_delivery
from linli.ground.users.codes import Role
from linli.ground.users.models import AccessRequest, AccountNotice, ExtraLooks, User
from linli.ground.users.operations import (
    answer_notices,
    ask_for_looks,
    assign,
    create_user,
    hand_out_password,
    propose_recovery,
    question_looks,
)
from linli.ground.users.queries.looks import LOOKS_A_DAY
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.engine import load_calendar_tables
from linli.law.policies.operations import install_pack, load_years
from linli.law.policies.queries import pack_in_force
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, PayeeAccount, Receivable
from linli.money.awards.operations import Ending, NewAccount, end, propose_account
from linli.money.ledger.codes import JournalKind, SourceKind
from linli.money.ledger.models import CarryOver, Fund, Journal, Proposal
from linli.money.ledger.operations import NewLine, NewSource, open_fund, propose_carry_over, receive_inflow
from linli.money.payments.models import PaymentBatch
from linli.overview.planning.engine import Change
from linli.overview.planning.models import PlanVersion
from linli.overview.planning.operations import save_version
from linli.registry.newcomers.models import Request
from linli.registry.partners.models import Agreement
from linli.registry.residents.codes import GuardianshipKind, Relation, SealedField
from linli.registry.residents.models import Household, ResidentAccount
from linli.registry.residents.operations import (
    add_guardian,
    leave,
    link_account,
    move_household,
    move_resident,
    register_households,
    unmask,
)
from tests.assistance.world import INSTALLED, LONE_ELDER, LOW_INCOME, SCHEME
from tests.assistance.world import World as Cases
from tests.conftest import MONDAY, Community, Staff, at, make_community, make_staff, system_act
from tests.foundation.files.builders import pdf, png
from tests.ledger.world import BASE, ELDER, inside
from tests.ledger.world import World as Money
from tests.newcomers.requests import asked
from tests.partners.agreements import drafted
from tests.residents.people import couple, person, single

ROOT = Path(__file__).parents[2]
FEBRUARY, MARCH = Month(2026, 2), Month(2026, 3)
PAPER = "LOW_INCOME_CERTIFICATE"
# Role in the oracle → attribute of the staff.
POSTS = {
    "clerk": "clerk",
    "social": "social_worker",
    "volunteer": "volunteer",
    "director": "director",
    "street": "street_officer",
    "maker": "maker",
    "checker": "checker",
    "releaser": "releaser",
    "district": "district_officer",
    "auditor": "auditor",
    "admin": "administrator",
    "security": "security",
}
ROLES = {
    "clerk": Role.COMMUNITY_WORKER,
    "social_worker": Role.SOCIAL_WORKER,
    "volunteer": Role.VOLUNTEER,
    "director": Role.COMMUNITY_DIRECTOR,
    "street_officer": Role.STREET_OFFICER,
    "second_officer": Role.STREET_OFFICER,
    "maker": Role.FINANCE_MAKER,
    "checker": Role.FINANCE_CHECKER,
    "releaser": Role.FINANCE_RELEASER,
    "district_officer": Role.DISTRICT_OFFICER,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "outsider": Role.COMMUNITY_WORKER,
}


DONATIONS = NewSource("DON", SourceKind.DONATION, "社会捐赠", restricted_to=("AID",))


@dataclass(frozen=True)
class Objects:
    """One of everything in a community."""

    household: Household
    moved_household: Household  # from another grid, with one who came from another household and one who left
    link: ResidentAccount  # of the one who came
    received: Application  # all papers are there
    incomplete: Application
    accepted: Application
    assessing: Application  # one of its papers is scanned; in the first community of the resident who asks
    assessed: Application
    opined: Application
    reviewed: Application
    published: Application
    assessment: Assessment  # in the first community of the people who ask, and still open
    prepared: Publication
    posted: Publication
    letter: Letter
    delivered: Letter
    renewal: Renewal
    award: Award
    account: PayeeAccount  # proposed
    receivable: Receivable
    fund: Fund
    journal: Journal
    carry_over: CarryOver  # proposed
    proposal: Proposal  # an inflow that waits for the checker
    released: PaymentBatch
    proposed: PaymentBatch
    version: PlanVersion
    agreement: Agreement  # to be signed
    request: Request
    access: AccessRequest  # asked for by another administrator
    denial: AccountNotice  # a new start password that somebody did not want
    looks: ExtraLooks  # asked for by a colleague of the clerk
    opened: ExtraLooks  # opened at once by that colleague
    doubted: ExtraLooks


@dataclass(frozen=True)
class World:
    """Everything in the own, the sibling and the foreign community, and who asks."""

    people: Mapping[str, User]
    at: Mapping[str, Objects]


def make_world() -> World:
    """Monday in the office."""
    places = make_community()
    staff = make_staff(places)
    hands = _hands(places)
    install_pack(system_act(INSTALLED), folder=ROOT / "packs" / "community" / "assistance_plan")
    tables = load_calendar_tables(ROOT / "packs" / "calendar" / "china.toml")
    load_years(system_act(INSTALLED), tables=[table for year, table in tables.items() if year in (2025, 2026)])
    grids = add_areas(
        system_act(),
        areas=[
            NewArea("990101001002-G1", AreaKind.GRID, "槐树街网格", places.sibling.code),
            NewArea("990101002001-G1", AreaKind.GRID, "新桥网格", places.foreign.code),
        ],
    )
    own = _objects(places, places.community, places.grid, hands, order=1, team=staff)
    sibling = _objects(places, places.sibling, grids[0], hands, order=2, team=hands)
    foreign = _objects(places, places.foreign, grids[1], hands, order=3, team=hands)
    people = {role: getattr(staff, attribute) for role, attribute in POSTS.items()}
    people["resident"] = _resident(own.assessing, hands.clerk)
    for name in kept:
        bring_up(name, MONDAY)  # as the day begins: who looks later has nothing to reckon, and nothing to undo
    return World(people, {"own": own, "sibling": sibling, "foreign": foreign})


def _hands(places: Community) -> Staff:
    """Those who make the world: each role over the whole district, which no role of the oracle but two has."""
    users = {}
    for attribute, role in ROLES.items():
        user = create_user(system_act(), username=f"hand_{attribute}", name="办事员")
        assign(system_act(), user_id=user.pk, role=role, area_id=places.district.pk, valid_from=date(2025, 1, 1))
        users[attribute] = user
    return Staff(*(users[one.name] for one in fields(Staff)))


def _resident(application: Application, clerk: User) -> User:
    """The account of the person who applied in the first community."""
    user = create_user(system_act(), username="resident", name="王建国", password="correct horse")
    link_account(Act(clerk, at(MONDAY)), user_id=user.pk, resident_id=application.applicant_id)
    return user


def _objects(places: Community, community: Area, grid: Area, hands: Staff, *, order: int, team: Staff) -> Objects:
    there = replace(places, community=community, grid=grid, building=grid)
    fund = _fund(community, order)
    [household] = register_households(Act(hands.clerk, at(MONDAY)), households=[couple(grid.pk, order=order)])
    add_guardian(
        Act(hands.clerk, at(MONDAY)),
        ward_id=household.memberships.order_by("pk")[0].resident_id,
        kind=GuardianshipKind.PROXY,
        valid_from=date(2026, 1, 1),
        document="委托书",
        guardian_name="王强",
    )
    cases = Cases(there, hands, fund, count=order * 20)
    moved = _moved(there, hands, order)
    return Objects(
        household=household,
        moved_household=moved,
        link=_linked(moved, hands, order),
        fund=fund,
        **_cases(cases, team),
        **_money(cases),
        **_plan(cases),
        **_partners(cases),
        **_access(cases),
        **_looks(cases),
        **_newcomers(cases),
    )


def _moved(there: Community, hands: Staff, order: int) -> Household:
    """A household that moved within its place, whom somebody joined and somebody left."""
    clerk = Act(hands.clerk, at(MONDAY))
    new = [couple(there.grid.pk, order=order + 100), single(there.grid.pk, person("王强", order=order + 103))]
    moved, emptied = register_households(clerk, households=new)
    move_household(clerk, household_id=moved.pk, area_id=there.grid.pk, moved_date=MONDAY)
    _head, spouse = (row.resident_id for row in moved.memberships.order_by("pk"))
    joins = emptied.memberships.get().resident_id
    move_resident(clerk, resident_id=joins, household_id=moved.pk, relation=Relation.CHILD, moved_date=MONDAY)
    leave(clerk, resident_ids=[spouse], left_date=MONDAY)
    return moved


def _linked(home: Household, hands: Staff, order: int) -> ResidentAccount:
    """The log-in of the one who joined the household that moved."""
    user = create_user(system_act(), username=f"linked_{order}", name="王强")
    joined = home.memberships.get(relation=Relation.CHILD).resident
    return link_account(Act(hands.clerk, at(MONDAY)), user_id=user.pk, resident_id=joined.pk)


def _fund(community: Area, order: int) -> Fund:
    return open_fund(
        system_act(INSTALLED),
        code=f"F{order}-2026",
        name="救助资金",
        year=2026,
        community_id=community.pk,
        sources=[NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 60_000_000), DONATIONS],
        lines=[NewLine("AID", "经济援助", 60_000_000, (BASE, ELDER))],
    )


def _cases(cases: Cases, team: Staff) -> dict[str, Any]:
    """A case at every step that somebody takes, with what comes of it."""
    clerk, director = cases.staff.clerk, cases.staff.director
    assessing = accept(cases.act(clerk, hour=10), application_ids=[_scanned(cases).pk])[0]
    who = {
        AssessorCapacity.COMMUNITY_WORKER: team.clerk.pk,
        AssessorCapacity.SOCIAL_WORKER: team.social_worker.pk,
        AssessorCapacity.VOLUNTEER: team.volunteer.pk,
    }
    far = [cases.accepted() for _ in range(5)]
    for one in far:
        cases.assessed(one)
    assessed, opined, reviewed, waiting, published = far
    cases.opined(opined, reviewed, waiting, published)
    cases.reviewed(reviewed, waiting, published)
    prepared, posted = (prepare(cases.act(clerk, hour=16), application_ids=[one.pk]) for one in (waiting, published))
    board = store(png())
    posted = post(cases.act(director, hour=17), publication_id=posted.pk, proof_note="社区公告栏", proof_key=board)
    renewal = Renewal(
        application=assessed,
        until_date=date(2027, 1, 1),
        opened_date=MONDAY,
        due_date=date(2026, 12, 17),
        **assessed.stamp.columns(),
    )
    inside(system_act(), step=lambda _act: renewal.save())
    return {
        "received": cases.received(),
        "incomplete": cases.received(without=[PAPER]),
        "accepted": cases.accepted(),
        "assessing": assessing,
        "assessment": form_team(cases.act(clerk, hour=11), application_id=assessing.pk, team=who),
        "letter": Letter.objects.filter(subject=f"application:{assessing.number}")[0],
        "delivered": _delivered(cases, published),
        "renewal": renewal,
        "assessed": assessed,
        "opined": opined,
        "reviewed": reviewed,
        "published": published,
        "prepared": prepared,
        "posted": posted,
    }


def _delivered(cases: Cases, application: Application) -> Letter:
    """Its first letter, that it arrived recorded."""
    letter = Letter.objects.filter(subject=application.subject).earliest("pk")
    by = cases.act(cases.staff.clerk, hour=17)
    record_delivery(by, letter_ids=[letter.pk], method=DeliveryMethod.POST, delivered_date=MONDAY)
    return letter


def _scanned(cases: Cases) -> Application:
    """Received with all papers, one of them with its file."""
    new = cases.new(cases.family(), LOW_INCOME, LONE_ELDER)
    key = store(pdf())
    papers = tuple(
        replace(one, file_key=key, file_name="a.pdf", file_sha256=key, file_type="application/pdf")
        if one.code == PAPER
        else one
        for one in new.papers
    )
    return receive(cases.act(cases.staff.clerk), scheme=SCHEME, applications=[replace(new, papers=papers)])[0]


def _money(cases: Cases) -> dict[str, Any]:
    """February paid, March proposed; one award goes on, the other was ended too late."""
    money = Money(cases.community, cases.staff, cases.fund, [cases.family(facts={}) for _ in range(2)])
    for family in money.families:
        cases.accounts(family)
    money.receive("GOV", 10_000_000)
    kept, ended = money.grant(*map(money.base, money.families), on=date(2026, 1, 12))
    released = money.paid(FEBRUARY, date(2026, 2, 16))
    proposed = money.propose(MARCH, MONDAY)
    day = Act(money.staff.director, at(MONDAY))
    end(day, endings=[Ending(ended.pk, FEBRUARY.first_day, EndReason.INCOME)])
    [account] = _proposed_account(money, kept)
    return {
        "award": kept,
        "account": account,
        "receivable": Receivable.objects.get(award=ended),
        "journal": Journal.objects.get(fund=money.fund, kind=JournalKind.INFLOW),
        "carry_over": _carried(money),
        "proposal": money.inflow("GOV", 1_00, on=MONDAY, reference="IN-MONDAY"),
        "released": released,
        "proposed": proposed,
    }


def _carried(money: Money) -> CarryOver:
    """Donations left of the year before, proposed to go into this one's fund."""
    before = open_fund(
        system_act(INSTALLED),
        code=money.fund.code.replace("2026", "2025"),
        name="上年救助资金",
        year=2025,
        community_id=money.fund.community_id or 0,
        sources=[DONATIONS],
        lines=[NewLine("AID", "经济援助", 60_000_000, (BASE, ELDER))],
    )
    source = before.sources.get()
    receive_inflow(system_act(INSTALLED), source_id=source.pk, amount_fen=1_000_00, on=INSTALLED, reference="IN-2025")
    maker = Act(money.staff.maker, at(MONDAY))
    return propose_carry_over(maker, source_id=source.pk, amount_fen=1_00, reference="JZ-1", reason="余额结转")


def _proposed_account(money: Money, award: Award) -> list[PayeeAccount]:
    new = NewAccount(award.unit_key, award.stamp, "王某", "6222000012345678", "江畔银行", "PROXY", "委托书")
    return propose_account(Act(money.staff.clerk, at(MONDAY)), accounts=[new])


def _plan(cases: Cases) -> dict[str, Any]:
    pack = pack_in_force(SCHEME, MONDAY)
    version = save_version(
        cases.act(cases.staff.director),
        community_id=cases.community.community.pk,
        pack_digest=pack.digest,
        changes=[Change("programmes.BASE_AWARD.recipients", 4)],
        note="",
    )
    return {"version": version}


def _newcomers(cases: Cases) -> dict[str, Any]:
    """Somebody at the public door."""
    return {"request": asked(cases.community.community.pk)}


def _access(cases: Cases) -> dict[str, Any]:
    """Somebody who lost their telephone."""
    place = cases.community.community.pk
    user = create_user(system_act(), username=f"lost_{place}", name="钱多", area_id=place)
    asked = propose_recovery(cases.act(cases.staff.administrator), user_id=user.pk, half="abcd-efgh", reason="手机遗失")
    return {"access": asked, "denial": _denial(cases)}


def _denial(cases: Cases) -> AccountNotice:
    """Somebody was given another start password and says that they did not want it."""
    place = cases.community.community.pk
    user = create_user(system_act(), username=f"denies_{place}", name="孙少", area_id=place)
    hand_out_password(cases.act(cases.staff.administrator), user_id=user.pk, password="correct horse battery")
    row = AccountNotice.objects.get(user=user)
    answer_notices(cases.act(user), shown=[row.pk], denied=[row.pk])
    return row


def _looks(cases: Cases) -> dict[str, Any]:
    """A colleague who has looked at as much as a day has: somebody else is asked, and looks are opened at once,
    of which one is doubted.
    """
    place = cases.community.community.pk
    user = create_user(system_act(), username=f"looks_{place}", name="孙多", area_id=place)
    assign(
        system_act(), user_id=user.pk, role=Role.COMMUNITY_WORKER, area_id=place, valid_from=MONDAY - timedelta(days=9)
    )
    act = cases.act(user)
    opened = []
    with patch.dict(LOOKS_A_DAY, {Role.COMMUNITY_WORKER: 2}):
        for urgent in (False, False, True, True):
            unmask(
                act,
                field=SealedField.ADDRESS,
                purpose="OTHER",
                detail="老人失联，联系家属",
                urgent=urgent,
                household_id=cases.family().pk,
            )
            if urgent:
                opened.append(ExtraLooks.objects.latest("pk"))
            if len(opened) == 1:
                question_looks(cases.act(cases.staff.auditor), looks_id=opened[0].pk, note="没有走访记录")
    asked = ask_for_looks(act, purpose="CALL", reason="名册核对")
    return {"looks": asked, "doubted": opened[0], "opened": opened[1]}


def _partners(cases: Cases) -> dict[str, Any]:
    """Written down by the clerk of the community."""
    return {"agreement": drafted(cases.act(cases.staff.clerk), cases.community.community.pk)}
