"""Which months are due: pure."""

from datetime import date

from linli.kernel.period import Month
from linli.money.awards.rules.schedule import (
    Event,
    Taken,
    due_months,
    kept_months,
    months_between,
    promises_by_month,
    rest,
    sources_by_month,
)

GRANTED = Event("GRANTED", date(2026, 3, 1), 500, date(2026, 7, 1))


def months(*events: Event) -> dict[int, int]:
    return {month.month: fen for month, fen in due_months([GRANTED, *events]).items()}


class TestDueMonths:
    def test_are_those_of_the_grant(self) -> None:
        assert months() == {3: 500, 4: 500, 5: 500, 6: 500}

    def test_stop_while_suspended(self) -> None:
        assert months(Event("SUSPENDED", date(2026, 5, 1), 0)) == {3: 500, 4: 500}

    def test_go_on_when_resumed(self) -> None:
        events = Event("SUSPENDED", date(2026, 4, 1), 0), Event("RESUMED", date(2026, 6, 1), 500)
        assert months(*events) == {3: 500, 6: 500}

    def test_are_worth_what_they_were_worth_before_the_suspension(self) -> None:
        """Another amount from June was decided already; who resumes in May names the newest amount."""
        june, paused = Event("CHANGED", date(2026, 6, 1), 800), Event("SUSPENDED", date(2026, 4, 1), 0)
        assert months(june, paused, Event("RESUMED", date(2026, 5, 1), 800)) == {3: 500, 5: 500, 6: 800}

    def test_change_their_amount_from_a_month_on(self) -> None:
        assert months(Event("CHANGED", date(2026, 5, 1), 700)) == {3: 500, 4: 500, 5: 700, 6: 700}

    def test_end_with_the_month_before_the_one_that_is_cut(self) -> None:
        assert months(Event("ENDED", date(2026, 5, 14), 0)) == {3: 500, 4: 500}

    def test_keep_a_month_that_ends_the_day_before(self) -> None:
        assert months(Event("ENDED", date(2026, 5, 1), 0)) == {3: 500, 4: 500}

    def test_are_none_when_it_ended_before_it_began(self) -> None:
        assert months(Event("ENDED", date(2026, 2, 1), 0)) == {}

    def test_stay_ended_whatever_was_recorded_before(self) -> None:
        assert months(Event("SUSPENDED", date(2026, 4, 1), 0), Event("ENDED", date(2026, 6, 1), 0)) == {3: 500}

    def test_are_none_without_a_grant(self) -> None:
        assert due_months([]) == {}


class TestNewAmountForThePast:
    """An amount may change for months that lie behind: what happened since stays as it was."""

    def test_leaves_a_suspension_standing(self) -> None:
        assert months(Event("SUSPENDED", date(2026, 5, 1), 0), Event("CHANGED", date(2026, 4, 1), 700)) == {
            3: 500,
            4: 700,
        }

    def test_holds_after_the_resumption(self) -> None:
        paused = Event("SUSPENDED", date(2026, 4, 1), 0), Event("RESUMED", date(2026, 5, 1), 500)
        assert months(*paused, Event("CHANGED", date(2026, 3, 1), 700)) == {3: 700, 5: 700, 6: 700}

    def test_reaches_the_months_before_an_end(self) -> None:
        assert months(Event("ENDED", date(2026, 5, 1), 0), Event("CHANGED", date(2026, 4, 1), 700)) == {3: 500, 4: 700}


class TestSources:
    """Which event a month's amount comes from."""

    def test_are_the_events_recorded_last_for_the_month(self) -> None:
        events = [
            GRANTED,
            Event("CHANGED", date(2026, 5, 1), 700),
            Event("SUSPENDED", date(2026, 6, 1), 0),
            Event("CHANGED", date(2026, 4, 1), 700),
            Event("RESUMED", date(2026, 6, 1), 700),
        ]
        assert {month.month: place for month, place in sources_by_month(events).items()} == {3: 0, 4: 3, 5: 3, 6: 3}

    def test_are_kept_through_an_end_that_was_taken_back(self) -> None:
        ended, back = Event("ENDED", date(2026, 4, 10), 0), Event("REINSTATED", date(2026, 4, 10), 0)
        events = [GRANTED, ended, back, Event("CHANGED", date(2026, 6, 1), 700)]
        assert {month.month: place for month, place in sources_by_month(events).items()} == {3: 0, 4: 0, 5: 0, 6: 3}


class TestKeptMonths:
    def test_hold_the_month_of_the_end_too(self) -> None:
        kept = kept_months([GRANTED, Event("ENDED", date(2026, 4, 14), 0)])
        assert {month.month: fen for month, fen in kept.items()} == {3: 500, 4: 500}

    def test_hold_no_month_that_began_on_the_day_of_the_end(self) -> None:
        kept = kept_months([GRANTED, Event("ENDED", date(2026, 4, 1), 0)])
        assert {month.month: fen for month, fen in kept.items()} == {3: 500}


class TestPromisedMonths:
    def test_hold_a_suspension_that_goes_on(self) -> None:
        life = [GRANTED, Event("SUSPENDED", date(2026, 4, 1), 0), Event("CHANGED", date(2026, 5, 1), 700)]
        assert list(promises_by_month(life).values()) == [500, 500, 700, 700]

    def test_leave_out_one_that_is_over(self) -> None:
        life = [GRANTED, Event("SUSPENDED", date(2026, 4, 1), 0), Event("RESUMED", date(2026, 6, 1), 500)]
        assert list(promises_by_month(life).values()) == [500, 500]


class TestRest:
    def test_of_a_month_nobody_took_up_is_all_of_it(self) -> None:
        assert rest(500, Taken()) == 500

    def test_of_a_month_that_rose_is_the_rise(self) -> None:
        assert rest(530, Taken(500, 1)) == 30

    def test_of_a_month_that_fell_is_nothing(self) -> None:
        assert rest(470, Taken(500, 1)) == 0

    def test_of_a_month_given_up_is_nothing(self) -> None:
        assert rest(530, Taken(500, 1, closed=True)) == 0


def test_months_between_counts_whole_months() -> None:
    assert months_between(date(2026, 11, 1), date(2027, 2, 1)) == [Month(2026, 11), Month(2026, 12), Month(2027, 1)]
