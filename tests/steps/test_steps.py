"""Over all workflows, roles and states: offered is allowed, allowed is offered, and the database keeps the same."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from linli.config.cli import main
from linli.config.cli_workflows import workflows_text
from linli.foundation.screens.work import Todo, waiting
from linli.ground.users.models import User
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson, workflows
from linli.money.awards.models import PayeeAccount
from linli.registry.residents.models import Household, Membership, Resident, ResidentAccount
from linli.registry.residents.operations import register_households
from tests.architecture.source import ROOT
from tests.assistance import world as cases
from tests.awards.river import River, make_river
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.ledger import world as ledger
from tests.residents.people import couple
from tests.steps import aid as assistance
from tests.steps import money as payments
from tests.steps import newcomers, partners, residents, users
from tests.steps.trying import Bench, differences, kept, misshown, unsaid

__all__ = ["log_in"]

ROOMS = (payments, assistance, partners, residents, newcomers, users)
BENCHES = {bench.flow.code: bench for room in ROOMS for bench in room.BENCHES}
WAYS = [(code, way) for code, bench in BENCHES.items() for way in bench.ways]


@layer
def money(community: Community, staff: Staff) -> ledger.World:
    """Two families with an award of the whole year."""
    world = ledger.make_world(community, staff)
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


@layer
def unspent(community: Community, staff: Staff) -> ledger.World:
    return ledger.make_world(community, staff)


@layer
def aid(community: Community, staff: Staff) -> cases.World:
    return cases.make_world(community, staff)


@layer
def river(community: Community, staff: Staff) -> River:
    """A fund whose awards follow the rules."""
    return make_river(community, staff)


@pytest.fixture
def office(community: Community, staff: Staff) -> tuple[Staff, int]:
    """People and their community."""
    return staff, community.community.pk


@pytest.fixture
def neighbours(office: tuple[Staff, int], community: Community) -> tuple[Staff, int]:
    """The same, with one family that lives there."""
    register_households(Act(office[0].clerk, at(MONDAY)), households=[couple(community.grid.pk)])
    return office


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    return BENCHES[request.param]


@pytest.fixture
def row(bench: Bench, way: str, staff: Staff, request: pytest.FixtureRequest) -> Any:
    """The world is asked for by name: what it stands on is named here, so that the layers know."""
    return bench.ways[way](request.getfixturevalue(bench.world))


@pytest.mark.parametrize(("bench", "way"), WAYS, indirect=["bench"])
def test_what_is_offered_is_what_is_allowed(bench: Bench, way: str, row: Any, staff: Staff) -> None:
    assert differences(bench, staff, row) == []


@pytest.mark.parametrize(("bench", "way"), [one for one in WAYS if BENCHES[one[0]].page], indirect=["bench"])
def test_the_page_shows_what_is_offered(
    bench: Bench, way: str, row: Any, staff: Staff, log_in: LogIn, settings: LazySettings
) -> None:
    live_on(settings, bench.day(row))

    assert misshown(bench, staff, row, log_in) == []


@pytest.mark.parametrize(
    ("bench", "way"), [(name, [*one.ways][-1]) for name, one in BENCHES.items() if one.page], indirect=["bench"]
)
def test_a_page_of_before_is_told_why_its_step_is_refused(
    bench: Bench, way: str, row: Any, staff: Staff, log_in: LogIn, settings: LazySettings
) -> None:
    live_on(settings, bench.day(row))

    assert unsaid(bench, staff, row, log_in) == []


@pytest.mark.parametrize(("bench", "way"), WAYS, indirect=["bench"])
def test_the_database_lets_no_other_step_happen(bench: Bench, way: str, row: Any) -> None:
    assert kept(bench, row) == []


# Of no family: money of a fund, an agreement with a unit, somebody who asks to be registered, a colleague's access.
OF_NO_FAMILY = {
    *("ledger.carry_over", "ledger.inflow", "ledger.excess", "ledger.fee"),
    *("partners.agreement", "newcomers.request", "users.access", "users.looks"),
}


def linked_to(resident: Resident, user_id: int, *, of_post: bool = False) -> None:
    """Whose log-in it is from now on, past the act that links."""
    told = {"number": f"GL-X-{user_id}", "linked_by_id": 1, "linked_at": at(MONDAY), **resident.stamp.columns()}
    row = ResidentAccount(user_id=user_id, resident=resident, of_post=of_post, **told)
    ledger.inside(system_act(), step=lambda _act: row.save())


def household_of(row: Any) -> int:
    """Whose affairs the row is."""
    if hasattr(row, "household_id"):
        return int(row.household_id)
    if isinstance(row, ResidentAccount):
        return Membership.objects.get(resident=row.resident, valid_until=None).household_id
    if isinstance(row, PayeeAccount):
        named = Household.objects.filter(number=row.unit_key).first()
        return named.pk if named else Membership.objects.get(resident__number=row.unit_key).household_id
    part = next((getattr(row, name).earliest("pk") for name in ("items", "entries") if hasattr(row, name)), row)
    return household_of(getattr(part, "award", None) or part.application)


@pytest.mark.parametrize(("bench", "way"), [one for one in WAYS if one[0] not in OF_NO_FAMILY], indirect=["bench"])
def test_nobody_takes_a_step_on_the_affairs_of_their_own_family(bench: Bench, way: str, row: Any, staff: Staff) -> None:
    """Whoever could take a step is somebody of the household from now on: page and act refuse it alike."""
    day = bench.day(row)

    def able() -> list[Any]:
        people = vars(staff).values()
        return [one for one in people if bench.flow.offered(authority_of(one, day), bench.seen(row, day), day)]

    before = able()
    if before:
        own = Membership.objects.filter(household_id=household_of(row), annulled=False).earliest("pk").resident
        linked_to(own, before[0].pk)
    assert able() == before[1:]
    assert differences(bench, staff, row) == []


def bars_a_hand(code: str, way: str) -> bool:
    """Whether a step that leads on from the state bars who took another."""
    return any(step.barred and way.split()[0] in step.sources for step in BENCHES[code].flow.steps)


@pytest.mark.parametrize(("bench", "way"), [one for one in WAYS if bars_a_hand(*one)], indirect=["bench"])
def test_whoever_has_two_accounts_is_one_hand(
    bench: Bench, way: str, row: Any, staff: Staff, community: Community
) -> None:
    """Two accounts of one resident, past the act that links them: page and act refuse alike what one of them began."""
    day, flow = bench.day(row), bench.flow
    seen, people = bench.seen(row, day), [one for one in vars(staff).values() if isinstance(one, User)]
    able = [(one, step) for one in people for step in flow.offered(authority_of(one, day), seen, day)]
    somebody, step = next(((one, step) for one, step in able if flow.barred(step, seen)), (None, None))
    if somebody is None or step is None:
        pytest.skip("nobody has taken a step yet, or nobody here may take the next")
    [home] = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk, order=91)])
    stranger = Membership.objects.filter(household=home).earliest("pk").resident
    for account in (somebody.pk, min(flow.barred(step, seen))):
        linked_to(stranger, account, of_post=True)

    assert isinstance(flow.refusal(authority_of(somebody, day), step.code, seen, day), SamePerson)
    assert differences(bench, staff, row) == []


@pytest.mark.parametrize(("bench", "way"), [one for one in WAYS if one[0] not in OF_NO_FAMILY], indirect=["bench"])
def test_what_waits_is_not_of_ones_own_family(bench: Bench, way: str, row: Any, staff: Staff) -> None:
    """A row that somebody may not take on stands on no list of theirs: the query leaves out what the step refuses."""
    day, rows = bench.day(row), type(row)._base_manager.filter(pk=row.pk)
    own = Membership.objects.filter(household_id=household_of(row), annulled=False).earliest("pk").resident
    people = vars(staff).values()
    able = [one for one in people if bench.flow.offered(authority_of(one, day), bench.seen(row, day), day)]
    # Where nobody may take a step there is no line of work to leave out: the query is asked all the same.
    for person in able or [staff.clerk]:
        with transaction.atomic():
            transaction.get_connection().atomic_blocks[-1]._from_testcase = True
            linked_to(own, person.pk)
            linked = authority_of(person, day)
            assert bench.flow.of_own_family(linked, [row], day) is not None
            assert not bench.flow.of_others(rows, linked, day).exists()
            left = [one for one in waiting(linked, day) if is_about(one, row)] if able else []
            transaction.set_rollback(True)
        # Bringing a letter to its own door decides nothing.
        assert [one for one in left if one.kind != "LETTER"] == []


def is_about(todo: Todo, row: Any) -> bool:
    """Whether a line of work is about the row, or what it hangs on."""
    names = {getattr(row, name, None) for name in ("number", "unit_key")}
    return todo.subject in names - {None}


def test_every_workflow_says_whose_family_its_rows_are_of() -> None:
    assert {flow.code for flow in workflows() if flow.family is None} == OF_NO_FAMILY


@pytest.mark.parametrize("code", BENCHES)
def test_every_state_and_every_step_is_tried(code: str, request: pytest.FixtureRequest) -> None:
    bench, flow = BENCHES[code], BENCHES[code].flow

    assert {str(state) for state in flow.states} <= {way.split()[0] for way in bench.ways}
    assert {step.code for step in flow.steps if step.roles and step.sources} == bench.take.keys()


def test_every_workflow_is_tried() -> None:
    assert [flow.code for flow in workflows()] == sorted(BENCHES)


def test_a_row_begins_where_its_workflow_begins(money: ledger.World) -> None:
    batch = money.propose()
    batch.pk, batch.number, batch.state = None, "FF-2026-03-9", "VOIDED"

    with pytest.raises(IntegrityError, match="no such beginning"), transaction.atomic():
        batch.save(force_insert=True)


def test_the_documentation_is_as_the_code_declares(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workflows"]) == 0
    assert capsys.readouterr().out == workflows_text()
    assert (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8") == workflows_text(), "run: make reference"
