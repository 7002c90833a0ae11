"""Locks in one order, and only where the database needs them."""

import time
from threading import Event
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.foundation.data.locks import FormStale, LockSpace, alone, check_version, lock_name, locked, share_name
from linli.ground.areas.models import Area
from tests.foundation.trail.threads import in_threads


def statements(work) -> list[str]:
    """What the work sent to the database."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


class TestLocked:
    def test_takes_the_rows_in_the_order_of_their_keys(self, community):
        rows = list(locked(Area.objects.order_by("-code")))

        assert [row.pk for row in rows] == sorted(row.pk for row in rows)

    def test_locks_rows_where_there_are_row_locks(self, community):
        sent = statements(lambda: list(locked(Area.objects.all())))

        assert ("FOR NO KEY UPDATE" in sent[-1]) is (connection.vendor == "postgresql")


class TestVersion:
    @pytest.mark.parametrize("seen", [2, 0])
    def test_of_another_state_is_stale(self, seen):
        with pytest.raises(FormStale):
            check_version(SimpleNamespace(version=3), seen)

    @pytest.mark.parametrize("seen", [3, None])
    def test_of_the_present_state_passes_and_nobody_need_say_it(self, seen):
        check_version(SimpleNamespace(version=3), seen)


class TestLockName:
    def test_asks_for_a_named_lock_only_where_writers_can_meet(self, db):
        sent = statements(lambda: lock_name(LockSpace.AUDIT_CHAIN, 2**31 + 5))

        assert [s for s in sent if "pg_advisory_xact_lock(7001, 5)" in s] == (
            sent if connection.vendor == "postgresql" else []
        )


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
class TestSharedName:
    def test_is_held_by_several_together_and_waited_for_by_who_is_alone(self, committed_database):
        shared, ended = (Event(), Event()), []

        def one(number: int) -> list[int]:
            if number == 2:
                for other in shared:
                    assert other.wait(timeout=30)
                with alone(LockSpace.FACTS, 0):
                    return sorted(ended)
            with transaction.atomic():
                share_name(LockSpace.FACTS, 0)
                shared[number].set()
                # Both hold it now: neither waits for the other's end.
                assert shared[1 - number].wait(timeout=30)
                time.sleep(0.2)
                ended.append(number)
            return []

        assert in_threads(3, one)[2] == [0, 1]
