"""Numbers that people read out: one after the other, never twice."""

from django.db import transaction

from linli.foundation.data.numbering import Counter, take, take_labels
from tests.foundation.trail.threads import in_threads


class TestTake:
    def test_begins_with_one(self, db):
        assert list(take("JZ-2026")) == [1]

    def test_goes_on_where_it_stopped(self, db):
        take("JZ-2026", 3)

        assert list(take("JZ-2026", 2)) == [4, 5]

    def test_keeps_series_apart(self, db):
        take("JZ-2026", 3)

        assert list(take("WS-2026")) == [1]

    def test_a_rolled_back_act_gives_its_numbers_back(self, db):
        with transaction.atomic():
            take("JZ-2026", 3)
            transaction.set_rollback(True)

        assert list(take("JZ-2026")) == [1]

    def test_two_connections_never_get_the_same(self, committed_database):
        def ten(_number: int) -> list[int]:
            taken = []
            for _ in range(10):
                with transaction.atomic():
                    taken += take("JZ-2026")
            return taken

        numbers = [number for taken in in_threads(2, ten) for number in taken]

        assert sorted(numbers) == list(range(1, 21))


class TestTakeLabels:
    def test_reads_like_a_number_over_the_counter(self, db):
        assert take_labels("JZ", 2026, 2) == ["JZ-2026-0001", "JZ-2026-0002"]

    def test_takes_the_width_asked_for(self, db):
        assert take_labels("JZ", 2026, digits=6) == ["JZ-2026-000001"]

    def test_begins_anew_each_year(self, db):
        take_labels("JZ", 2026, 9)

        assert take_labels("JZ", 2027) == ["JZ-2027-0001"]


class TestCounter:
    def test_names_its_series_and_the_last_number(self):
        assert str(Counter(series="JZ-2026", last=152)) == "JZ-2026: 152"
