"""A second reckoning finds what the first one missed: each planted bug is named."""

from datetime import date
from pathlib import Path

from django.db import connection

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import SYSTEM, Act
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.law.policies.queries import law_book
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Following
from linli.money.awards.operations import Ending, end
from linli.money.awards.queries import schedules
from linli.money.awards.queries.recomputation import OVERPAID, UNDERPAID, UNNOTICED, recomputed
from linli.registry.residents.operations import record_death
from tests.awards.river import River, make_river, next_version
from tests.conftest import Community, Staff, at, system_act
from tests.layers import layer
from tests.ledger.world import by

GROWN, GROWN_TOO = date(1980, 3, 3), date(1982, 5, 5)


@layer
def river(community: Community, staff: Staff) -> River:
    return make_river(community, staff)


def paid_until(river: River, month: int) -> None:
    for number in range(2, month + 1):
        river.paid(Month(2026, number), on=date(2026, number, 16))


@act
def pretend(act: Act, *, on: date) -> None:
    """Somebody says that everything was looked at, and did not look."""
    Following.objects.create(on=on, pack_version_id=law_book(on).newest_id, circumstance_id=0, at=act.at)
    audit.record(act, where=0, subject="test:pretended")


def plant(statement: str) -> None:
    """Change rows behind the product's back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'awards_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        if connection.vendor != "sqlite":
            cursor.execute("SET session_replication_role = DEFAULT")


def found() -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in recomputed()]


class TestAllIsWell:
    def test_through_a_standard_and_a_birthday(self, river: River) -> None:
        river.family(GROWN, GROWN_TOO)
        river.family(date(1956, 5, 20), GROWN_TOO)
        for day in (date(2026, 1, 20), date(2026, 5, 20), date(2026, 7, 1)):
            river.look(day)
        paid_until(river, 8)
        assert found() == []

    def test_when_a_standard_is_adopted_late(self, river: River, tmp_path: Path) -> None:
        river.family(GROWN, date(2010, 5, 2))
        river.look(date(2026, 1, 20))
        paid_until(river, 5)
        river.look(date(2026, 5, 31))
        folder = next_version(
            tmp_path, version="1.1", valid_from=date(2026, 6, 1), head_standard_fen=("2026-04-01", 94_000)
        )
        install_pack(system_act(date(2026, 6, 1)), folder=folder)
        river.look(date(2026, 6, 5))
        paid_until_june = river.paid(Month(2026, 6), on=date(2026, 6, 16))
        assert (paid_until_june.items_count, found()) == (3, [])

    def test_when_a_law_between_two_birthdays_changes_in_mid_month(self, river: River, tmp_path: Path) -> None:
        """A birthday of 15 July counts from August, though the standard of 20 July counts for July."""
        river.family(date(1956, 7, 15), GROWN_TOO)
        folder = next_version(
            tmp_path, version="1.1", valid_from=date(2026, 7, 20), head_standard_fen=("2026-07-20", 99_000)
        )
        install_pack(system_act(date(2026, 5, 1)), folder=folder)
        for day in (date(2026, 1, 20), date(2026, 7, 1), date(2026, 7, 15), date(2026, 7, 20)):
            river.look(day)
        due = {month.month: fen for month, fen in schedules([river.awards[0].pk])[river.awards[0].pk].items()}
        assert (due[7], due[8], found()) == (78_000, 96_000, [])

    def test_when_an_award_ended_before_a_standard_that_a_person_follows(self, river: River, tmp_path: Path) -> None:
        """A lower standard from October is adopted by a person; the family had moved away in September."""
        award = river.family(GROWN, GROWN_TOO, determined=date(2026, 7, 13), decided=date(2026, 7, 20))
        folder = next_version(
            tmp_path, version="1.1", valid_from=date(2026, 10, 1), head_standard_fen=("2026-10-01", 70_000)
        )
        scheme = folder / "scheme.toml"
        text, by_itself = scheme.read_text(), 'downwards = "AUTOMATIC"\ndownwards_from = "MONTH"'
        assert by_itself in text
        scheme.write_text(text.replace(by_itself, 'downwards = "REVIEW"\ndownwards_from = "AFTER_DECISION"', 1))
        install_pack(system_act(date(2026, 5, 1)), folder=folder)
        river.look(date(2026, 7, 21))
        for month in (8, 9):
            river.paid(Month(2026, month), on=date(2026, month, 16))
        gone = Ending(award.pk, date(2026, 9, 20), EndReason.MOVED)
        end(by(river.staff.director, date(2026, 9, 21)), endings=[gone])
        for day in (date(2026, 10, 1), date(2026, 11, 2)):
            river.look(day)
        assert found() == []


class TestPlanted:
    def test_a_standard_that_nobody_followed(self, river: River) -> None:
        river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 1, 20))
        paid_until(river, 7)
        pretend(Act(SYSTEM, at(date(2026, 7, 16))), on=date(2026, 7, 16))
        assert found()[0] == (UNDERPAID, "DY-2026-0001:2026-07 720.00 ≠ 620.00")

    def test_a_birthday_that_nobody_followed(self, river: River) -> None:
        river.family(date(1956, 3, 10), GROWN_TOO)
        river.look(date(2026, 1, 20))
        paid_until(river, 4)
        pretend(Act(SYSTEM, at(date(2026, 4, 16))), on=date(2026, 4, 16))
        assert found()[0] == (UNDERPAID, "DY-2026-0001:2026-04 800.00 ≠ 620.00")

    def test_a_child_that_grew_up_unseen(self, river: River) -> None:
        river.family(GROWN, date(2010, 3, 2))
        river.look(date(2026, 1, 20))
        paid_until(river, 4)
        pretend(Act(SYSTEM, at(date(2026, 4, 16))), on=date(2026, 4, 16))
        assert found()[0] == (OVERPAID, "DY-2026-0001:2026-04 620.00 ≠ 800.00")

    def test_a_death_that_ended_nothing(self, river: River) -> None:
        river.family(date(1950, 3, 3), earned_fen=60_000)
        river.look(date(2026, 1, 20))
        paid_until(river, 4)
        person = river.people(river.families[0])[0]
        record_death(by(river.staff.clerk, date(2026, 4, 20)), resident_ids=[person.pk], died_date=date(2026, 2, 20))
        pretend(Act(SYSTEM, at(date(2026, 4, 21))), on=date(2026, 4, 21))
        assert [code for code, _subject in found()] == [OVERPAID, OVERPAID]

    def test_a_death_in_the_family_that_nobody_looked_at(self, river: River) -> None:
        river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 3, 6))
        person = river.people(river.families[0])[1]
        record_death(by(river.staff.clerk, date(2026, 3, 6)), resident_ids=[person.pk], died_date=date(2026, 3, 5))
        pretend(Act(SYSTEM, at(date(2026, 3, 7))), on=date(2026, 3, 7))
        assert found() == [(UNNOTICED, f"DY-2026-0001:{person.number} 2026-03-05")]

    def test_nothing_before_the_next_morning(self, river: River) -> None:
        river.family(date(1950, 3, 3), earned_fen=60_000)
        river.look(date(2026, 1, 20))
        paid_until(river, 4)
        person = river.people(river.families[0])[0]
        record_death(by(river.staff.clerk, date(2026, 4, 20)), resident_ids=[person.pk], died_date=date(2026, 2, 20))
        assert found() == []

    def test_an_amount_that_no_determination_gives(self, river: River) -> None:
        river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 1, 20))
        river.look(date(2026, 7, 1))
        plant("UPDATE awards_awardchange SET amount_fen = 99900 WHERE kind = 'CHANGED'")
        assert found()[0] == (OVERPAID, "DY-2026-0001:2026-07 720.00 ≠ 999.00")

    def test_a_month_that_was_paid_with_less(self, river: River) -> None:
        river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 1, 20))
        paid_until(river, 3)
        plant("UPDATE awards_awardmonth SET amount_fen = 72000 WHERE month_date = '2026-03-01'")
        assert found() == [(OVERPAID, "DY-2026-0001:2026-03 620.00 ≠ 720.00")]
