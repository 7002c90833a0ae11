"""The timeline 经过 of a case: what happened and who looked, newest first, what belongs together on one line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext, pgettext

from linli.aid.assistance.codes import AssessorCapacity, EscalationLevel, EventKind, ObjectionState, Proposal
from linli.aid.assistance.queries.detail import ApplicationDetail, EventView
from linli.aid.assistance.queries.words import event_title
from linli.foundation.screens.texts import day_text, joined, pack_text, time_text
from linli.kernel.act import CHINA_TIME
from linli.law.policies.queries import pack_of

# Lines shown at once; what came before is folded away.
NEWEST = 12
# Several people do these one after the other: one line names them all.
_TOGETHER = frozenset({"", EventKind.KINSHIP_DECLARED, EventKind.SIGNED})
# Notes that are codes are kept as codes, and read in the reader's language.
_CODED = (AssessorCapacity, EscalationLevel, ObjectionState, Proposal)
_CODES: Mapping[str, object] = {code: label for kind in _CODED for code, label in kind.choices}


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    at: str
    title: str
    by: str
    note: str
    mark: bool = False


@dataclass(frozen=True)
class Story:
    """The newest lines, and those before them."""

    newest: tuple[Line, ...]
    earlier: tuple[Line, ...]


@dataclass(frozen=True)
class _Happening:
    at: datetime
    kind: str  # empty: somebody looked
    title: str
    by: str
    note: str


def story(case: ApplicationDetail, looks: Sequence[tuple[datetime, str]]) -> Story:
    """The case's timeline; ``looks`` are who opened it when."""
    papers = {paper.label.zh: pack_text(paper.label) for paper in pack_of(case.pack_version_id).papers.values()}
    happened = [
        _Happening(one.at, one.kind, event_title(one.kind, one.note), one.by, _note(one, papers)) for one in case.events
    ]
    happened += [_Happening(at, "", pgettext("event", "查看"), name, "") for at, name in looks]
    # Of one moment, what was written later stands above; both lists come in the order of writing.
    ordered = [one for _place, one in sorted(enumerate(happened), key=_moment, reverse=True)]
    lines = tuple(_lines(ordered))
    return Story((replace(lines[0], mark=True), *lines[1:NEWEST]), lines[NEWEST:])


def _moment(place_and_one: tuple[int, _Happening]) -> tuple[datetime, int]:
    place, one = place_and_one
    return one.at, place


def _lines(ordered: Iterable[_Happening]) -> Iterator[Line]:
    for (_day, kind, title), found in groupby(ordered, key=lambda one: (_day_of(one.at), one.kind, one.title)):
        together = list(found)
        if kind not in _TOGETHER:
            yield from (Line(time_text(one.at), title, one.by, one.note) for one in together)
            continue
        names = dict.fromkeys(_named(one) for one in reversed(together))
        yield Line(time_text(together[0].at), title, joined(list(names)), "")


def _named(one: _Happening) -> str:
    if not one.note:
        return one.by
    return gettext("%(name)s（%(role)s）") % {"name": one.by, "role": one.note}


def _day_of(at: datetime) -> date:
    return at.astimezone(CHINA_TIME).date()


def _note(event: EventView, papers: Mapping[str, str]) -> str:
    """What stands beside an event: a day, a code with what was said, papers, or people's own words."""
    text = event.note
    if event.kind == EventKind.TAKEN_BACK:
        return ""  # its title says what was taken back
    word, blank, rest = text.partition(" ")
    if word in _CODES:
        return f"{_CODES[word]}{blank}{rest}"
    if all(part in papers for part in text.split("、")):
        return joined([papers[part] for part in text.split("、")])
    try:
        return day_text(text) if len(text) == len("2026-01-01") else text
    except ValueError:
        return text
