"""The figures a reader can move: sliders for numbers, lists for months, grouped as a plan is talked about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language, gettext

from linli.kernel.period import Month
from linli.overview.planning.engine import Change, ChangeRefused, Plan, name_of, show

# --- figures in an address: the query string of the check page holds a plan's changes, path by path ---


@dataclass(frozen=True)
class Asked:
    """The changes that an address asks for, and a sentence for each one that is impossible."""

    changes: tuple[Change, ...]
    refused: tuple[str, ...]


def asked(plan: Plan, said: Iterable[tuple[str, str]]) -> Asked:
    """Read paths and values; paths that are no figures are other parameters of the page and stay aside."""
    changes: dict[str, Change] = {}
    refused, so_far = [], plan
    for path, text in said:
        if not so_far.takes(path) or not text.strip():
            continue
        try:
            change = _change(plan, path, text.strip())
            so_far = so_far.with_changes([change])
        except ChangeRefused as refusal:
            refused.append(refusal.in_language(get_language() or "zh"))
        except ValueError:
            name = name_of(plan, path).in_language(get_language() or "zh")
            refused.append(gettext("“%(name)s”须为整数，“%(value)s”不是") % {"name": name, "value": text})
        else:
            changes[path] = change
    wanted = [change for change in changes.values() if change.value != plan.figure(change.path).value]
    return Asked(tuple(wanted), tuple(refused))


def said(changes: Sequence[Change], *more: Change) -> dict[str, str]:
    """The query that asks for these changes, the later ones winning."""
    return {change.path: str(change.value) for change in (*changes, *more)}


def _change(plan: Plan, path: str, text: str) -> Change:
    """ValueError for a number that is none."""
    return Change(path, int(text) if isinstance(plan.figure(path).value, int) else text)


@dataclass(frozen=True)
class Control:
    """One figure: ``choices`` for a month, otherwise a range in the figure's own unit."""

    path: str
    name: str
    value: str
    shown: str
    written: str  # what the plan says, when the value is another one
    assumed: str  # why the plan's figure is an assumption, empty when it is stated
    low: int = 0
    high: int = 0
    step: int = 1
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The path as an id of the page."""
        return self.path.replace(".", "-")


@dataclass(frozen=True)
class ControlGroup:
    """Controls under one heading."""

    title: str
    controls: tuple[Control, ...]


def control_groups(written: Plan, changed: Plan) -> list[ControlGroup]:
    """What can be moved, with the changed plan's values; groups without figures are left out."""
    groups = [
        (gettext("发给谁、发多少"), _payments(written)),
        (gettext("服务与人手"), _services(written)),
        (gettext("资金与预算"), _money(changed)),
    ]
    made = [
        ControlGroup(title, tuple(_control(written, changed, path) for path in paths if path in changed.figures))
        for title, paths in groups
    ]
    return [group for group in made if group.controls]


def _payments(plan: Plan) -> Iterator[str]:
    for programme in plan.programmes:
        yield f"programmes.{programme.code}.recipients"
        yield from plan.amount_paths(programme)
        yield f"programmes.{programme.code}.last_month"


def _services(plan: Plan) -> Iterator[str]:
    yield from ("volunteers.registered", "volunteers.services_per_month")
    yield from (visit.frequency_path for visit in plan.visits)
    yield from (event.frequency_path for event in plan.events)
    yield from (f"classes.{course.code}.trainees" for course in plan.classes)


def _money(plan: Plan) -> Iterator[str]:
    for source in plan.sources:
        yield f"sources.{source.code}.amount"
        for number in range(source.inflows):
            yield f"sources.{source.code}.inflows.{number}.month"
            yield f"sources.{source.code}.inflows.{number}.amount"
    yield from (f"budget_lines.{line.code}.amount" for line in plan.budget_lines)


def _control(written: Plan, changed: Plan, path: str) -> Control:
    language = get_language() or "zh"
    old, new = written.figure(path), changed.figures[path]
    control = Control(
        path=path,
        name=name_of(written, path).in_language(language),
        value=str(new.value),
        shown=show(new, language),
        written="" if old.value == new.value else show(old, language),
        assumed=old.why.in_language(language) if old.assumed else "",
    )
    if isinstance(old.value, str):
        return replace(control, choices=_months(written, str(new.value)))
    low, high, step = _range(written, old.value, int(new.value), old.unit)
    return replace(control, low=low, high=high, step=step)


def _months(plan: Plan, value: str) -> tuple[str, ...]:
    months = [str(Month(plan.year, number)) for number in range(1, 13)]
    return tuple(months if value in months else sorted([*months, value]))


def _range(plan: Plan, old: int, new: int, unit: str) -> tuple[int, int, int]:
    """Lowest, highest and step: from nothing to twice what is written, in about a thousand steps.

    Browsers count steps from the lowest value, so it is chosen such that the present value is one of them.
    """
    if unit == "PERCENT":
        return 0, 100, 1
    base = old or (_all_money(plan) // 5 if unit == "FEN" else 5)
    step = max(100 if unit == "FEN" else 1, 10 ** (len(str(base)) - 3))
    return new % step, max(2 * base, new, 10), step


def _all_money(plan: Plan) -> int:
    return sum(plan.number(f"sources.{source.code}.amount") for source in plan.sources)
