"""Packs and calendars in the database: installed once, immutable, used by their date; determinations replay."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from linli.foundation.data.locks import LockSpace
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.calendar import YearTable
from linli.law.policies.engine import ExamplesFailed, load_calendar_tables, replay
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.models import Determination, PackVersion, WorkingDayYear
from linli.law.policies.operations import (
    CaseSubject,
    PackVersionTaken,
    YearTableImplausible,
    determine,
    install_pack,
    load_years,
)
from linli.law.policies.queries import (
    PackAltered,
    PackNotInForce,
    determinations,
    forget_cached,
    installed,
    newest_determination,
    pack_by_digest,
    pack_in_force,
    pack_of,
    pack_store,
    pack_version_in_force,
    schemes,
    work_calendar,
)
from tests.conftest import MONDAY, Staff, at, system_act
from tests.locking import named_locks

PACKS = Path(__file__).resolve().parents[2] / "packs"
SCHEME = "community_assistance"
FOLDER = PACKS / "community" / "assistance_plan"


@pytest.fixture
def store(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """Installed packs are kept in a place of the test's own."""
    settings.DATA_DIR = tmp_path / "data"  # type: ignore[attr-defined]  # pytest-django's settings
    pack_by_digest.cache_clear()
    yield tmp_path  # type: ignore[misc]  # a generator fixture
    pack_by_digest.cache_clear()


def changed(store: Path, **replacements: str) -> Path:
    """A copy of the pack with texts of its scheme file replaced."""
    copy = store / f"copy{len(list(store.iterdir()))}"
    shutil.copytree(FOLDER, copy)
    scheme = copy / "scheme.toml"
    text = scheme.read_text()
    for old, new in replacements.items():
        text = text.replace(f'{old} = "1.0"', f'{old} = "{new}"')
    scheme.write_text(text)
    return copy


def table(year: int, *, off: int = 12) -> YearTable:
    """A year with that many weekdays off, from its first on."""
    days = [date.fromordinal(date(year, 1, 1).toordinal() + n) for n in range(360)]
    return YearTable(year, frozenset([day for day in days if day.weekday() < 5][:off]), frozenset(), "test")


@pytest.mark.django_db
class TestInstallPack:
    def test_keeps_the_files_under_their_digest(self, store: Path) -> None:
        version = install_pack(system_act(), folder=FOLDER)

        assert (pack_store() / version.digest / "rules.py").exists()
        assert pack_of(version.pk).digest == version.digest
        assert (str(version), schemes(), installed()) == ("community_assistance 1.0", [SCHEME], [version])

    def test_waits_for_what_is_being_installed_so_that_the_newest_id_names_all(self, store: Path) -> None:
        assert named_locks(lambda: install_pack(system_act(), folder=FOLDER)) == {(LockSpace.LAW, 0)}

    def test_the_same_pack_again_changes_nothing(self, store: Path) -> None:
        first = install_pack(system_act(), folder=FOLDER)

        assert install_pack(system_act(), folder=FOLDER) == first
        assert PackVersion.objects.count() == 1

    def test_another_scheme_may_have_the_same_version(self, store: Path) -> None:
        ours = install_pack(system_act(), folder=FOLDER)
        river = install_pack(system_act(), folder=FOLDER.parents[2] / "tests" / "packs" / "river_living")

        assert (river.version, river != ours, PackVersion.objects.count()) == (ours.version, True, 2)
        assert pack_of(river.pk).digest != pack_of(ours.pk).digest

    def test_another_content_under_the_same_version_is_refused(self, store: Path) -> None:
        install_pack(system_act(), folder=FOLDER)
        other = changed(store)
        (other / "rules.py").write_text((other / "rules.py").read_text() + "\n# changed\n")

        with pytest.raises(PackVersionTaken):
            install_pack(system_act(), folder=other)

    def test_a_pack_that_does_not_give_what_its_examples_promise_is_refused(self, store: Path) -> None:
        other = changed(store, version="1.1")
        example = other / "examples" / "01_below_the_line.toml"
        example.write_text(example.read_text().replace("amount_fen = 50_000", "amount_fen = 49_900"))

        with pytest.raises(ExamplesFailed) as refusal:
            install_pack(system_act(), folder=other)

        assert "examples/01_below_the_line.toml" in str(refusal.value)
        assert (installed(), list(store.glob("data/packs/*"))) == ([], [])

    def test_a_new_version_stands_beside_the_old_one(self, store: Path) -> None:
        install_pack(system_act(), folder=FOLDER)
        newer = install_pack(system_act(), folder=changed(store, version="1.1"))

        assert pack_version_in_force(SCHEME, MONDAY) == newer

    def test_administrators_install_and_nobody_else(self, store: Path, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            install_pack(Act(staff.director, at(MONDAY)), folder=FOLDER)

        assert install_pack(Act(staff.administrator, at(MONDAY)), folder=FOLDER)

    def test_an_altered_pack_is_used_no_more(self, store: Path) -> None:
        version = install_pack(system_act(), folder=FOLDER)
        rules = pack_store() / version.digest / "rules.py"
        rules.write_text(rules.read_text() + "\n# altered\n")
        forget_cached()

        with pytest.raises(PackAltered):
            pack_in_force(SCHEME, MONDAY)

    def test_a_version_never_changes(self, store: Path) -> None:
        install_pack(system_act(), folder=FOLDER)

        with pytest.raises(IntegrityError), transaction.atomic():
            PackVersion.objects.update(valid_from=MONDAY)


@pytest.mark.django_db
class TestPackInForce:
    def test_begins_on_its_day(self, store: Path) -> None:
        install_pack(system_act(), folder=FOLDER)

        assert pack_in_force(SCHEME, date(2025, 11, 1)).code == SCHEME
        with pytest.raises(PackNotInForce):
            pack_in_force(SCHEME, date(2025, 10, 31))


@pytest.mark.django_db
class TestLoadYears:
    def test_the_newest_table_of_a_year_counts(self) -> None:
        tables = load_calendar_tables(PACKS / "calendar" / "china.toml")
        load_years(system_act(), tables=[tables[2026]])
        assert not work_calendar().is_working(date(2026, 10, 7))

        load_years(system_act(), tables=[table(2026)])

        assert work_calendar().is_working(date(2026, 10, 7))
        assert str(WorkingDayYear.objects.order_by("-pk")[0]) == "2026: test"

    def test_without_tables_every_year_is_unpublished(self) -> None:
        assert not work_calendar().is_published(2026)

    @pytest.mark.parametrize(("off", "plausible"), [(0, True), (21, True), (22, False)])
    def test_a_year_of_an_unlikely_length_is_refused(self, off: int, plausible: bool) -> None:
        # 2026 has 261 weekdays.
        if plausible:
            assert load_years(system_act(), tables=[table(2026, off=off)])
        else:
            with pytest.raises(YearTableImplausible) as refusal:
                load_years(system_act(), tables=[table(2026, off=off)])
            assert refusal.value.working_days == 239

    @pytest.mark.parametrize("who", ["street_officer", "district_officer", "administrator"])
    def test_officers_load_and_deadlines_follow_by_a_job(self, staff: Staff, who: str) -> None:
        from django_tasks_db.models import DBTaskResult

        load_years(Act(getattr(staff, who), at(MONDAY)), tables=[table(2026)])

        jobs = sorted((row.task_path, row.args_kwargs["kwargs"]["on"]) for row in DBTaskResult.objects.all())
        assert jobs == [
            ("linli.aid.assistance.tasks.recompute", "2026-03-09"),
            ("linli.money.awards.tasks.recompute", "2026-03-09"),
        ]

    def test_waits_for_what_is_being_loaded_so_that_the_newest_id_names_all(self) -> None:
        assert named_locks(lambda: load_years(system_act(), tables=[table(2026)])) == {(LockSpace.LAW, 0)}

    def test_nobody_else_loads(self, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            load_years(Act(staff.clerk, at(MONDAY)), tables=[table(2026)])


@act
def work_out(act: Act, *, version_id: int, cases: list[CaseSubject]) -> list[Determination]:
    """Determine as another room does."""
    made = determine(act, cases=cases, pack_version_id=version_id, on=MONDAY)
    audit.record(act, where=0, subject="test")
    return made


@pytest.mark.django_db
class TestDetermine:
    def test_keeps_facts_trace_and_result_to_the_byte(self, store: Path) -> None:
        version = install_pack(system_act(), folder=FOLDER)
        person = Member("R-1", "HEAD", {"age": Fact(70, "登记", MONDAY), "monthly_income_fen": Fact(80_000)})
        cases = [CaseSubject(f"application:JZ-{n}", CaseFacts((person,))) for n in (1, 2)]

        first, second = work_out(system_act(), version_id=version.pk, cases=cases)

        assert replay(pack_of(version.pk), first.document) == first.document
        assert newest_determination("application:JZ-2") == second
        assert newest_determination("application:JZ-3") is None
        assert determinations([first.pk]) == {first.pk: first}
        assert str(first) == "application:JZ-1 2026-03-09"
