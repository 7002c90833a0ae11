"""Settle an invented community: areas, accounts, the pack, the calendar, the fund, and everybody registered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random

from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import NewArea, add_areas
from linli.ground.areas.queries import Area
from linli.ground.users.codes import Role
from linli.ground.users.operations import answer_notices, assign, create_user
from linli.ground.users.queries import User
from linli.ground.users.queries.factors import unread_notices
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.engine.calendar_data import load_calendar_tables
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.operations import install_pack, load_years
from linli.law.policies.queries import work_calendar
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.operations import (
    BudgetExhausted,
    NewLine,
    NewSource,
    confirm_proposal,
    open_fund,
    propose_excess,
)
from linli.money.ledger.queries import lines, sources
from linli.overview.planning.engine import Plan, Severity, check
from linli.overview.planning.operations import adopt, save_version
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.operations import NewHousehold, NewMember, link_account, register_households
from linli.registry.residents.queries import members_on
from linli.simulator.busy import Busy
from linli.simulator.population import Home, Population

BUILDINGS_PER_GRID = 3
# username, name, role, level; two of a kind where two different people must act.
_POSTS: tuple[tuple[str, str, Role, AreaKind], ...] = (
    ("wangli", "王丽", Role.COMMUNITY_WORKER, AreaKind.COMMUNITY),
    ("liuyang", "刘洋", Role.COMMUNITY_WORKER, AreaKind.COMMUNITY),
    ("liming", "李明", Role.SOCIAL_WORKER, AreaKind.COMMUNITY),
    ("zhouting", "周婷", Role.SOCIAL_WORKER, AreaKind.COMMUNITY),
    ("zhaofang", "赵芳", Role.VOLUNTEER, AreaKind.COMMUNITY),
    ("qianjun", "钱军", Role.VOLUNTEER, AreaKind.COMMUNITY),
    ("wumei", "吴梅", Role.VOLUNTEER, AreaKind.COMMUNITY),
    ("zhoujianguo", "周建国", Role.COMMUNITY_DIRECTOR, AreaKind.COMMUNITY),
    ("chenjing", "陈静", Role.STREET_OFFICER, AreaKind.STREET),
    ("sunwei", "孙伟", Role.STREET_OFFICER, AreaKind.STREET),
    ("wumin", "吴敏", Role.FINANCE_MAKER, AreaKind.STREET),
    ("zhengjie", "郑洁", Role.FINANCE_CHECKER, AreaKind.STREET),
    ("fengtao", "冯涛", Role.FINANCE_RELEASER, AreaKind.STREET),
    ("xuqiang", "许强", Role.DISTRICT_OFFICER, AreaKind.DISTRICT),
    ("heping", "何平", Role.AUDITOR, AreaKind.DISTRICT),
    ("admin", "系统管理员", Role.ADMINISTRATOR, AreaKind.DISTRICT),
    ("security", "安全管理员", Role.SECURITY_ADMINISTRATOR, AreaKind.DISTRICT),
)


@dataclass(frozen=True)
class Settled:
    """A home once it is registered: ids by which operations know it."""

    home: Home
    household_id: int
    number: str
    resident_ids: tuple[int, ...]  # in the order of home.members
    resident_numbers: tuple[str, ...]
    # Facts that changed since the home was invented, by the member's place.
    changed: dict[int, dict[str, Scalar]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class World:
    """Everything a simulated year acts on."""

    pack: Pack
    plan: Plan
    scheme: str
    pack_version_id: int
    calendar: WorkCalendar
    community: Area
    street: Area
    people: Mapping[Role, tuple[User, ...]]
    homes: tuple[Settled, ...]
    fund_id: int
    source_ids: Mapping[str, int]
    line_ids: Mapping[str, int]
    later: list[tuple[date, Pack]] = field(default_factory=list)  # versions installed since, by their day
    busy: Busy = field(default_factory=Busy)

    def law(self, on: date) -> Pack:
        """The version of the pack that was installed last by the day."""
        return next((pack for day, pack in reversed(self.later) if day <= on), self.pack)

    def who(self, role: Role, turn: int = 0) -> User:
        """The holder of a role whose turn it is."""
        holders = self.people[role]
        return holders[turn % len(holders)]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a simulated day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA_TIME)


def settle(
    pack: Pack, plan: Plan, population: Population, *, pack_folder: Path, calendar_file: Path, on: date, password: str
) -> World:
    """Set everything up on the day, through the operations."""
    system = Act(SYSTEM, at(on, 6))
    places = _add_areas(system)
    community, street = places["community"][0], places["street"][0]
    people = _open_accounts(system, places, on, password)
    load_years(system, tables=list(load_calendar_tables(calendar_file).values()))
    version = install_pack(system, folder=pack_folder)
    homes = _register(people[Role.COMMUNITY_WORKER][0], places, population, on)
    _link(system, homes, people, on, password)
    adopt_plan(people, plan, version.digest, community, on)
    fund_id = open_year(people[Role.STREET_OFFICER][0], pack, plan, community, on)
    return World(
        pack=pack,
        plan=plan,
        scheme=pack.code,
        pack_version_id=version.pk,
        calendar=work_calendar(),
        community=community,
        street=street,
        people=people,
        homes=homes,
        fund_id=fund_id,
        source_ids={source.code: source.pk for source in sources(fund_id)},
        line_ids={line.code: line.pk for line in lines(fund_id)},
    )


def _add_areas(system: Act) -> dict[str, list[Area]]:
    grids = [f"99010100100{1}-G{n}" for n in range(1, 5)]
    new = [
        NewArea("990101", AreaKind.DISTRICT, "清河区"),
        NewArea("990101001", AreaKind.STREET, "和平街道", "990101"),
        NewArea("990101001001", AreaKind.COMMUNITY, "幸福里社区", "990101001"),
        NewArea("990101001002", AreaKind.COMMUNITY, "槐树街社区", "990101001"),
    ]
    numerals = "一二三四"
    new += [
        NewArea(code, AreaKind.GRID, f"第{numerals[place]}网格", "990101001001") for place, code in enumerate(grids)
    ]
    count = BUILDINGS_PER_GRID
    new += [
        NewArea(f"{code}-B{n}", AreaKind.BUILDING, f"和平里 {place * count + n} 号楼", code)
        for place, code in enumerate(grids)
        for n in range(1, count + 1)
    ]
    added = add_areas(system, areas=new)
    places: dict[str, list[Area]] = {}
    for area in added:
        places.setdefault(area.kind.lower(), []).append(area)
    return places


def _open_accounts(
    system: Act, places: Mapping[str, Sequence[Area]], on: date, password: str
) -> dict[Role, tuple[User, ...]]:
    people: dict[Role, tuple[User, ...]] = {}
    for username, name, role, kind in _POSTS:
        user = create_user(system, username=username, name=name, password=password)
        assign(system, user_id=user.pk, role=role, area_id=places[kind.lower()][0].pk, valid_from=on)
        people[role] = (*people.get(role, ()), user)
    return people


def adopt_plan(people: Mapping[Role, Sequence[User]], plan: Plan, pack_digest: str, community: Area, on: date) -> None:
    """The director puts the plan in force as it is: whatever the checker finds is accepted one by one."""
    clerk, director = people[Role.COMMUNITY_WORKER][0], people[Role.COMMUNITY_DIRECTOR][0]
    version = save_version(Act(clerk, at(on, 9)), community_id=community.pk, pack_digest=pack_digest, changes=())
    accepted = [finding.key for finding in check(plan) if finding.severity is not Severity.NOTE]
    adopt(Act(director, at(on, 10)), version_id=version.pk, accepted=accepted)


def _register(
    clerk: User, places: Mapping[str, Sequence[Area]], population: Population, on: date
) -> tuple[Settled, ...]:
    buildings = places["building"]
    new = [
        NewHousehold(
            area_id=buildings[home.index % len(buildings)].pk,
            address=_door(home.index // len(buildings)),
            members=[
                NewMember(
                    name=person.name,
                    relation=Relation(person.relation),
                    sex=Sex.MALE if person.male else Sex.FEMALE,
                    birth_date=person.birth_date,
                    id_number=person.id_number,
                    phone=person.phone,
                )
                for person in home.members
            ],
        )
        for home in population.homes
    ]
    households = register_households(Act(clerk, at(on, 9)), households=new)
    members = members_on([household.pk for household in households], on)
    settled = []
    for home, household in zip(population.homes, households, strict=True):
        # Names repeat, identity does not: people are found again by birth date, name and relation.
        known = {(m.name, m.birth_date, m.relation.value): m for m in members[household.pk]}
        own = [known[(person.name, person.birth_date, person.relation)] for person in home.members]
        settled.append(
            Settled(
                home,
                household.pk,
                household.number,
                tuple(member.resident_id for member in own),
                tuple(member.number for member in own),
            )
        )
    return tuple(settled)


def _door(serial: int) -> str:
    """The door of a building's household: three staircases, two doors on each floor."""
    floor, door = divmod(serial // 3, 2)
    return f"{serial % 3 + 1} 单元 {floor + 1}0{door + 1} 室"


def _link(system: Act, homes: Sequence[Settled], people: dict[Role, tuple[User, ...]], on: date, password: str) -> None:
    """A few residents log in themselves; the first volunteer lives in the community, so kinship is checked."""
    administrator = Act(people[Role.ADMINISTRATOR][0], at(on, 11))
    in_need = [settled for settled in homes if settled.home.groups][:3]
    residents = []
    for serial, settled in enumerate(in_need, start=1):
        user = create_user(system, username=f"jumin{serial}", name=settled.home.members[0].name, password=password)
        link_account(administrator, user_id=user.pk, resident_id=settled.resident_ids[0])
        residents.append(user)
    people[Role.RESIDENT] = tuple(residents)
    neighbour = next((settled for settled in reversed(homes) if not settled.home.groups), homes[-1])
    volunteer = people[Role.VOLUNTEER][0]
    link_account(administrator, user_id=volunteer.pk, resident_id=neighbour.resident_ids[0])
    for user in (*residents, volunteer):
        shown = [notice.pk for notice in unread_notices(user.pk)]
        answer_notices(Act(user, at(on, 12)), shown=shown, denied=[])


def open_year(officer: User, pack: Pack, plan: Plan, community: Area, on: date) -> int:
    """Open the fund of the plan's year; its id."""
    year = int(plan.figures["year"].value)
    programmes_of = {
        line: tuple(code for code, programme in pack.programmes.items() if programme.budget_line == line)
        for line in pack.budget_lines
    }
    fund = open_fund(
        Act(officer, at(on, 10)),
        code=f"{community.code}-{year}",
        name=f"{community.name} {year} 年{pack.label.zh}资金",
        year=year,
        community_id=community.pk,
        sources=[
            NewSource(
                code=code,
                kind=SourceKind(code) if code in SourceKind.values else SourceKind.OTHER,
                name=source.label.zh,
                planned_fen=int(plan.figures[f"sources.{code}.amount"].value),
                restricted_to=pack.bound_to(code),
            )
            for code, source in pack.fund_sources.items()
            if f"sources.{code}.amount" in plan.figures
        ],
        lines=[
            NewLine(
                code=code,
                name=line.label.zh,
                amount_fen=int(plan.figures[f"budget_lines.{code}.amount"].value),
                programmes=programmes_of[code],
            )
            for code, line in pack.budget_lines.items()
            if f"budget_lines.{code}.amount" in plan.figures
        ],
    )
    return fund.pk


def draws(seed: int, purpose: str) -> Random:
    """A generator of its own for one purpose, so that a change in one part moves no other."""
    return Random(f"{purpose}:{seed}")


# --- promises above a budget line: the street says so first, with the amount and the reason --------


def within_budget(world: World, day: date, deed: Callable[[], object]) -> int:
    """Do it; where the budget line is used up two people of the street accept that first. Returns the fen accepted."""
    accepted = 0
    asks, decider = (Act(world.who(Role.STREET_OFFICER, number), at(day, 16)) for number in (1, 0))
    while True:
        try:
            deed()
        except BudgetExhausted as refusal:
            line_id, short_fen = (int(str(refusal.details[name])) for name in ("line_id", "short_fen"))
            row = propose_excess(
                asks, line_id=line_id, amount_fen=short_fen, reason="方案规定的补助标准不变，街道认可超预算"
            )
            confirm_proposal(decider, proposal_id=row.pk)
            accepted += short_fen
        else:
            return accepted
