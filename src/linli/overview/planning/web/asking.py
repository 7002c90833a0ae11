"""Figures in an address: the query string of the check page holds a plan's changes, path by path."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from linli.overview.planning.engine import Change, ChangeRefused, Plan, name_of


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
