"""Count an invented community against its plan, before anybody lives in it: by how much does it not fit?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack
from linli.overview.planning.engine import Plan
from linli.simulator.fitting import share_of
from linli.simulator.population import Population

PERSON, HOUSEHOLD = "PERSON", "HOUSEHOLD"
_OF = {"RESIDENTS": Text("居民", "residents"), "HOUSEHOLDS": Text("户数", "households")}


@dataclass(frozen=True)
class Row:
    """One number of the plan (None: it has none) and of the community. ``at_least``: more than planned is no fault."""

    code: str
    label: Text
    unit: str
    planned: int | None
    invented: int
    at_least: bool = False

    @property
    def difference(self) -> int:
        """Units too many, or, below nought, too few."""
        if self.planned is None:
            return 0
        over = self.invented - self.planned
        return min(over, 0) if self.at_least else over


@dataclass(frozen=True)
class Census:
    """All rows, and what no number says."""

    rows: tuple[Row, ...]
    notes: tuple[Text, ...]

    def told(self) -> dict[str, Any]:
        """As JSON-able values."""
        return {
            "rows": [
                {
                    "code": row.code,
                    "label": row.label.both,
                    "unit": row.unit,
                    "planned": row.planned,
                    "invented": row.invented,
                    "difference": row.difference,
                }
                for row in self.rows
            ],
            "notes": [note.both for note in self.notes],
        }


def census(pack: Pack, plan: Plan, population: Population, opening: Mapping[str, int]) -> Census:
    """The community against the plan; ``opening``: units of each programme that apply before its first month."""
    rows = (
        *_size(plan, population),
        *_groups(pack, plan, population),
        *_programmes(pack, plan, population, opening),
        *_offers(pack, plan, population),
    )
    return Census(rows, tuple(_notes(pack)))


def _planned(plan: Plan, path: str) -> int | None:
    figure = plan.figures.get(path)
    return None if figure is None else int(figure.value)


def _size(plan: Plan, population: Population) -> Iterator[Row]:
    for code, label, unit, number in (
        ("population.residents", Text("居民", "Residents"), PERSON, population.residents),
        ("population.households", Text("家庭", "Households"), HOUSEHOLD, population.households),
    ):
        yield Row(code, label, unit, _planned(plan, code), number)


def _groups(pack: Pack, plan: Plan, population: Population) -> Iterator[Row]:
    for code, group in pack.groups.items():
        number = population.counts[f"groups.{code}"]
        yield Row(f"groups.{code}.target", group.label, group.unit, _planned(plan, f"groups.{code}.target"), number)
        share = share_of(plan, code)
        if share is not None:
            percent, of = (plan.figures[f"ratios.{code}.{name}"].value for name in ("percent", "of"))
            base = _OF[str(of)]
            label = Text(
                f"{group.label.zh}（占{base.zh} {percent}%）", f"{group.label.en} ({percent} % of the {base.en})"
            )
            yield Row(f"ratios.{code}.percent", label, group.unit, share, number)


def _programmes(pack: Pack, plan: Plan, population: Population, opening: Mapping[str, int]) -> Iterator[Row]:
    for code, one in pack.programmes.items():
        path, label = f"programmes.{code}", one.label
        recipients = Text(f"{label.zh}的领取者", f"Recipients of: {label.en}")
        yield Row(
            f"{path}.recipients", recipients, one.unit, _planned(plan, f"{path}.recipients"), population.counts[path]
        )
        if code in opening:
            books = Text(f"{label.zh}的年初在册", f"On the books at the start: {label.en}")
            yield Row(
                f"{path}.opening_caseload", books, one.unit, _planned(plan, f"{path}.opening_caseload"), opening[code]
            )


def _offers(pack: Pack, plan: Plan, population: Population) -> Iterator[Row]:
    """Classes and events need as many people whom they are meant for as the plan expects in them, or more."""
    for code, course in pack.classes.items():
        planned = _planned(plan, f"classes.{code}.trainees")
        if planned is not None:
            label = Text(f"可参加{course.label.zh}", f"Open to: {course.label.en}")
            number = population.counts[f"classes.{code}"]
            yield Row(f"classes.{code}.trainees", label, PERSON, planned, number, at_least=True)
    for code, service in pack.services.items():
        figure = plan.figures.get(f"events.{code}.attendance")
        if figure is not None and figure.unit == "PERSONS":
            label = Text(f"可参加{service.label.zh}", f"Open to: {service.label.en}")
            number = population.counts[f"services.{code}"]
            yield Row(f"events.{code}.attendance", label, PERSON, int(figure.value), number, at_least=True)


def _notes(pack: Pack) -> Sequence[Text]:
    """Where the pack leaves it open what the register knows, facts may contradict a household's members."""
    answers = [spec for spec in pack.facts.values() if spec.level == PERSON and spec.unit == "BOOL"]
    if not answers or any(spec.register for spec in answers):
        return ()
    return (
        Text(
            "政策包没有写明哪些事实可从户籍看出（register），是否类事实与家庭成员可能不一致",
            "The pack does not say which facts the household register shows (register): yes-or-no facts may contradict"
            " a household's members",
        ),
    )
