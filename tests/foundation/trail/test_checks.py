"""Checks of the trail: what one since the last time sees, what the whole one sees, and whose word it goes on from."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django_tasks_db.models import DBTaskResult

from linli.foundation import clock
from linli.foundation.data.readings import one_reading
from linli.foundation.trail import checks, invariants
from linli.foundation.trail.audit import record_read, seal_days
from linli.foundation.trail.checks import Check, CheckState, CheckWaiting
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.ground.areas.models import Area
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, Community, at, system_act
from tests.foundation.trail.threads import in_threads
from tests.unguarded import switch_off

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NEXT_SUNDAY = date(2026, 3, 15)


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the product's clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(at(TUESDAY, 6))
    return set_to


@pytest.fixture
def sealed(community: Community, hour: Callable[[datetime], None]) -> Community:
    """Areas were made on Monday, two pages were read, and the day is sealed."""
    for number in range(2):
        record_read(Act(SYSTEM, at(MONDAY, 9, number)), where=community.community.pk, subject=f"page:{number}")
    seal_days(Act(SYSTEM, at(TUESDAY, 5)), before=TUESDAY)
    return community


def check(*, full: bool, day: date = TUESDAY) -> checks.Result:
    """Ask for one, do it as the worker does, and say what it said."""
    made = checks.ask_check(Act(SYSTEM, at(day, 6)), full=full)
    checks.run(made.pk)
    found = checks.newest(full=full)
    assert found is not None
    return found


def problems(*, full: bool) -> list[str]:
    return [f"{one.code} {one.subject}" for one in check(full=full, day=clock.now().date()).problems]


def write_behind(statement: str) -> None:
    """As somebody with the database's password could: whatever refuses it is dropped first, and put back."""
    table = statement.replace("DELETE FROM", "UPDATE").split()[1].strip('"')
    rule = "" if connection.vendor == "postgresql" else table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [rule])
        kept = cursor.fetchall()
        for name, _sql in kept:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement)
        for _name, sql in kept:
            cursor.execute(sql)


def on(day: date) -> str:
    return f"chain <> 0 AND day = '{day.isoformat()}' AND seq = 1"


class TestAWholeCheck:
    def test_finds_nothing_in_an_untouched_trail_and_says_how_far_it_came(self, sealed: Community) -> None:
        result = check(full=True)
        last = AuditSeal.objects.latest("seq")

        assert (result.number, result.full) == (0, True)
        assert result.reached is not None
        assert (result.reached.seal, result.reached.mac, result.reached.day) == (last.seq, last.mac, MONDAY)

    def test_names_an_entry_of_its_area(self, sealed: Community) -> None:
        write_behind(f"UPDATE foundation_auditentry SET subject = 'x' WHERE chain = {sealed.community.pk} AND seq = 2")
        result = check(full=True)

        told = f"area {sealed.community.pk}, 2026-03-09: entry 2 was altered"
        assert (result.problems[0].subject, result.problems[0].chain) == (told, sealed.community.pk)
        assert result.reached is None

    def test_before_the_first_seal_there_is_nothing_to_go_on_from(self, community: Community, hour: object) -> None:
        assert check(full=True).reached is None
        assert checks.reached() is None

    def test_keeps_the_first_problems_by_name_and_counts_all(
        self, sealed: Community, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checks, "_NAMED", 2)
        write_behind("UPDATE areas_area SET name = 'x'")
        result = check(full=True)

        assert (len(result.problems), result.number) == (2, Area.objects.count())


class TestSinceTheLastTime:
    """What a check goes on from is not looked at again; all that came later is."""

    @pytest.fixture(autouse=True)
    def _checked(self, sealed: Community, hour: Callable[[datetime], None]) -> None:
        check(full=True)
        self.community, self.hour = sealed, hour
        record_read(Act(SYSTEM, at(TUESDAY, 9)), where=sealed.community.pk, subject="later")

    def to_wednesday(self) -> None:
        """Tuesday is over and sealed."""
        self.hour(at(WEDNESDAY, 6))
        seal_days(Act(SYSTEM, at(WEDNESDAY, 5)), before=WEDNESDAY)

    def test_finds_nothing_where_nothing_was_done(self) -> None:
        assert problems(full=False) == []

    def test_goes_on_where_it_came_to(self) -> None:
        first = check(full=False)
        self.to_wednesday()
        second = check(full=False, day=WEDNESDAY)

        assert first.reached is not None
        assert second.reached is not None
        assert (second.number, first.reached.day, second.reached.day) == (0, MONDAY, TUESDAY)

    @pytest.mark.parametrize("change", ["subject = 'x'", "note = '{}'", "actor_id = 99", "mac = 'x'"])
    def test_finds_a_later_entry_that_was_altered(self, change: str) -> None:
        change = change.replace("'{}'", "'{\"a\":1}'")
        write_behind(f"UPDATE foundation_auditentry SET {change} WHERE {on(TUESDAY)}")

        assert any("entry 1 was altered" in one for one in problems(full=False))

    def test_finds_an_older_entry_that_was_taken_out(self) -> None:
        self.to_wednesday()
        check(full=False, day=WEDNESDAY)
        write_behind(f"DELETE FROM foundation_auditentry WHERE {on(MONDAY)}")

        assert any("entries of sealed days were added or removed" in one for one in problems(full=False))

    def test_leaves_an_older_entry_that_was_altered_to_the_whole_check(self) -> None:
        self.to_wednesday()
        check(full=False, day=WEDNESDAY)
        write_behind(f"UPDATE foundation_auditentry SET subject = 'x' WHERE {on(MONDAY)}")

        assert problems(full=False) == []
        assert any("entry 1 was altered" in one for one in problems(full=True))

    def test_finds_a_seal_put_upon_the_old_ones_that_does_not_follow_from_them(self) -> None:
        self.to_wednesday()
        last = AuditSeal.objects.latest("seq")
        write_behind(f"UPDATE foundation_auditseal SET count = 7 WHERE id = {last.pk}")

        assert any(f"seal {last.seq} was altered or removed" in one for one in problems(full=False))

    def test_finds_a_row_that_an_act_wrote_since(self) -> None:
        one = checks.ask_check(system_act(TUESDAY), full=False)
        checks.run(one.pk)
        write_behind(f'UPDATE foundation_check SET "full" = NOT "full" WHERE id = {one.pk}')

        assert problems(full=False) == [f"row.altered foundation_check {one.pk}"]

    def test_finds_a_row_that_an_act_wrote_since_and_that_is_gone(self) -> None:
        one = checks.ask_check(system_act(TUESDAY), full=False)
        checks.run(one.pk)
        write_behind(f"DELETE FROM foundation_check WHERE id = {one.pk}")

        assert problems(full=False) == [f"row.removed foundation_check {one.pk}"]

    def test_finds_a_row_slipped_in_behind_the_last_key(self) -> None:
        write_behind(f"UPDATE areas_area SET id = 9000 WHERE id = {self.community.other_grid.pk}")

        assert problems(full=False) == [
            f"row.removed areas_area {self.community.other_grid.pk}",
            "row.added areas_area 9000",
        ]

    def test_leaves_a_row_of_before_to_the_whole_check(self) -> None:
        self.to_wednesday()
        check(full=False, day=WEDNESDAY)
        write_behind(f"UPDATE areas_area SET name = 'x' WHERE id = {self.community.street.pk}")

        assert problems(full=False) == []
        assert problems(full=True) == [f"row.altered areas_area {self.community.street.pk}"]

    def test_finds_a_trigger_that_is_gone(self) -> None:
        switch_off("foundation_auditentry_no_update", "foundation_auditentry")

        assert problems(full=False) == [
            "definition.differs trigger foundation_auditentry.foundation_auditentry_no_update"
        ]

    def test_of_very_many_rows_it_reads_the_whole_table(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("linli.foundation.trail.digests._MANY", 0)
        write_behind(f'UPDATE foundation_check SET "full" = NOT "full" WHERE state = \'{CheckState.DONE}\'')

        assert [one.partition(" ")[0] for one in problems(full=False)] == ["row.altered"]

    def test_what_found_something_is_not_gone_on_from(self) -> None:
        before = checks.reached()
        switch_off("foundation_auditentry_no_update", "foundation_auditentry")
        self.to_wednesday()
        check(full=False, day=WEDNESDAY)

        assert checks.reached() == before


class TestTheMemory:
    """Whoever holds the database can make the next check begin earlier, never later."""

    @pytest.fixture(autouse=True)
    def _checked(self, sealed: Community, hour: Callable[[datetime], None]) -> None:
        check(full=True)
        self.hour = hour

    def test_that_was_altered_is_nobodys(self) -> None:
        write_behind("UPDATE foundation_check SET said = replace(said, '\"number\":0', '\"number\":1')")

        assert (checks.newest(full=True), checks.reached()) == (None, None)

    def test_of_a_check_since_is_not_taken_for_a_whole_one(self) -> None:
        check(full=False)
        write_behind('UPDATE foundation_check SET "full" = NOT "full"')

        assert (checks.newest(full=True), checks.newest(full=False)) == (None, None)

    def test_of_another_row_is_not_taken(self) -> None:
        write_behind("UPDATE foundation_check SET id = 5000")

        assert checks.reached() is None

    def test_that_is_older_begins_earlier(self) -> None:
        earlier = checks.reached()
        self.hour(at(WEDNESDAY, 6))
        seal_days(Act(SYSTEM, at(WEDNESDAY, 5)), before=WEDNESDAY)
        check(full=False, day=WEDNESDAY)
        later = checks.reached()
        write_behind(
            'DELETE FROM foundation_check WHERE "full" = ' + ("FALSE" if connection.vendor != "sqlite" else "0")
        )

        assert earlier is not None
        assert later is not None
        assert (later.day, checks.reached()) == (TUESDAY, earlier)

    def test_of_a_seal_that_is_gone_is_worth_nothing(self) -> None:
        write_behind("UPDATE foundation_auditseal SET mac = 'x'")

        assert checks.reached() is None
        assert any("seal 1 was altered or removed" in one for one in problems(full=False))


class TestADay:
    def ask(self, day: date) -> Check | None:
        checks.ask_daily(Act(SYSTEM, at(day, 5)))
        return checks.waiting()

    def test_begins_with_a_whole_check_where_there_was_none(self, sealed: Community) -> None:
        asked = self.ask(TUESDAY)
        assert asked is not None
        assert asked.full

    @pytest.mark.parametrize(("days", "full"), [(1, False), (4, False), (5, True), (6, False), (7, True)])
    def test_checks_since_the_last_time_and_the_whole_on_sundays_and_after_a_week(
        self, sealed: Community, days: int, full: bool
    ) -> None:
        check(full=True)
        asked = self.ask(TUESDAY + timedelta(days=days))
        assert asked is not None
        assert asked.full is full

    def test_asks_for_nothing_while_one_waits(self, sealed: Community) -> None:
        first = self.ask(TUESDAY)
        assert self.ask(NEXT_SUNDAY) == first
        assert Check.objects.count() == 1


class TestAJob:
    def test_is_queued_with_what_asks_for_it(self, sealed: Community) -> None:
        one = checks.ask_check(system_act(TUESDAY), full=True)
        assert DBTaskResult.objects.get().args_kwargs["kwargs"] == {"check_id": one.pk}

    def test_is_one_at_a_time(self, sealed: Community) -> None:
        checks.ask_check(system_act(TUESDAY), full=True)
        with pytest.raises(CheckWaiting):
            checks.ask_check(system_act(TUESDAY), full=False)

    def test_says_how_far_it_is(self, sealed: Community) -> None:
        check(full=True)
        done = Check.objects.get()
        assert done.done == done.parts > len(invariants.parts()) - 1 > 50

    def test_that_ran_already_does_nothing(self, sealed: Community) -> None:
        check(full=True)
        entries = AuditEntry.objects.count()
        checks.run(Check.objects.get().pk)
        assert AuditEntry.objects.count() == entries

    def test_that_breaks_off_says_so_and_makes_room(self, sealed: Community, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken() -> list[invariants.Violation]:
            raise RuntimeError("no such thing")

        monkeypatch.setattr(invariants, "invariants", {"tests": broken})
        one = checks.ask_check(system_act(TUESDAY), full=True)
        with pytest.raises(RuntimeError, match="no such thing"):
            checks.run(one.pk)

        assert (checks.broke_off(), checks.newest(full=True), checks.waiting()) == (one, None, None)

    def test_goes_on_behind_a_value_that_a_room_cannot_read(
        self, sealed: Community, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What no code of ours ever wrote is found by the digests of its row: the check says more than a traceback."""

        def unreadable() -> list[invariants.Violation]:
            return [invariants.Violation("tests.day", date.fromisoformat("2026-13-01").isoformat())]

        monkeypatch.setattr(invariants, "invariants", {"tests": unreadable})
        found = [one for part in invariants.parts() for one in part()]

        assert [(one.code, one.subject.partition(":")[0]) for one in found] == [("check.unreadable", "tests")]

    def test_that_a_worker_left_is_queued_again(self, sealed: Community) -> None:
        checks.ask_check(system_act(TUESDAY), full=True)
        DBTaskResult.objects.all().delete()
        checks.resume()
        assert DBTaskResult.objects.count() == 1

    def test_nothing_is_queued_where_nothing_waits(self, sealed: Community) -> None:
        checks.resume()
        assert not DBTaskResult.objects.exists()


class TestOneReading:
    def test_what_is_done_meanwhile_is_not_seen_and_nobody_waits(self, committed_database: str) -> None:
        record_read(Act(SYSTEM, at(MONDAY)), where=3, subject="before")
        with one_reading():
            before = AuditEntry.objects.count()
            in_threads(1, lambda _n: record_read(Act(SYSTEM, at(MONDAY)), where=3, subject="meanwhile"))
            during = AuditEntry.objects.count()

        assert (during, AuditEntry.objects.count()) == (before, before + 1)

    def test_what_is_said_beside_it_is_seen_at_once(self, committed_database: str, settings: LazySettings) -> None:
        one = checks.ask_check(system_act(TUESDAY), full=True)
        with one_reading() as aside:
            Check.objects.count()
            checks._tell(one.pk, aside, 3, 9)
            seen = in_threads(1, lambda _n: (Check.objects.get().done, Check.objects.get().parts))

        assert seen == [(3, 9)]
