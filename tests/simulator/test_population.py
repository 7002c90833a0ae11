"""The invented community: families that could be, facts that fit the register, and as many people as the plan says."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest

from linli.kernel.identity import parse_identity_number
from linli.kernel.period import age_on
from linli.law.policies.engine import determine, load_pack
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.versioning import write_version
from linli.overview.planning.engine import plan_from_pack
from linli.simulator.arrivals import _takes_opening
from linli.simulator.census import Census, census
from linli.simulator.families import customs, family_drawn
from linli.simulator.fitting import invent
from linli.simulator.population import Home, Population, true_facts
from linli.simulator.settle import Settled
from tests.seeds import rotating
from tests.simulator.conftest import HARBOUR, PACKS, ROOT, TENTH

SEED_PACK = PACKS / "community" / "assistance_plan"
FOLDERS = {SEED_PACK.name: SEED_PACK} | {
    folder.name: folder for folder in sorted((ROOT / "tests" / "packs").iterdir()) if (folder / "plan.toml").exists()
}
# The seed's pack is the largest by far: one number of it, three of each other.
COMMUNITIES = [
    pytest.param(name, seed, id=f"{name}-{seed}")
    for name in FOLDERS
    for seed in rotating(1 if name == SEED_PACK.name else 3, of=20)
]
USUAL = customs()


@cache
def pack_of(folder: Path) -> Pack:
    return load_pack(folder)


@cache
def invented(folder: Path, seed: int) -> Population:
    pack = pack_of(folder)
    return invent(pack, plan_from_pack(pack), seed=seed, on=pack.valid_from)


def counted(folder: Path, seed: int) -> Census:
    """With the opening caseload as the plan has it: who applies when is another test's."""
    pack = pack_of(folder)
    plan = plan_from_pack(pack)
    opening = {code: int(plan.figures[f"programmes.{code}.opening_caseload"].value) for code in pack.programmes}
    return census(pack, plan, invented(folder, seed), opening)


def changed(tmp_path: Path, folder: Path, **changes: object) -> Path:
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return write_version(folder, tmp_path / "changed", changes=named, version="changed")


def everybody(population: Population) -> list[tuple[Home, int]]:
    return [(home, place) for home in population.homes for place in range(len(home.members))]


@pytest.mark.parametrize(("name", "seed"), COMMUNITIES)
class TestEveryPack:
    def test_has_as_many_people_in_each_group_and_programme_as_its_plan_says(self, name: str, seed: int) -> None:
        rows = counted(FOLDERS[name], seed).rows

        planned = [row for row in rows if row.code.endswith((".target", ".recipients", "residents", "households"))]
        assert len(planned) >= 4
        assert {row.code: row.difference for row in planned if row.difference} == {}

    def test_holds_married_people_of_an_age_to_marry_and_of_similar_ages(self, name: str, seed: int) -> None:
        pack, wrong, couples = pack_of(FOLDERS[name]), [], 0
        for home in invented(FOLDERS[name], seed).homes:
            for pair in home.family.couples:
                couples += 1
                husband, wife = sorted((home.members[one] for one in pair), key=lambda one: not one.male)
                ages = age_on(husband.birth_date, pack.valid_from), age_on(wife.birth_date, pack.valid_from)
                if not husband.male or wife.male or ages[0] < 22 or ages[1] < 20 or not -5 <= ages[0] - ages[1] <= 10:
                    wrong.append(home.index)

        assert (wrong, couples > 0) == ([], True)

    def test_holds_parents_who_were_grown_up_when_their_children_came(self, name: str, seed: int) -> None:
        spans = [
            (home.members[child].birth_date - home.members[parent].birth_date).days / 365.25
            for home in invented(FOLDERS[name], seed).homes
            for parent, child in home.family.parents
        ]

        assert spans
        assert min(spans) > 19
        assert max(spans) < 52

    def test_has_a_grown_up_at_the_head_of_every_home_and_nobody_above_104(self, name: str, seed: int) -> None:
        on, population = pack_of(FOLDERS[name]).valid_from, invented(FOLDERS[name], seed)
        ages = [[age_on(person.birth_date, on) for person in home.members] for home in population.homes]

        assert min(home[0] for home in ages) >= 18
        assert (min(map(min, ages)) >= 0, max(map(max, ages)) <= 104) == (True, True)

    def test_gives_everybody_a_number_of_their_own_that_says_their_birthday_and_sex(self, name: str, seed: int) -> None:
        people = [home.members[place] for home, place in everybody(invented(FOLDERS[name], seed))]
        read = [parse_identity_number(one.id_number, on=date(2026, 12, 31)) for one in people]

        assert [(one.birth_date, one.male) for one in read] == [(one.birth_date, one.male) for one in people]
        assert len({one.id_number for one in people}) == len(people)

    def test_holds_nobody_who_earns_or_is_counted_outside_the_ages_for_it(self, name: str, seed: int) -> None:
        pack, outside = pack_of(FOLDERS[name]), set()
        for home, place in everybody(invented(FOLDERS[name], seed)):
            person = home.members[place]
            age = age_on(person.birth_date, pack.valid_from)
            for fact, value in person.facts.items():
                spec = pack.facts[fact]
                first, last = spec.from_age or (16 if spec.unit == "FEN" else 0), spec.to_age or 104
                if value not in (False, spec.low) and not first <= age <= last:
                    outside.add((fact, age))

        assert outside == set()

    def test_names_no_more_than_a_few_alike(self, name: str, seed: int) -> None:
        named = Counter(home.members[place].name for home, place in everybody(invented(FOLDERS[name], seed)))

        assert max(named.values()) <= 6

    def test_names_no_two_of_a_family_alike(self, name: str, seed: int) -> None:
        homes = invented(FOLDERS[name], seed).homes

        assert [home.index for home in homes if len({one.name for one in home.members}) < len(home.members)] == []


class TestTheRegister:
    @pytest.mark.parametrize("seed", rotating(1, of=20))
    def test_agrees_with_what_is_true_of_people(self, seed: int) -> None:
        wrong = []
        for home, place in everybody(invented(SEED_PACK, seed)):
            facts, family = home.members[place].facts, home.family
            is_parent = any(parent == place for parent, _child in family.parents)
            fits = (
                facts["has_spouse"] == any(place in pair for pair in family.couples)
                and facts["lives_alone"] == (len(home.members) == 1)
                and (facts["has_child_or_supporter"] or not is_parent)
            )
            if not fits:
                wrong.append((home.index, place))

        assert wrong == []

    def test_is_told_where_a_pack_leaves_it_open(self) -> None:
        assert len(counted(HARBOUR, 1).notes) == 1
        assert counted(FOLDERS["flood_once"], 1).notes == ()  # it asks nothing of the kind


class TestFamilies:
    @pytest.mark.parametrize("size", sorted(USUAL.sizes))
    def test_of_every_size_can_be(self, size: int) -> None:
        draw = Random(f"families of {size}")

        families = [family_drawn(draw, size, USUAL) for _ in range(120)]

        assert {len(family.ages) for family in families} == {size}
        assert all(family.is_sensible(USUAL) for family in families)

    def test_that_nobody_described_are_refused(self) -> None:
        with pytest.raises(ValueError, match="no family of 99"):
            family_drawn(Random(1), 99, USUAL)

    def test_are_of_as_many_sizes_as_the_census_found(self) -> None:
        sizes = Counter(len(home.members) for home in invented(SEED_PACK, 7).homes)

        assert set(sizes) == set(USUAL.sizes)
        assert 0.2 < sizes[1] / 400 < 0.4

    def test_hold_people_of_a_hundred_and_more(self) -> None:
        draw = Random("the oldest")
        ages = [age for _ in range(3000) for age in family_drawn(draw, 1, USUAL).ages]

        assert 100 <= max(ages) <= 104

    def test_hold_three_generations_and_grandchildren_without_their_parents(self) -> None:
        relations = {tuple(sorted(set(home.family.relations))) for home in invented(SEED_PACK, 7).homes}

        assert any({"CHILD", "PARENT"} <= set(one) for one in relations)
        assert any("GRANDCHILD" in one and "CHILD" not in one for one in relations)

    @pytest.mark.parametrize(
        ("ages", "sensible"),
        [
            ((40, 38, 12), True),
            ((40, 17, 1), False),  # a wife of 17
            ((40, 38, 22), False),  # a mother at 16
            ((105, 100, 60), False),
            ((40, 38, -1), False),
        ],
    )
    def test_are_sensible_or_not(self, ages: tuple[int, ...], sensible: bool) -> None:
        family = family_drawn(Random(1), 1, USUAL)
        family.relations, family.male, family.ages = ["HEAD", "SPOUSE", "CHILD"], [True, False, True], list(ages)
        family.couples, family.parents = [(0, 1)], [(0, 2), (1, 2)]

        assert family.is_sensible(USUAL) is sensible


class TestTheSearch:
    def test_counts_as_a_determination_does(self) -> None:
        pack, population = pack_of(HARBOUR), invented(HARBOUR, 1)
        found: Counter[str] = Counter()
        for home in population.homes:
            made = determine(pack, true_facts(pack, home, pack.valid_from), pack.valid_from)
            found.update(f"programmes.{one.programme}" for one in made.entitlements if one.amount_fen)

        assert found == {code: population.counts[code] for code in ("programmes.HEATING", "programmes.STIPEND")}

    def test_finds_few_unemployed_where_the_plan_has_few(self, tmp_path: Path) -> None:
        folder = changed(tmp_path, SEED_PACK, **TENTH | {"groups.UNEMPLOYED.target": 1})

        assert invented(folder, 3).reached["UNEMPLOYED"] == 1

    def test_finds_people_of_two_conditions_at_once(self, tmp_path: Path) -> None:
        """Where the supplement needs the base award, lone elders must be those of low income."""
        folder = changed(tmp_path, SEED_PACK, **TENTH | {"parameters.supplement_needs_base": True})

        counts = invented(folder, 3).counts

        assert (counts["groups.LONE_ELDER"], counts["programmes.ELDER_SUPPLEMENT"]) == (5, 5)
        assert counts["groups.LOW_INCOME"] == 20

    def test_says_by_how_much_a_plan_cannot_be_met(self, tmp_path: Path) -> None:
        """More flooded households than there are; the group weighs more than the 30 who are paid."""
        folder = changed(tmp_path, FOLDERS["flood_once"], groups__FLOODED__target=130)

        off = {row.code: row.difference for row in counted(folder, 1).rows if row.difference}

        assert off == {
            "groups.FLOODED.target": -10,
            "ratios.FLOODED.percent": 90,
            "programmes.REBUILDING.recipients": 90,
        }

    def test_takes_a_share_where_a_group_has_no_target(self, tmp_path: Path) -> None:
        folder = tmp_path / "shares"
        write_version(FOLDERS["flood_once"], folder, changes={"ratios.FLOODED.percent": 20}, version="shares")
        text = (folder / "plan.toml").read_text(encoding="utf-8")
        start = text.index("[[groups]]")
        (folder / "plan.toml").write_text(text[:start] + text[text.index("[[programmes]]") :], encoding="utf-8")

        assert {row.code: row.planned for row in counted(folder, 1).rows if row.code.startswith("ratios")} == {
            "ratios.FLOODED.percent": 24
        }

    def test_same_number_same_people_and_another_number_others(self) -> None:
        folder, pack = FOLDERS["river_living"], pack_of(FOLDERS["river_living"])
        again = invent(pack, plan_from_pack(pack), seed=3, on=pack.valid_from)

        assert again == invented(folder, 3)
        assert again != invented(folder, 4)


class TestTheOpening:
    def test_takes_no_home_that_would_go_beyond_the_plan(self) -> None:
        one, two = frozenset({("programmes.A", 0)}), frozenset({("programmes.A", 0), ("programmes.A", 1)})
        left = {"A": 2}

        taken = [
            _takes_opening(Settled(Home(0, (), {}, counted), 1, "H-1", (), ()), left) for counted in (one, two, one)
        ]

        assert (taken, left) == ([True, False, True], {"A": 0})
