"""The audit chain: every way of tampering that one can think of is planted and found."""

import json
import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from linli.foundation.data.scope import Stamp
from linli.foundation.trail import acts, chain
from linli.foundation.trail.acts import ActMisused, act, open_act
from linli.foundation.trail.audit import DayNotOver, head, record, record_read, seal_days, verify
from linli.foundation.trail.chain import DaySealed
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.kernel.act import SYSTEM, Act
from linli.kernel.canonical import digest
from tests.conftest import MONDAY, at
from tests.foundation.trail.threads import in_threads

HERE, THERE = Stamp(1, 2, 3), Stamp(1, 2, 4)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@act
def note_down(act: Act, *, subject: str, where: Stamp = HERE, lines: tuple[object, ...] = ()) -> AuditEntry:
    return record(act, where=where, subject=subject, lines=lines, note={"b": 1, "a": "邻里"})


@act
def post_money(act: Act) -> AuditEntry:
    open_act().money.append(("J-2026-0001", "d" * 64))
    return record(act, where=HERE, subject="with-money")


@act
def post_money_in_two_places(act: Act) -> list[AuditEntry]:
    open_act().money.append(("J-2026-0001", "d" * 64))
    return [record(act, where=where, subject="twice") for where in (HERE, THERE)]


def tamper(statement: str, table: str = "foundation_auditentry") -> None:
    """Change the table as somebody with the database's password could: the triggers are dropped first."""
    with connection.cursor() as cursor:
        for trigger in (f"{table}_no_update", f"{table}_no_delete"):
            cursor.execute(f'DROP TRIGGER "{trigger}"' + (f' ON "{table}"' if connection.vendor != "sqlite" else ""))
        cursor.execute(statement)


def problems() -> list[str]:
    return [problem.what for problem in verify()]


@pytest.fixture
def trail(db):
    """Two places, two days of three entries, both days sealed."""
    for day in (MONDAY, TUESDAY):
        for where in (HERE, THERE):
            for number in range(3):
                note_down(Act(SYSTEM, at(day, 9, number)), subject=f"case:{number}", where=where)
    seal_days(Act(SYSTEM, at(WEDNESDAY, 6)), before=WEDNESDAY)


class TestRecord:
    def test_says_who_did_what_when_and_where(self, db):
        entry = note_down(Act(SYSTEM, at(MONDAY)), subject="case:1")

        assert (entry.chain, entry.day, entry.actor_id, entry.act, entry.subject) == (
            3,
            MONDAY,
            0,
            "tests.note_down",
            "case:1",
        )

    def test_counts_from_one_in_each_place_and_day(self, trail):
        entries = AuditEntry.objects.filter(chain__in=[3, 4]).order_by("chain", "day", "seq")

        assert [entry.seq for entry in entries] == [1, 2, 3] * 4

    def test_keeps_a_set_as_count_and_digest(self, db):
        entry = note_down(Act(SYSTEM, at(MONDAY)), subject="set", lines=("a", "b"))

        assert (entry.lines_count, entry.lines_digest) == (2, digest(["a", "b"]))

    def test_keeps_no_digest_of_nothing(self, db):
        assert note_down(Act(SYSTEM, at(MONDAY)), subject="one").lines_digest == ""

    def test_keeps_its_note_as_canonical_text(self, db):
        assert note_down(Act(SYSTEM, at(MONDAY)), subject="one").note == '{"a":"邻里","b":1}'

    def test_adds_the_journals_posted_in_the_act(self, db):
        assert json.loads(post_money(Act(SYSTEM, at(MONDAY))).note) == {"journals": [["J-2026-0001", "d" * 64]]}

    def test_names_a_journal_in_one_entry_only(self, db):
        entries = post_money_in_two_places(Act(SYSTEM, at(MONDAY)))

        assert [json.loads(entry.note) for entry in entries] == [{"journals": [["J-2026-0001", "d" * 64]]}, {}]

    def test_needs_an_open_act(self, db):
        with pytest.raises(ActMisused):
            record(Act(SYSTEM, at(MONDAY)), where=HERE, subject="nothing")

    def test_reads_well_in_a_list(self, db):
        assert str(note_down(Act(SYSTEM, at(MONDAY)), subject="case:1")) == "2026-03-09 #1 tests.note_down case:1"

    def test_eight_writers_in_one_place_keep_one_chain(self, committed_database):
        in_threads(8, lambda n: [note_down(Act(SYSTEM, at(MONDAY)), subject=f"{n}-{m}") for m in range(5)])

        assert (AuditEntry.objects.count(), verify()) == (40, [])


class TestRecordRead:
    def test_writes_one_entry_for_a_page(self, db):
        record_read(Act(SYSTEM, at(MONDAY)), where=HERE, subject="page:residents", shown=["r1", "r2"])

        entry = AuditEntry.objects.get()
        assert (entry.act, entry.lines_count, entry.note) == ("read", 2, "{}")

    def test_keeps_the_purpose_that_was_given(self, db):
        record_read(Act(SYSTEM, at(MONDAY)), where=3, subject="person:1", purpose="核对证件")

        assert json.loads(AuditEntry.objects.get().note) == {"purpose": "核对证件"}


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["foundation_auditentry", "foundation_auditseal"])
    def test_no_row_is_changed(self, trail, table):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET mac = 'x'")

    @pytest.mark.parametrize("table", ["foundation_auditentry", "foundation_auditseal", "foundation_actkey"])
    def test_no_row_is_removed(self, trail, table):
        note_down(Act(SYSTEM, at(WEDNESDAY), "K1"), subject="keyed")

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is a word of SQLite")
    def test_no_row_is_replaced(self, trail):
        statement = (
            "REPLACE INTO foundation_auditentry SELECT id, chain, day, seq, at, 99, act, subject, lines_count, "
            "lines_digest, note, mac FROM foundation_auditentry WHERE seq = 1"
        )

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


class TestSealDays:
    def test_closes_each_place_and_day_once(self, trail):
        sealed = AuditSeal.objects.order_by("seq").values_list("seq", "chain", "day", "count")

        assert list(sealed) == [(1, 3, MONDAY, 3), (2, 4, MONDAY, 3), (3, 3, TUESDAY, 3), (4, 4, TUESDAY, 3)]

    def test_again_closes_nothing_twice(self, trail):
        assert seal_days(Act(SYSTEM, at(WEDNESDAY, 7)), before=WEDNESDAY) == []

    def test_goes_on_from_the_last_seal(self, trail):
        thursday = WEDNESDAY + timedelta(days=1)

        seals = seal_days(Act(SYSTEM, at(thursday)), before=thursday)

        # Sealing itself was an act of Wednesday, kept in the chain of the product.
        assert ([(seal.seq, seal.chain, seal.day) for seal in seals], verify()) == ([(5, 0, WEDNESDAY)], [])

    def test_refuses_a_day_that_is_not_over(self, db):
        with pytest.raises(DayNotOver):
            seal_days(Act(SYSTEM, at(MONDAY)), before=TUESDAY)

    def test_an_entry_that_is_on_its_way_is_waited_for(self, committed_database, monkeypatch):
        """It was counted by nobody and came into a day that was sealed: the trail was broken for good."""
        appended, keep = Event(), acts.digests.keep

        def slowly(entry, *rows):
            if entry.subject == "late":
                appended.set()
                time.sleep(0.5)
            keep(entry, *rows)

        monkeypatch.setattr(acts.digests, "keep", slowly)

        def work(number):
            if number == 0:
                note_down(Act(SYSTEM, at(MONDAY, 23, 59)), subject="late")
                return []
            assert appended.wait(timeout=30)
            return seal_days(Act(SYSTEM, at(TUESDAY, 0, 1)), before=TUESDAY)

        [_none, [seal]] = in_threads(2, work)

        assert (seal.count, verify()) == (1, [])

    def test_reads_well_in_a_list(self, trail):
        assert str(AuditSeal.objects.get(seq=1)) == "2026-03-09 3: 3"


class TestVerify:
    def test_finds_nothing_in_an_untouched_trail(self, trail):
        assert verify() == []

    @pytest.mark.parametrize(
        "change",
        [
            "actor_id = 99",
            "subject = 'case:9'",
            "act = 'tests.other'",
            "note = '{}'",
            "lines_count = 5",
            "lines_digest = 'x'",
            "mac = 'x'",
        ],
    )
    def test_finds_an_altered_entry(self, trail, change):
        tamper(f"UPDATE foundation_auditentry SET {change} WHERE chain = 3 AND day = '{MONDAY}' AND seq = 2")

        assert problems()[0] == "entry 2 was altered"

    def test_finds_an_entry_moved_in_time(self, trail):
        one = AuditEntry.objects.get(chain=3, day=MONDAY, seq=1)
        other = AuditEntry.objects.get(chain=3, day=MONDAY, seq=2)
        tamper(
            f"UPDATE foundation_auditentry SET at = (SELECT at FROM foundation_auditentry WHERE id = {other.pk}) "
            f"WHERE id = {one.pk}"
        )

        assert problems()[0] == "entry 1 was altered"

    @pytest.mark.skipif(connection.vendor == "postgresql", reason="a moment is no text there")
    @pytest.mark.parametrize("tail", ["+15:59", "+08:00", "Z", ".5"])
    def test_finds_a_moment_written_as_only_pages_would_read_it(self, trail, tail):
        tamper(f"UPDATE foundation_auditentry SET at = substr(at, 1, 19) || '{tail}' WHERE chain = 3 AND seq = 2")

        assert problems()[0] == "entry 2 was altered"

    def test_finds_an_entry_taken_out(self, trail):
        tamper(f"DELETE FROM foundation_auditentry WHERE chain = 3 AND day = '{MONDAY}' AND seq = 2")

        assert problems()[0] == "entry 2 is missing"

    @pytest.mark.parametrize("part", [0, 1, 499, 500, 499_999, 999_499, 999_500, 999_999])
    def test_finds_nothing_whatever_part_of_a_second_an_act_came_in(self, db, part):
        """SQLite rounds a moment to its nearest thousandth before it tells the second."""
        moment = at(MONDAY).replace(microsecond=part)
        note_down(Act(SYSTEM, moment), subject="case:1")
        seal_days(Act(SYSTEM, at(TUESDAY).replace(microsecond=part)), before=TUESDAY)

        assert problems() == []

    def test_finds_a_tail_cut_off(self, trail):
        tamper(f"DELETE FROM foundation_auditentry WHERE chain = 3 AND day = '{MONDAY}' AND seq = 3")

        assert problems() == ["entries differ from the sealed count or head"]

    def test_finds_a_whole_day_taken_out(self, trail):
        tamper(f"DELETE FROM foundation_auditentry WHERE chain = 3 AND day = '{MONDAY}'")

        assert [(problem.chain, problem.day) for problem in verify()] == [(3, MONDAY)]

    def test_finds_an_entry_added_to_a_sealed_day(self, trail):
        last = AuditEntry.objects.filter(day=MONDAY, chain=3).order_by("-seq")[0]
        late = AuditEntry(chain=3, day=MONDAY, seq=last.seq + 1, at=at(MONDAY, 23), act="tests.late", subject="late")
        late.note, late.mac = "{}", ""
        late.mac = chain.entry_mac(late, last.mac)
        late.save(force_insert=True)

        assert problems() == ["entries differ from the sealed count or head"]

    def test_a_sealed_day_takes_no_more_entries(self, trail):
        with pytest.raises(DaySealed):
            note_down(Act(SYSTEM, at(MONDAY, 23)), subject="late")

        assert problems() == []

    @pytest.mark.parametrize("change", ["count = 2", "head = 'x'", "mac = 'x'", "chain = 9"])
    def test_finds_an_altered_seal(self, trail, change):
        tamper(f"UPDATE foundation_auditseal SET {change} WHERE seq = 2", "foundation_auditseal")

        assert "seal 2 was altered or removed" in problems()

    def test_finds_a_seal_taken_out(self, trail):
        tamper("DELETE FROM foundation_auditseal WHERE seq = 2", "foundation_auditseal")

        assert "seal 2 was altered or removed" in problems()

    def test_finds_a_day_rewritten_with_everything_but_the_key(self, trail, settings):
        import dataclasses

        keys = settings.KEYS
        settings.KEYS = dataclasses.replace(keys, audit=b"f" * 32)
        forged = AuditEntry.objects.get(chain=3, day=MONDAY, seq=3)
        mac = chain.entry_mac(forged, AuditEntry.objects.get(chain=3, day=MONDAY, seq=2).mac)
        settings.KEYS = keys
        tamper(f"UPDATE foundation_auditentry SET mac = '{mac}' WHERE id = {forged.pk}")

        assert problems()[0] == "entry 3 was altered"


class TestHead:
    def test_of_an_unsealed_trail_is_empty(self, db):
        assert head() == ""

    def test_is_the_newest_seal(self, trail):
        assert head() == AuditSeal.objects.get(seq=4).mac

    def test_kept_elsewhere_shows_that_the_last_seals_were_cut(self, trail):
        kept = head()
        tamper("DELETE FROM foundation_auditseal WHERE seq > 2", "foundation_auditseal")

        assert head() != kept
