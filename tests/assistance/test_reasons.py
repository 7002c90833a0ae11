"""The reason chain 为什么: the steps behind what was claimed, readable in both languages."""

from datetime import date

import pytest

from linli.aid.assistance.queries.reasons import reason_chain, shown
from linli.kernel.bilingual import Text
from linli.law.policies.engine import determine, load_pack
from linli.law.policies.models import Determination
from linli.registry.residents.codes import Relation
from tests.assistance.world import DISABLED, LONE_ELDER, LOW_INCOME, NEEDY, World
from tests.policies.engine.support import COMMUNITY, MARCH, elder, household
from tests.residents.people import person


class TestReasonChain:
    def test_names_facts_with_source_and_article(self, world: World) -> None:
        world.assessed(world.accepted(None, LOW_INCOME))

        chain = reason_chain(world.pack, Determination.objects.get(), [LOW_INCOME])

        [step] = [one for one in chain if one.label.en == "Low-income household"]
        assert (step.holds, step.member, step.article) == (True, "", "《方案》三.1；社会救助暂行办法 第九条")
        assert step.value == Text("是", "yes")
        income = next(one for one in step.inputs if "收入" in one["label"].zh)
        assert income["value"].zh.endswith(" 元")

    def test_shows_only_members_who_qualify(self, world: World) -> None:
        family = world.family(person("王建国"), person("王小明", Relation.GRANDCHILD, date(2015, 1, 1)), facts=NEEDY)
        world.assessed(world.accepted(family, LONE_ELDER))
        elder, _child = world.people(family)

        chain = reason_chain(world.pack, Determination.objects.get(), [LONE_ELDER])

        assert {one.member for one in chain if one.member} == {elder.number}

    def test_shows_everybody_when_nobody_qualifies(self, world: World) -> None:
        world.assessed(world.accepted(None, DISABLED))

        chain = reason_chain(world.pack, Determination.objects.get(), [DISABLED])

        assert [one.holds for one in chain if one.label.en == "Disabled person"] == [False]

    def test_a_local_value_is_shown_as_one_and_not_under_the_law(self) -> None:
        pack = load_pack(COMMUNITY)
        result = determine(pack, household(elder()), MARCH, overrides={"elder_age": 75})

        chain = reason_chain(pack, Determination(document=result.to_json()), [LONE_ELDER])

        [used] = [one for step in chain for one in step.inputs if one["label"].en.startswith("Age from which")]
        assert (used["value"].en, used["source"], used["date"]) == ("75", "本地取值", "")

    def test_a_group_the_pack_does_not_have_has_no_reasons(self, world: World) -> None:
        world.assessed(world.accepted(None, DISABLED))

        assert reason_chain(world.pack, Determination.objects.get(), ["NOBLE"]) == []


class TestShown:
    @pytest.mark.parametrize(
        ("unit", "value", "zh", "en"),
        [
            ("FEN", None, "未知", "not known"),
            ("BOOL", True, "是", "yes"),
            ("COUNT", False, "否", "no"),
            ("FEN", 50_000, "500.00 元", "500.00 yuan"),
            ("AGE", 60, "60 岁", "60 years"),
            ("COUNT", 3, "3", "3"),
        ],
    )
    def test_writes_values_with_their_unit(self, unit: str, value: int | None, zh: str, en: str) -> None:
        assert shown(unit, value) == Text(zh, en)
