"""My work: how late, of whom, fifty at a time, and counts of all."""

from datetime import date

import pytest

from linli.foundation.screens.work import SOON, Todo, listed, piles, waiting
from linli.ground.users.operations import record_office
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.money.awards.operations import NewAccount, end_departed, fall_due_reviews, propose_account
from linli.overview.workbench.web import views
from linli.registry.residents.operations import record_death, register_households
from tests.browser import LogIn
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.ledger.world import OPENED, PROXY, World, by, make_world
from tests.residents.people import couple

MARCH_20, MARCH_27 = date(2026, 3, 20), date(2026, 3, 27)


@layer
def world(community: Community, staff: Staff) -> World:
    """A family whose award is to be looked at again on 20 March."""
    world = make_world(community, staff)
    world.register()
    world.grant(world.base(world.families[0], review_due_date=MARCH_20))
    fall_due_reviews(system_act(MARCH_20), on=MARCH_20)
    return world


class TestReviews:
    def todo(self, world: World, on: date) -> Todo:
        return next(row for row in waiting(authority_of(world.staff.director, on), on) if row.kind == "REVIEW_AWARD")

    def test_say_how_many_working_days_they_are_late(self, world: World) -> None:
        row = self.todo(world, MARCH_27)
        assert (row.colour, row.days_left) == ("RED", -5)

    def test_are_not_late_on_their_day(self, world: World) -> None:
        row = self.todo(world, MARCH_20)
        assert (row.colour, row.days_left) == ("AMBER", 0)

    def test_name_the_family(self, world: World) -> None:
        row = self.todo(world, MARCH_20)
        assert row.who == "王一0"
        assert row.place == world.families[0].number

    def test_say_what_happened_where_the_household_changed(self, world: World) -> None:
        [new] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk)])
        world.families.append(new)
        world.account([new.number])
        [award] = world.grant(world.base(new))
        spouse = world.memberships([new])[1].resident_id
        record_death(by(world.staff.clerk, MARCH_20), resident_ids=[spouse], died_date=MARCH_20)
        end_departed(system_act(MARCH_20), on=MARCH_20)

        rows = waiting(authority_of(world.staff.director, MARCH_20), MARCH_20)
        row = next(row for row in rows if row.subject == award.number)
        assert (str(row.title), str(row.because), row.due_date) == ("变化复核", "家庭成员去世", date(2026, 4, 19))


class TestPiles:
    """What is counted without being read is what is read."""

    @pytest.mark.parametrize("day", range(1, 32))
    def test_count_late_and_soon_as_their_rows_say(self, world: World, day: int) -> None:
        on = date(2026, 3, day)
        [pile] = [one for one in piles(authority_of(world.staff.director, on), on) if one.kind == "REVIEW_AWARD"]
        [row] = pile.first(2)

        late, soon = row.colour == "RED", row.colour != "RED" and row.days_left <= SOON
        assert (pile.total, pile.late, pile.soon) == (1, late, soon)

    def test_read_no_more_rows_than_are_asked_for(self, world: World) -> None:
        new = [
            NewAccount(one.number, one.stamp, "王某", "6222000077778888", "江畔银行", *PROXY)
            for one in world.register(2)
        ]
        propose_account(by(world.staff.clerk, MARCH_20), accounts=new)
        [accounts] = [
            one for one in piles(authority_of(world.staff.director, MONDAY), MONDAY) if one.kind == "ACCOUNT.CONFIRM"
        ]

        assert [accounts.total, *(len(accounts.first(number)) for number in (0, 1, 2, 3))] == [2, 0, 1, 2, 2]

    def test_say_what_is_late_and_what_is_due_within_three_days(self) -> None:
        """What no law sets a date for is neither, and what is late is not soon as well."""
        dated = [("GREEN", SOON + 1), ("GREEN", SOON), ("AMBER", 0), ("RED", -1), ("", 0), ("PAUSED", 1)]
        rows = [Todo("A", "复核", f"DY-{n}", "home", colour=one, days_left=left) for n, (one, left) in enumerate(dated)]
        [pile] = listed(lambda _authority, _on: rows)(None, MONDAY)

        assert (pile.total, pile.late, pile.soon) == (6, 1, 2)


class TestPages:
    @pytest.fixture(autouse=True)
    def _much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = [Todo(("A", "B")[n % 2], "复核", f"DY-{n:04}", "home") for n in range(120)]
        monkeypatch.setattr(views, "piles", listed(lambda _authority, _on: rows))

    def rows(self, log_in: LogIn, staff: Staff, **asked: str) -> list[str]:
        context = log_in(staff.director).get("/work/", asked).context
        return [row.subject for row, _address in context["rows"]]

    def test_hold_fifty_rows(self, log_in: LogIn, staff: Staff) -> None:
        assert len(self.rows(log_in, staff)) == 50

    def test_go_on_where_the_last_one_ended(self, log_in: LogIn, staff: Staff) -> None:
        assert self.rows(log_in, staff, after="100")[0] == "DY-0100"

    def test_lead_from_the_first_to_the_last_and_no_further(self, log_in: LogIn, staff: Staff) -> None:
        browser, after, seen = log_in(staff.director), 0, []
        for _page in range(3):
            context = browser.get("/work/", {"after": str(after)}).context
            seen += [row.subject for row, _address in context["rows"]]
            after = context["next_after"]
        assert (seen, after) == ([f"DY-{n:04}" for n in range(120)], None)

    def test_count_everything_whatever_page_is_shown(self, log_in: LogIn, staff: Staff) -> None:
        assert log_in(staff.director).get("/work/").context["total"] == 120

    def test_of_one_kind_go_on_within_it(self, log_in: LogIn, staff: Staff) -> None:
        assert len(self.rows(log_in, staff, kind="B", after="50")) == 10


@pytest.mark.parametrize(
    ("kind", "who", "page"),
    [
        ("LETTER", "director", ["/letters/"]),
        ("GIVE_OPINION", "director", ["/cases/together/opinion/"]),
        ("DECIDE", "director", []),
        ("A", "director", []),
        ("", "director", []),
    ],
)
def test_a_kind_that_is_done_together_leads_there(
    kind: str, who: str, page: list[str], log_in: LogIn, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        Todo(one, "复核", f"DY-{one}-{n}", "home") for one in ("LETTER", "GIVE_OPINION", "DECIDE", "A") for n in (1, 2)
    ]
    monkeypatch.setattr(views, "piles", listed(lambda _authority, _on: rows))

    context = log_in(getattr(staff, who)).get("/work/", {"kind": kind}).context
    assert [one.address for one in context["at_once"]] == page


class TestOffices:
    def test_is_one_line_for_all_communities_and_goes_when_they_can_be_called(self, staff, community):
        def lines():
            todos = waiting(authority_of(staff.administrator, MONDAY), MONDAY)
            return [(todo.subject, todo.page) for todo in todos if todo.kind == "OFFICES"]

        before = lines()
        for minute, area in enumerate((community.street, community.other_street)):
            act = Act(staff.administrator, at(MONDAY, minute=minute))
            record_office(act, area_id=area.pk, telephone="62340000", address="和平路 9 号")

        assert (before, lines()) == ([("3 个社区", "area_list")], [])
