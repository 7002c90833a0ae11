"""A small scheme is one page: what it does not say has a default, and everything can be done with it."""

from datetime import date
from pathlib import Path

import pytest

from linli.config import cli
from linli.kernel.bilingual import Text
from linli.law.policies.engine import (
    load_pack,
    plan_figures,
    run_examples,
)
from linli.law.policies.engine.schema import Figure
from linli.law.policies.engine.starting import FolderOccupied, start_pack
from linli.law.policies.engine.versioning import write_version
from linli.overview.planning.engine import Change, check, fatal, plan_from_pack, propose_variant
from tests.policies.engine.support import problems_of


@pytest.fixture
def small(tmp_path) -> Path:
    return start_pack(tmp_path / "winter-coal", year=2027)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestStartPack:
    def test_is_one_page(self, small):
        lines = [line for file in small.rglob("*.*") if file.is_file() for line in file.read_text().splitlines()]

        assert len(lines) < 70

    def test_loads_under_the_name_of_its_folder(self, small):
        assert (load_pack(small).code, load_pack(small).valid_from) == ("winter_coal", date(2026, 11, 1))

    def test_keeps_its_promise(self, small):
        assert [outcome.passed for outcome in run_examples(small, load_pack(small))] == [True]

    def test_has_a_plan_that_adds_up(self, small):
        plan = plan_from_pack(load_pack(small))

        assert (check(plan), propose_variant(plan).changes) == ((), ())

    def test_overwrites_nothing(self, small):
        (small / "rules.py").write_text("mine")

        with pytest.raises(FolderOccupied):
            start_pack(small, year=2027)

        assert (small / "rules.py").read_text() == "mine"

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [(["--year", "2027"], 0, "linli plan check"), (["--year", "2027"], 2, "will not be overwritten")],
    )
    def test_the_command_says_what_comes_next(self, tmp_path, capsys, arguments, code, told):
        folder = tmp_path / "coal"
        if code:
            folder.mkdir()

        assert cli.main(["pack", "new", str(folder), *arguments, "--language", "en"]) == code
        assert told in "".join(capsys.readouterr())


class TestDefaults:
    def test_of_a_programme_are_assumptions_with_their_reason(self, small):
        programme = load_pack(small).programmes["GRANT"]

        assert (programme.starts, programme.term, programme.overpayment) == ("NEXT_MONTH", "award_months", "RECEIVABLE")
        assert (programme.unit, programme.eligible_rule, programme.budget_line) == ("HOUSEHOLD", "in_need", "AID")
        assert (programme.basis.assumption, programme.basis.why is not None) == (True, True)

    def test_that_a_pack_decides_itself_are_its_own(self, small):
        change(
            small / "scheme.toml",
            'group = "IN_NEED"\n',
            'group = "IN_NEED"\nstarts = "APPLICATION_MONTH"\nterm = "award_months"\nreview = "review_months"\n'
            'overpayment = "WAIVED"\nlegal_basis = "《办法》第三条"\nconfidence = "A"\n',
        )

        programme = load_pack(small).programmes["GRANT"]
        assert (programme.starts, programme.overpayment) == ("APPLICATION_MONTH", "WAIVED")
        assert (programme.basis.assumption, programme.basis.confidence) == (False, "A")

    def test_of_figures_say_where_they_come_from_and_how_sure_they_are(self, small):
        parameter = load_pack(small).parameters["grant_monthly_fen"]

        assert (parameter.unit, parameter.basis.legal_basis, parameter.basis.confidence) == ("FEN", "《办法》", "D")
        assert parameter.value_on(date(2026, 10, 31)) is None

    def test_of_time_limits_come_with_their_parameters(self, small):
        pack = load_pack(small)

        assert pack.parameters_on(date(2027, 3, 1))[pack.deadlines["decision"].days] == 30

    def test_a_parameter_of_the_same_name_is_the_packs_own(self, small):
        with (small / "parameters.toml").open("a", encoding="utf-8") as file:
            file.write('\n[decision_days]\nlabel = { zh = "裁定", en = "Ruling" }\nunit = "DAYS"\nvalue = 7\n')

        assert load_pack(small).parameters["decision_days"].label == Text("裁定", "Ruling")

    def test_one_letter_of_its_own_leaves_the_others(self, small):
        with (small / "scheme.toml").open("a", encoding="utf-8") as file:
            file.write('\n[[notices]]\ncode = "ENDED"\nlabel = { zh = "停发", en = "End" }\n')
            file.write('body = { zh = "%(applicant)s：停发。", en = "%(applicant)s: it ends." }\n')

        notices = load_pack(small).notices
        assert (notices["ENDED"].label.en, notices["GRANTED"].label.en) == ("End", "Notice of grant")

    def test_of_a_plan_are_assumed_and_say_so(self, small):
        plan = load_pack(small).plan
        assert plan is not None
        figures = {address: figure.assumed for address, figure in plan_figures(plan) if "programmes" in address}

        assert figures == {
            "programmes.GRANT.recipients": False,
            "programmes.GRANT.opening_caseload": True,
            "programmes.GRANT.uptake": True,
            "programmes.GRANT.first_month": True,
            "programmes.GRANT.last_month": True,
        }

    def test_of_a_bare_number_are_its_unit_and_source_wherever_one_unit_fits(self, small):
        change(small / "plan.toml", "population = {", "months = 10\npopulation = { helped = 90,")
        plan = load_pack(small).plan
        assert plan is not None

        assert (plan.months, plan.population.helped) == (
            Figure(10, "COUNT", "《办法》"),
            Figure(90, "PERSONS", "《办法》"),
        )

    @pytest.mark.parametrize(
        ("file", "old", "new", "told"),
        [
            ("plan.toml", "recipients = 40\n", "", "recipients is missing"),
            ("plan.toml", "recipients = 40", "recipients = true", "expected a table"),
            ("plan.toml", "recipients = 40", "recipients = -1", "-1 is outside 0 to"),
            ("scheme.toml", 'group = "IN_NEED"', 'group = "NEEDY"', "there is no group named NEEDY"),
            ("parameters.toml", "value = 90_000\n", "", "values is missing"),
        ],
    )
    def test_hide_no_mistake(self, small, file, old, new, told):
        change(small / file, old, new)

        assert any(p.file == file and told in p.cause.en for p in problems_of(small))


class TestVersions:
    def test_of_a_small_pack_hold_every_change(self, small, tmp_path):
        changes = {
            "programmes.GRANT.recipients": 20,
            "programmes.GRANT.uptake": 80,
            "sources.TOWN.inflows.0.month": "2027-02",
            "budget_lines.AID.amount": 7_000_000,
            "parameters.grant_monthly_fen": 20_000,
            "population.residents": 2_000,
        }
        expected = plan_from_pack(load_pack(small)).with_changes([Change(*pair) for pair in changes.items()])

        plan = plan_from_pack(load_pack(write_version(small, tmp_path / "next", changes=changes, version="0.2")))

        derived = {"months", "receipts.dates"}
        assert {path: figure.value for path, figure in plan.figures.items() if path not in derived} == {
            path: figure.value for path, figure in expected.figures.items() if path not in derived
        }

    def test_of_a_plan_short_of_money_can_be_lived(self, small, tmp_path):
        change(small / "plan.toml", "14_400_000", "9_000_000")
        plan = plan_from_pack(load_pack(small))
        variant = propose_variant(plan)
        changes = {c.path: c.value for c in variant.changes}

        lived = plan_from_pack(load_pack(write_version(small, tmp_path / "next", changes=changes, version="0.2")))

        assert (bool(fatal(check(plan))), fatal(check(lived))) == (True, ())
