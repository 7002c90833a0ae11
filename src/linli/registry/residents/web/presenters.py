"""Rows of queries as the templates need them: words, formatted values, nothing computed in HTML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.texts import source_text
from linli.kernel.money import yuan_short
from linli.registry.residents.codes import EventKind
from linli.registry.residents.queries import Event, FactValue, HouseholdDetail, MemberView, corrigible
from linli.registry.residents.queries.vocabulary import FactWord, words
from linli.registry.residents.web.forms import CorrectionForm

# What a corrected departure is called in a household's history.
DEPARTURE_LABELS = {"died_date": _("去世登记"), "left_date": _("迁出登记"), "moved_date": _("转入其他家庭的登记")}
# Derived facts stand elsewhere on the page.
_DERIVED = ("age", "size")


@dataclass(frozen=True)
class FactLine:
    """One fact: what, how much, from where, as of when."""

    label: str
    value: str
    source: str
    as_of: date


@dataclass(frozen=True)
class MemberCard:
    """A member with facts as lines."""

    member: MemberView
    relation: str
    facts: tuple[FactLine, ...]
    moved_here: bool = False  # from another household: the move can be corrected


@dataclass(frozen=True)
class HouseholdCard:
    """A household's page."""

    detail: HouseholdDetail
    heading: str
    place: str
    facts: tuple[FactLine, ...]
    members: tuple[MemberCard, ...]


def household_view(detail: HouseholdDetail) -> HouseholdCard:
    """The household with labels and formatted values."""
    known = words()
    moved = corrigible(member.person.resident_id for member in detail.members)
    members = tuple(
        MemberCard(
            member,
            str(member.relation.label),
            _fact_lines(member.facts, known),
            member.person.resident_id in moved,
        )
        for member in detail.members
    )
    heads = [member.person.name for member in detail.members if member.relation == "HEAD"]
    place = " · ".join(name for name in (detail.community_name, detail.grid_name, detail.building_name) if name)
    heading = gettext("%(name)s 家庭") % {"name": heads[0]} if heads else detail.number
    return HouseholdCard(detail, heading, place, _fact_lines(detail.facts, known), members)


def timeline_view(events: Iterable[Event]) -> list[dict[str, object]]:
    """The history as sentences."""
    known = words()
    # What was recorded together stands together; somebody who opens the page ten times in a day stands there once.
    lines: dict[tuple[date, str, str, str], list[str]] = {}
    for event in events:
        told, source = _meta(event, known)
        notes = lines.setdefault((event.day, _title(event), event.by, source), [])
        if told and told not in notes:
            notes.append(told)
    return [
        {"at": day, "title": title, "by": by, "note": " · ".join(filter(None, [*notes, source])), "mark": place == 0}
        for place, ((day, title, by, source), notes) in enumerate(lines.items())
    ]


def fact_text(value: int | None, word: FactWord | None) -> str:
    """A value in words: yuan, yes or no, a number; unknown is said to be unknown."""
    if value is None:
        return gettext("不清楚")
    if word is not None and word.unit == "FEN":
        return f"¥{yuan_short(value)}"
    if word is not None and word.unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return str(value)


def _fact_lines(facts: Mapping[str, FactValue], known: Mapping[str, FactWord]) -> tuple[FactLine, ...]:
    return tuple(
        FactLine(_label(code, known), fact_text(fact.value, known.get(code)), source_text(fact.source), fact.as_of)
        for code, fact in sorted(facts.items())
        if code not in _DERIVED
    )


def _label(code: str, known: Mapping[str, FactWord]) -> str:
    return known[code].label if code in known else code


def _title(event: Event) -> str:
    title = str(event.kind.label)
    return f"{event.subject} {title}" if event.subject else title


def _meta(event: Event, known: Mapping[str, FactWord]) -> tuple[str, str]:
    """What is told of an event, and where a fact is from."""
    words_of = event.words
    if event.kind == EventKind.FACT:
        code, value = words_of["code"], words_of["value"]
        text = fact_text(int(value) if value else None, known.get(code))
        return f"{_label(code, known)} {text}", words_of["source"]
    if event.kind == EventKind.CORRECTED:
        return f"{_field_label(words_of['field'])} · {words_of['reason']}", ""
    return " · ".join(text for text in words_of.values() if text), ""


def _field_label(field: str) -> str:
    """A resident's field as its form calls it; several have one correction each."""
    if field in DEPARTURE_LABELS:
        return str(DEPARTURE_LABELS[field])
    known = CorrectionForm.base_fields.get(field)
    return str(known.label) if known is not None and known.label else field
