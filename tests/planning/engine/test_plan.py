from dataclasses import replace

import pytest

from linli.kernel.bilingual import Text
from linli.overview.planning.engine import (
    Change,
    ChangeRefused,
    ParameterUndated,
    PlanMissing,
    name_of,
    plan_from_pack,
    show,
)
from tests.planning.engine.plans import COMMUNITY, community_plan, pack_in


class TestReadingAPack:
    def test_keeps_where_a_figure_is_written(self):
        figure = community_plan().figures["sources.DONATION.amount"]

        assert (figure.value, figure.unit, figure.source, figure.assumed) == (30_000_000, "FEN", "《方案》三.4", False)

    def test_keeps_why_a_figure_was_assumed(self):
        figure = community_plan().figures["classes.VOCATIONAL_TRAINING.fee_per_trainee"]

        assert (figure.assumed, bool(figure.why.zh), bool(figure.why.en)) == (True, True, True)

    def test_takes_amounts_from_the_packs_parameters(self):
        plan = community_plan()

        assert plan.number(plan.programmes[0].amount_path) == 50_000

    def test_assumes_the_sum_of_overlapping_groups_until_somebody_counts(self):
        figure = community_plan().figures["visits.HOME_VISIT.people"]

        assert (figure.value, figure.assumed) == (80, True)

    def test_assumes_nothing_about_a_single_group(self):
        pack = pack_in(COMMUNITY)
        alone = replace(pack.services["HOME_VISIT"], groups=("DISABLED",))
        figures = plan_from_pack(replace(pack, services={**pack.services, "HOME_VISIT": alone})).figures

        assert figures["visits.HOME_VISIT.people"].assumed is False

    def test_points_every_target_at_a_figure_it_has(self):
        plan = community_plan()

        assert [target.code for target in plan.targets if not plan.has(target.figure)] == []

    def test_refuses_a_pack_without_a_plan(self):
        with pytest.raises(PlanMissing):
            plan_from_pack(replace(pack_in(COMMUNITY), plan=None))

    def test_refuses_a_parameter_without_a_value_when_the_year_begins(self):
        pack = pack_in(COMMUNITY)
        name = "class_seats"
        undated = replace(pack.parameters[name], values=())

        with pytest.raises(ParameterUndated) as refusal:
            plan_from_pack(replace(pack, parameters={**pack.parameters, name: undated}))

        assert refusal.value.details["name"] == name


class TestChanges:
    def test_make_another_plan_and_leave_the_first(self):
        plan = community_plan()
        other = plan.with_changes([Change("volunteers.registered", 61)])

        assert (plan.number("volunteers.registered"), other.number("volunteers.registered")) == (60, 61)

    def test_are_decisions_and_no_longer_assumptions(self):
        plan = community_plan().with_changes([Change("volunteers.registered", 60)])

        assert plan.assumed("volunteers.registered") is False

    def test_change_the_digest(self):
        plan = community_plan()

        assert plan.with_changes([Change("volunteers.registered", 61)]).digest != plan.digest

    def test_of_nothing_keep_the_digest(self):
        assert community_plan().with_changes([]).digest == community_plan().digest

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("programmes.NOBODY.recipients", 1),
            ("year", "2026"),
            ("volunteers.registered", -1),
            ("volunteers.registered", 10**13 + 1),
            ("programmes.BASE_AWARD.last_month", "2026-13"),
            ("programmes.BASE_AWARD.last_month", "2026-1"),
            ("programmes.BASE_AWARD.last_month", "next year"),
            ("programmes.BASE_AWARD.last_month", "9999-12"),
            ("year", 0),
            ("year", 1899),
            ("year", 3000),
            ("ratios.LOW_INCOME.of", "CATS"),
            ("events.COUNSELLING.counted", "HOUSEHOLDS"),
            ("volunteers.registered", True),
        ],
    )
    def test_are_refused_where_the_figure_cannot_be_that(self, path: str, value: int | str):
        with pytest.raises(ChangeRefused) as refusal:
            community_plan().with_changes([Change(path, value)])

        assert refusal.value.field == path

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("zh-hans", "不能把“volunteers.registered”改为“-1”：超出允许范围"),
            ("en", "“volunteers.registered” cannot be “-1”: it is out of range"),
        ],
    )
    def test_are_refused_in_the_readers_language(self, language: str, sentence: str):
        with pytest.raises(ChangeRefused) as refusal:
            community_plan().with_changes([Change("volunteers.registered", -1)])

        assert refusal.value.in_language(language) == sentence

    def test_are_refused_in_chinese_where_no_language_is_asked_for(self):
        with pytest.raises(ChangeRefused) as refusal:
            community_plan().with_changes([Change("nothing", 1)])

        assert str(refusal.value) == "不能把“nothing”改为“1”：方案中没有这个数字"

    def test_are_found_again_between_two_versions(self):
        changes = (Change("volunteers.registered", 61), Change("year", 2027))
        plan = community_plan()

        assert plan.differences(plan.with_changes(changes)) == changes


class TestWording:
    @pytest.mark.parametrize(
        ("path", "zh", "en"),
        [
            ("groups.DISABLED.target", "残疾人士 · 目标人数", "Disabled person, target"),
            ("ratios.DISABLED.percent", "残疾人士 · 占比", "Disabled person, share of the population"),
            ("volunteers.registered", "志愿者人数", "volunteers"),
            ("class_seats", "class_seats", "class_seats"),
        ],
    )
    def test_names_a_figure(self, path: str, zh: str, en: str):
        assert name_of(community_plan(), path) == Text(zh, en)

    def test_names_a_parameter_as_the_pack_does(self):
        assert name_of(community_plan(), "parameters.class_seats").en == "Seats in a class"

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            ("sources.DONATION.amount", "300,000"),
            ("year", "2026"),
            ("ratios.DISABLED.percent", "3%"),
            ("visits.HOME_VISIT.hours_per_year", "31,200"),
            ("ratios.DISABLED.of", "按人口计"),
            ("programmes.BASE_AWARD.last_month", "2026-12"),
        ],
    )
    def test_shows_a_value_as_people_read_it(self, path: str, shown: str):
        assert show(community_plan().figures[path], "zh") == shown

    def test_knows_both_languages(self):
        assert (Text("甲", "A").in_language("zh-hans"), Text("甲", "A").in_language("en-gb")) == ("甲", "A")
