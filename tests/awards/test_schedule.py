"""Which months are due: pure."""

from datetime import date

from linli.awards.rules.schedule import Event, due_months, months_between
from linli.kernel.period import Month

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


def test_months_between_counts_whole_months() -> None:
    assert months_between(date(2026, 11, 1), date(2027, 2, 1)) == [Month(2026, 11), Month(2026, 12), Month(2027, 1)]
