"""A new version of a pack differs by the figures that were changed, and by nothing else."""

import difflib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from linli.kernel.period import Month
from linli.law.policies.engine import ExamplesFailed, PackError, load_pack, read_examples, run_examples
from linli.law.policies.engine.carrying import changed_examples
from linli.law.policies.engine.versioning import (
    ChangedFigureUnknown,
    TargetOccupied,
    VersionNotNew,
    write_version,
)
from linli.overview.planning.engine import Change, check, fatal, plan_from_pack, propose_variant
from tests.policies.engine.support import COMMUNITY, HARBOUR

Values = Mapping[str, int | str]
_ELDER_OF_SIXTY = ("examples/05_sixty_years.toml", "ELDER_SUPPLEMENT")


def changed_lines(old: Path, new: Path, file: str) -> list[str]:
    """What the new file has instead."""
    texts = [(folder / file).read_text(encoding="utf-8").splitlines() for folder in (old, new)]
    return [line[2:] for line in difflib.ndiff(*texts) if line.startswith("+ ")]


def variant_of(folder: Path) -> Values:
    variant = propose_variant(plan_from_pack(load_pack(folder)))
    assert variant is not None
    return {change.path: change.value for change in variant.changes}


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "next"


class TestWriteVersion:
    @pytest.mark.parametrize("folder", [COMMUNITY, HARBOUR], ids=["community", "harbour"])
    def test_reads_back_as_the_plan_with_the_changes(self, folder, target):
        changes = variant_of(folder)
        expected = plan_from_pack(load_pack(folder)).with_changes([Change(*pair) for pair in changes.items()])

        plan = plan_from_pack(load_pack(write_version(folder, target, changes=changes, version="9.9")))

        # For how many months activities run follows from the months that are paid.
        derived = {"months"}
        assert {path: figure for path, figure in plan.figures.items() if path not in derived} == {
            path: figure for path, figure in expected.figures.items() if path not in derived
        }

    @pytest.mark.parametrize(("decision", "value"), [("NEEDED", True), ("NOT_NEEDED", False)])
    def test_a_decision_about_a_condition_is_written_into_its_parameter(self, target, decision, value):
        changes = {"programmes.ELDER_SUPPLEMENT.condition": decision}
        pack = load_pack(write_version(COMMUNITY, target, changes=changes, version="9.9"))

        parameter = pack.parameters["supplement_needs_base"]
        assert (parameter.values[-1].value, parameter.basis.assumption) == (value, False)
        assert plan_from_pack(pack).word("programmes.ELDER_SUPPLEMENT.condition") == decision

    @pytest.mark.parametrize(
        ("path", "value"),
        [("programmes.ELDER_SUPPLEMENT.condition", "OPEN"), ("programmes.BASE_AWARD.condition", "NEEDED")],
    )
    def test_a_condition_that_is_none_is_refused(self, target, path, value):
        with pytest.raises(ChangedFigureUnknown):
            write_version(COMMUNITY, target, changes={path: value}, version="9.9")

    @pytest.mark.parametrize("folder", [COMMUNITY, HARBOUR], ids=["community", "harbour"])
    def test_the_variant_has_no_fatal_finding_when_it_is_read_back(self, folder, target):
        write_version(folder, target, changes=variant_of(folder), version="9.9")

        assert fatal(check(plan_from_pack(load_pack(target)))) == ()

    def test_keeps_every_comment_and_changes_one_line_per_figure(self, target):
        changes: Values = {"programmes.BASE_AWARD.recipients": 190, "sources.DONATION.inflows.0.month": "2026-03"}

        write_version(COMMUNITY, target, changes=changes, version="1.1")

        assert changed_lines(COMMUNITY, target, "plan.toml") == [
            'recipients = { value = 190, unit = "HOUSEHOLDS", source = "《方案》四", stated = true } # 1.1: 200 in 1.0',
            'month = { value = "2026-03", unit = "MONTH", source = "《方案》三.4", stated = true }'
            ' # 1.1: "2026-01" in 1.0',
        ]

    def test_without_changes_only_the_version_differs(self, target):
        write_version(COMMUNITY, target, changes={}, version="1.1")

        files = [path.relative_to(COMMUNITY) for path in COMMUNITY.rglob("*.*") if "__pycache__" not in path.parts]
        differing = {str(f) for f in files if (COMMUNITY / f).read_bytes() != (target / f).read_bytes()}
        assert (differing, load_pack(target).version) == ({"scheme.toml"}, "1.1")

    def test_changes_what_a_share_is_a_share_of_and_what_is_counted(self, target):
        changes: Values = {"ratios.LOW_INCOME.of": "HOUSEHOLDS", "events.COUNSELLING.counted": "ATTENDANCES"}

        plan = plan_from_pack(load_pack(write_version(COMMUNITY, target, changes=changes, version="1.1")))

        assert {path: plan.word(path) for path in changes} == changes

    def test_says_what_the_plan_left_to_be_derived(self, target):
        changes: Values = {
            "months": 6,
            "population.helped": 200,
            "population.counting": "UPPER_BOUND",
            "visits.HOME_VISIT.people": 70,
            "visits.HOME_VISIT.counting": "UPPER_BOUND",
            "receipts.dates": "CONFIRMED",
        }

        plan = plan_from_pack(load_pack(write_version(COMMUNITY, target, changes=changes, version="1.1")))

        assert {path: plan.figures[path].value for path in changes} == changes

    def test_says_anew_what_an_earlier_version_said(self, target, tmp_path):
        said: Values = {"population.helped": 200, "population.counting": "UPPER_BOUND"}
        first = write_version(COMMUNITY, tmp_path / "first", changes=said, version="1.1")
        changes: Values = {"population.helped": 190, "population.counting": "SUMMED"}

        plan = plan_from_pack(load_pack(write_version(first, target, changes=changes, version="1.2")))

        assert {path: plan.figures[path].value for path in changes} == changes

    def test_writes_a_receipt_more(self, target):
        start = "sources.DONATION.inflows.1"
        changes: Values = {f"{start}.amount": 500, f"{start}.month": "2026-05"}

        plan = plan_from_pack(load_pack(write_version(COMMUNITY, target, changes=changes, version="1.1")))

        receipts = [plan.number(f"sources.DONATION.inflows.{n}.amount") for n in range(plan.sources[1].inflows)]
        assert (receipts, plan.month(f"{start}.month")) == ([30_000_000, 500], Month(2026, 5))

    def test_changes_the_months_that_are_paid_where_they_are_paid_too(self, target):
        pack = load_pack(
            write_version(COMMUNITY, target, changes={"programmes.BASE_AWARD.last_month": "2026-09"}, version="1.1")
        )

        assert pack.programmes["BASE_AWARD"].last_month == Month(2026, 9)

    def test_carries_every_example_over_with_the_answers_of_its_own_figures(self, target):
        write_version(COMMUNITY, target, changes={"parameters.base_award_monthly_fen": 36_200}, version="1.1")

        outcomes = run_examples(target, load_pack(target))
        assert [outcome.file for outcome in outcomes if not outcome.passed] == []
        assert len(outcomes) == len(read_examples(COMMUNITY, load_pack(COMMUNITY)))

    def test_says_beside_a_changed_answer_what_it_was_and_why(self, target):
        write_version(COMMUNITY, target, changes={"parameters.base_award_monthly_fen": 36_200}, version="1.1")

        remark = "amount_fen = 36_200 # 1.1: 50_000 in 1.0 (base_award_monthly_fen)"
        assert changed_lines(COMMUNITY, target, "examples/01_below_the_line.toml") == [remark]
        assert changed_lines(COMMUNITY, target, "examples/02_at_the_line.toml") == []

    def test_tells_which_examples_come_out_otherwise(self, target):
        write_version(COMMUNITY, target, changes={"parameters.elder_age": 70}, version="1.1")

        told = changed_examples(COMMUNITY, target)
        change = next(c for c in told if (c.file, c.difference.expected.code) == _ELDER_OF_SIXTY)
        assert (change.because, change.title.en) == (("elder_age",), "A lone elder of exactly sixty")
        assert change.difference.told(load_pack(target), "en") == (
            "Lone elder supplement (A): expected entitled, 300 yuan, got not entitled, 0 yuan"
        )

    def test_leaves_an_example_alone_that_was_wrong_before(self, target, copy):
        file = copy / "examples" / "01_below_the_line.toml"
        file.write_text(file.read_text(encoding="utf-8").replace("50_000", "49_000"), encoding="utf-8")

        write_version(copy, target, changes={"parameters.base_award_monthly_fen": 36_200}, version="1.1")

        assert changed_lines(copy, target, "examples/01_below_the_line.toml") == []

    def test_is_refused_when_an_example_gives_no_answer_any_more(self, target, copy):
        rules = copy / "rules.py"
        text = rules.read_text(encoding="utf-8")
        rules.write_text(
            text.replace("return base_award_monthly_fen if", "return Fen(base_award_monthly_fen - 40_000) if"),
            encoding="utf-8",
        )
        for file in (copy / "examples").iterdir():
            file.write_text(file.read_text(encoding="utf-8").replace("50_000", "10_000"), encoding="utf-8")

        with pytest.raises(ExamplesFailed):
            write_version(copy, target, changes={"parameters.base_award_monthly_fen": 36_200}, version="1.1")

        assert not target.exists()


class TestParameters:
    def test_replaces_a_value_that_begins_with_the_scheme(self, target):
        write_version(COMMUNITY, target, changes={"parameters.base_award_monthly_fen": 36_200}, version="1.1")

        assert changed_lines(COMMUNITY, target, "parameters.toml") == ["value = 36_200 # 1.1: 50_000 in 1.0"]

    @pytest.mark.parametrize(("until", "in_2027"), [("", 2), ("until = 2027-01-01\n", None)])
    def test_adds_a_dated_value_where_another_came_into_force_before_the_year(self, target, copy, until, in_2027):
        file = copy / "parameters.toml"
        begins = "[[home_visits_per_week.values]]\nfrom = 2025-11-01"
        text = file.read_text(encoding="utf-8")
        later = "[[home_visits_per_week.values]]\nfrom = 2025-12-01\n" + until + "value = 4\n"
        file.write_text(text.replace(begins, later + begins), encoding="utf-8")

        write_version(copy, target, changes={"parameters.home_visits_per_week": 2}, version="1.1")

        parameter = load_pack(target).parameters["home_visits_per_week"]
        days = [date(2025, 11, 1), date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1)]
        assert [parameter.value_on(day) for day in days] == [3, 4, 2, in_2027]

    def test_replaces_a_value_that_begins_with_the_year(self, target, copy):
        file = copy / "parameters.toml"
        text = file.read_text(encoding="utf-8")
        later = "[[home_visits_per_week.values]]\nfrom = 2026-01-01\nvalue = 4\n"
        file.write_text(text + "\n" + later, encoding="utf-8")

        write_version(copy, target, changes={"parameters.home_visits_per_week": 2}, version="1.1")

        assert len(load_pack(target).parameters["home_visits_per_week"].values) == 2

    def test_changes_an_amount_that_holds_from_a_later_month_on(self, target):
        write_version(HARBOUR, target, changes={"parameters.heating_base_fen.2026-10": 64_000}, version="4")

        values = load_pack(target).parameters["heating_base_fen"].values
        assert [value.value for value in values] == [60_000, 64_000]

    def test_a_pack_without_a_plan_changes_from_its_first_day(self, target, copy):
        (copy / "plan.toml").unlink()

        write_version(copy, target, changes={"parameters.elder_age": 65}, version="1.1")

        parameter = load_pack(target).parameters["elder_age"]
        assert (parameter.value_on(date(2025, 11, 1)), parameter.basis.assumption) == (65, False)

    def test_a_switch_may_be_changed(self, target):
        write_version(COMMUNITY, target, changes={"parameters.supplement_needs_base": True}, version="1.1")

        assert load_pack(target).parameters["supplement_needs_base"].value_on(date(2026, 1, 1)) is True


class TestRefusals:
    @pytest.mark.parametrize(
        "path",
        [
            "programmes.BASE_AWARD.nothing",
            "programmes.NOBODY.recipients",
            "programmes.BASE_AWARD",
            "programmes.BASE_AWARD.monthly_amount",
            "sources.DONATION.inflows.7.amount",
            "year.value.deeper",
            "nothing",
            "parameters.nothing",
            "parameters.base_award_monthly_fen.2024-01",
        ],
    )
    def test_names_a_figure_that_is_not_there(self, target, path):
        with pytest.raises(ChangedFigureUnknown, match=path):
            write_version(COMMUNITY, target, changes={path: 1}, version="1.1")

    def test_a_pack_without_a_plan_has_no_figures(self, target, copy):
        (copy / "plan.toml").unlink()

        with pytest.raises(ChangedFigureUnknown):
            write_version(copy, target, changes={"year": 2027}, version="1.1")

    def test_the_version_must_be_another_one(self, target):
        with pytest.raises(VersionNotNew, match=r"1\.0"):
            write_version(COMMUNITY, target, changes={}, version="1.0")

    def test_never_overwrites(self, target):
        target.mkdir()

        with pytest.raises(TargetOccupied, match="next"):
            write_version(COMMUNITY, target, changes={}, version="1.1")

    def test_a_value_that_does_not_fit_is_refused_with_file_and_line(self, target):
        with pytest.raises(PackError) as refusal:
            write_version(COMMUNITY, target, changes={"parameters.class_seats": 0}, version="1.1")

        assert [(problem.file, problem.kind) for problem in refusal.value.problems] == [
            ("parameters.toml", "out_of_range")
        ]

    def test_leaves_nothing_behind(self, target):
        with pytest.raises(ChangedFigureUnknown):
            write_version(COMMUNITY, target, changes={"nothing": 1}, version="1.1")

        assert list(target.parent.iterdir()) == []
