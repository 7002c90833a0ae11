"""Plan against actual: who was answered in the time that the scheme promises, and what each source paid in."""

from datetime import date
from typing import Any

from linli.aid.assistance.codes import ClockKind
from linli.aid.assistance.models import Clock
from linli.aid.assistance.operations import ask_for_supplement, withdraw
from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.overview.planning.queries.actual import Year, records, row_of
from linli.overview.planning.queries.aims import Aim
from tests.assistance.world import make_world
from tests.conftest import MONDAY, Community, Staff
from tests.layers import layer
from tests.planning.conftest import LATER, PAY_DAY, Lived

DUE = date(2026, 3, 16)  # five working days after Monday 9 March


def listed(lived: Lived, code: str, on: date, figure: str = "") -> tuple[tuple[tuple[Any, ...], ...], int | None]:
    """The lines of the list, and the number that they stand for."""
    year = Year(lived.scope, lived.community_id, lived.pack, lived.plan, on, lived.fund_id)
    aim = Aim(code, Text("", ""), figure)
    page = records(year, aim)
    assert page is not None
    return page.rows, row_of(year, aim).actual


@layer
def empty(community: Community, staff: Staff) -> Lived:
    """A community in which nobody applied and nothing was paid."""
    return Lived(make_world(community, staff))


class TestAnswers:
    def told(self, lived: Lived, on: date) -> tuple[int | None, int | None, int]:
        row = lived.rows(on=on)["INTAKE_ANSWERS"]
        return row.target, row.actual, row.source_count

    def test_nothing_is_promised_while_nobody_has_to_be_answered(self, empty: Lived):
        empty.world.received(day=MONDAY)

        assert self.told(empty, DUE) == (None, 0, 0)

    def test_who_was_accepted_on_the_last_day_was_answered_in_time(self, empty: Lived):
        empty.world.accepted(day=MONDAY)
        Clock.objects.filter(kind=ClockKind.INTAKE).update(finished_date=DUE)

        assert self.told(empty, date(2026, 3, 31)) == (1, 1, 1)

    def test_who_was_accepted_a_day_later_was_not(self, empty: Lived):
        empty.world.accepted(day=MONDAY)
        Clock.objects.filter(kind=ClockKind.INTAKE).update(finished_date=date(2026, 3, 17))

        assert self.told(empty, date(2026, 3, 31)) == (1, 0, 1)

    def test_who_was_not_answered_counts_from_the_day_after_the_last(self, empty: Lived):
        empty.world.received(day=MONDAY)

        assert (self.told(empty, DUE), self.told(empty, date(2026, 3, 17))) == ((None, 0, 0), (1, 0, 1))

    def test_the_one_list_of_what_is_missing_is_an_answer(self, empty: Lived):
        application = empty.world.received(without=["IDENTITY_CARD"])
        ask_for_supplement(empty.world.act(empty.staff.clerk), application_id=application.pk)

        assert self.told(empty, date(2026, 6, 1)) == (1, 1, 1)

    def test_who_withdrew_in_time_asked_for_no_answer(self, empty: Lived):
        application = empty.world.received(day=MONDAY)
        withdraw(empty.world.act(empty.staff.clerk), application_id=application.pk)

        assert self.told(empty, date(2026, 6, 1)) == (None, 0, 0)

    def test_the_label_carries_the_packs_time(self, empty: Lived):
        label = empty.rows()["INTAKE_ANSWERS"].label

        assert (label.zh, label.en) == ("受理答复在 5 个工作日内", "Answer to the application within 5 working days")

    def test_the_list_holds_everybody_and_the_same_number(self, lived: Lived):
        row, (lines, total) = lived.rows()["INTAKE_ANSWERS"], listed(lived, "INTAKE_ANSWERS", date(2026, 4, 30))

        assert (row.actual, row.source_count) == (total, len(lines))


class TestReceipts:
    def test_every_source_of_the_plan_has_a_row(self, lived: Lived):
        rows = lived.rows()

        assert {code: (row.target, row.actual) for code, row in rows.items() if code.startswith("SOURCE_")} == {
            "SOURCE_GOVERNMENT": (60_000_000, 500_000),
            "SOURCE_DONATION": (30_000_000, 0),
            "SOURCE_COMMUNITY": (10_000_000, 0),
        }

    def test_a_second_receipt_is_added_and_listed(self, lived: Lived):
        lived.receive(20_000, on=date(2026, 4, 2))
        row = lived.rows()["SOURCE_GOVERNMENT"]
        lines, _total = listed(lived, "SOURCE_GOVERNMENT", date(2026, 4, 30), "sources.GOVERNMENT.amount")

        assert (row.actual, row.source_count) == (520_000, 2)
        assert [cells[-1] for cells in lines] == [500_000, 20_000]

    def test_a_fund_that_is_not_there_received_nothing(self, lived: Lived):
        aim = Aim("SOURCE_GOVERNMENT", Text("", ""), "sources.GOVERNMENT.amount")
        nowhere = Year(lived.scope, lived.community_id, lived.pack, lived.plan, date(2026, 4, 30), None)
        page = records(nowhere, aim)

        assert page is not None
        assert (row_of(nowhere, aim).actual, page.rows) == (0, ())


class TestWhoWasPaid:
    def test_is_listed_and_nobody_whose_money_came_back(self, empty: Lived) -> None:
        empty.receive(500_000)
        for _ in range(2):
            application, day = empty.world.at_decision()
            empty.world.granted(application, day=day)
        batch = empty.pay(Month(2026, 4), PAY_DAY, returned=(1,))
        back, *paid = batch.items.order_by("seq")

        lines, total = listed(empty, "", LATER, f"programmes.{back.programme}.recipients")
        others = [one for one in paid if one.programme == back.programme]
        assert [row[0] for row in lines] == [one.unit_key for one in others]
        assert [(row[2], row[3]) for row in lines] == [(1, one.amount_fen) for one in others]
        assert (total, len(others)) == (1, 1)

        lines, total = listed(
            empty, "", LATER, f"budget_lines.{empty.pack.programmes[back.programme].budget_line}.amount"
        )
        assert sorted(row[2] for row in lines) == sorted(one.unit_key for one in paid)
        assert total == sum(one.amount_fen for one in paid)
