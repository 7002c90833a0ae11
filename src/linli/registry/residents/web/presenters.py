"""Rows of queries as the templates need them: words, formatted values, nothing computed in HTML."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import cells
from linli.foundation.screens.families import Asking, Gathered, Happened, Window
from linli.foundation.screens.heads import Action, button
from linli.foundation.screens.texts import counted, day_text, joined_by_dot, source_text
from linli.ground.users.codes import REGISTRY_ROLES
from linli.kernel.money import yuan_short
from linli.registry.residents.codes import EventKind, SealedField
from linli.registry.residents.queries import (
    Event,
    FactValue,
    GuardianView,
    HouseholdDetail,
    MemberView,
    ResidentView,
    corrigible,
    timeline,
)
from linli.registry.residents.queries.vocabulary import FactWord, words
from linli.registry.residents.web.forms import CorrectionForm

# What a corrected departure is called in a household's history.
DEPARTURE_LABELS = {"died_date": _("去世登记"), "left_date": _("迁出登记"), "moved_date": _("转入其他家庭的登记")}
Pairs = list[tuple[object, object]]
# Derived facts stand elsewhere on the page.
_DERIVED = ("age", "size")


@dataclass(frozen=True)
class FactLine:
    """One fact: what, how much."""

    label: str
    value: str


# Facts that became known together, with where from and as of when.
Known = tuple[str, list[FactLine]]


@dataclass(frozen=True)
class MemberCard:
    """A member with facts as lines, and what can be done about them."""

    person: ResidentView
    told: str
    notes: Sequence[object]  # what other rooms say: the groups somebody belongs to
    person_facts: Pairs
    facts: Sequence[Known]
    begins: Sequence[Action]  # in other rooms
    actions: Sequence[Action]


@dataclass(frozen=True)
class HouseholdCard:
    """A household's page. Ties are (title, lines, words for none, what to do, where), lines (what, of whom, when).
    ``actions`` stand in the head, what is rarer in ``acts``.
    """

    heading: str
    place: str
    closed: str
    notes: Sequence[object]
    actions: Sequence[Action]
    acts: Sequence[Action]
    facts: Sequence[Known]
    members: list[MemberCard]
    former: list[tuple[object, ...]]
    ties: list[tuple[object, ...]]
    relations: Action | None  # to be checked: the head changed


def household_view(
    request: HttpRequest, detail: HouseholdDetail, brought: Gathered, *, may_register: bool
) -> HouseholdCard:
    """The household with labels and formatted values, and what other rooms say of its people."""
    known, moved = words(), corrigible(member.person.resident_id for member in detail.members)
    heads = [member.person.name for member in detail.members if member.relation == "HEAD"]
    return HouseholdCard(
        gettext("%(name)s 家庭") % {"name": heads[0]} if heads else detail.number,
        joined_by_dot(
            detail.community_name, detail.grid_name, detail.building_name, counted("%(count)s 人", len(detail.members))
        ),
        f"{day_text(detail.closed_date)} {detail.closed_reason}".strip(),
        brought.notes.get(detail.number, ()),
        _begins(detail, brought, may_register=may_register),
        list(_acts(detail)) if may_register else [],
        _fact_lines(detail.facts, known),
        [_member(one, known, moved, brought, may_register=may_register) for one in detail.members],
        [_former(request, one) for one in detail.former],
        list(_ties(request, detail, may_register=may_register)),
        button(gettext("核对户内关系"), "household_relations", detail.number)
        if may_register and any(one.presumed for one in detail.members)
        else None,
    )


def person_facts(person: ResidentView) -> Pairs:
    """Who somebody is, numbers masked."""
    return [
        (gettext("居民编号"), person.number),
        (gettext("文书上写作"), person.printed_as),
        (gettext("出生日期"), day_text(person.birth_date)),
        (gettext("身份证号"), _masked(person, person.masked_id_number, SealedField.ID_NUMBER)),
        (gettext("电话"), _masked(person, person.masked_phone, SealedField.PHONE)),
        (gettext("户籍"), joined_by_dot(person.hukou_kind.label, person.hukou_place)),
        (gettext("居住"), joined_by_dot(person.residence_kind.label, person.residence_place)),
        (gettext("去世日期"), day_text(person.died_date)),
        (gettext("迁出日期"), day_text(person.left_date)),
    ]


def _begins(detail: HouseholdDetail, brought: Gathered, *, may_register: bool) -> list[Action]:
    """What is begun for the family most days; what is next comes before all of it."""
    facts = [button(gettext("记录情况"), "fact_new", detail.number)] if may_register else []
    begins = brought.begins.get(detail.number, ()) if detail.closed_date is None else ()
    return [*facts, *(replace(one, main=brought.next is None) for one in begins)]


def _acts(detail: HouseholdDetail) -> Iterator[Action]:
    """What is done about the household itself, now and then."""

    yield button(gettext("添加成员"), "member_new", detail.number)
    yield button(gettext("核对户内关系"), "household_relations", detail.number)
    yield button(gettext("全户迁移"), "household_move", detail.number)
    if detail.moved_date:
        yield button(gettext("更正迁移"), "household_move_correct", detail.number)


def departed_actions(person: ResidentView) -> list[Action]:
    """What can be done about somebody who died or went away."""
    left = person.left_date is not None and person.died_date is None

    wrong = gettext("更正迁出登记") if left else gettext("更正去世登记")
    found = [
        button(gettext("更正"), "resident_correct", person.number),
        button(wrong, "resident_departure", person.number),
    ]
    return [*found, button(gettext("迁回"), "resident_return", person.number, main=True)] if left else found


def _member(
    member: MemberView,
    known: Mapping[str, FactWord],
    moved: Collection[int],
    brought: Gathered,
    *,
    may_register: bool,
) -> MemberCard:
    person, number = member.person, member.person.number
    relation = gettext("%(relation)s（推定）") if member.presumed else "%(relation)s"
    told = joined_by_dot(
        relation % {"relation": member.relation.label}, person.sex.label, counted("%(count)s 岁", person.age)
    )
    actions = list(_member_actions(person, came_here=person.resident_id in moved)) if may_register else []
    notes, begins = brought.notes.get(number, ()), brought.begins.get(number, ())
    return MemberCard(person, told, notes, person_facts(person), _fact_lines(member.facts, known), begins, actions)


def _member_actions(person: ResidentView, *, came_here: bool) -> Iterator[Action]:
    yield button(gettext("更正"), "resident_correct", person.number)
    yield button(gettext("转入其他家庭"), "resident_move", person.number)
    if came_here:
        yield button(gettext("更正转入"), "resident_departure", person.number)
    yield button(gettext("迁出"), "resident_leave", person.number)
    yield Action(gettext("关联登录账号"), f"{reverse('account_link')}?{urlencode({'resident': person.number})}")
    yield button(gettext("去世"), "resident_death", person.number, danger=True)


def _masked(person: ResidentView, value: str, field: SealedField) -> str:
    if not value:
        return gettext("未登记")
    return cells.masked(value, reverse("unmask_field", args=[person.number, field]), field.label)


def _former(request: HttpRequest, member: MemberView) -> tuple[object, ...]:
    person, gone = member.person, member.person.died_date or member.person.left_date
    name = cells.linked(request, "resident_detail", person.number, person.name) if gone else person.name
    days = f"{day_text(member.valid_from)} – {day_text(member.valid_until)}"
    return name, member.relation.label, joined_by_dot(days, gettext("去世") if person.died_date else "")


def _ties(request: HttpRequest, detail: HouseholdDetail, *, may_register: bool) -> Iterator[tuple[object, ...]]:
    found = [
        (joined_by_dot(one.how.label, one.subject_name), one.by_name, day_text(one.identified_date))
        for one in detail.identifications
    ]
    new = button(gettext("记录"), "identification_new", detail.number)
    yield gettext("识别途径"), found, gettext("还没有记录"), new.label, new.address
    guardians = [_guardian(detail.number, tie, may_register=may_register) for tie in detail.guardians]
    new = button(gettext("登记"), "guardian_new", detail.number)
    yield gettext("监护与代理"), guardians, gettext("还没有登记"), new.label, new.address
    kin = [
        (
            cells.linked(request, "resident_detail", tie.kin_number, tie.kin_name) if tie.kin_number else tie.kin_name,
            gettext("%(member)s的%(relation)s") % {"member": tie.member_name, "relation": tie.relation.label},
            "",
        )
        for tie in detail.kin
    ]
    new = button(gettext("登记"), "kinship_new", detail.number)
    yield gettext("亲属"), kin, gettext("还没有登记"), new.label, new.address


def _guardian(number: str, tie: GuardianView, *, may_register: bool) -> tuple[object, ...]:
    when: str = day_text(tie.valid_from)
    if tie.valid_until:
        when = f"{when} – {day_text(tie.valid_until)}"
    elif may_register:
        address = reverse("guardian_end", args=[number, tie.guardianship_id])
        link = '{} <a href="{}">{}<span class="visually-hidden"> {}</span></a>'
        when = format_html(link, when, address, gettext("结束"), tie.guardian_name)
    return tie.guardian_name, joined_by_dot(tie.kind.label, tie.ward_name, tie.document), when


def told(asking: Asking, window: Window) -> list[Happened]:
    """The registry's lines of a family's history."""
    reach = asking.person.scope(*REGISTRY_ROLES)
    return happened(timeline(reach, asking.family.units[0], before=window.before, limit=window.most))


def happened(events: Iterable[Event]) -> list[Happened]:
    """The registry's events in words."""
    known = words()
    return [Happened(one.day, _title(one), one.by_id, *_meta(one, known)) for one in events]


def fact_text(value: int | None, word: FactWord | None) -> str:
    """A value in words: yuan, yes or no, a number; unknown is said to be unknown."""
    if value is None:
        return gettext("不清楚")
    if word is not None and word.unit == "FEN":
        return f"¥{yuan_short(value)}"
    if word is not None and word.unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return str(value)


def _fact_lines(facts: Mapping[str, FactValue], known: Mapping[str, FactWord]) -> list[Known]:
    found: dict[str, list[FactLine]] = {}
    for code, fact in sorted(facts.items()):
        if code not in _DERIVED:
            line = FactLine(_label(code, known), fact_text(fact.value, known.get(code)))
            found.setdefault(joined_by_dot(source_text(fact.source), day_text(fact.as_of)), []).append(line)
    return list(found.items())


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
        return f"{_label(code, known)} {text}", source_text(words_of["source"])
    if event.kind == EventKind.CORRECTED:
        return f"{_field_label(words_of['field'])} · {words_of['reason']}", ""
    return " · ".join(text for text in words_of.values() if text), ""


def _field_label(field: str) -> str:
    """A resident's field as its form calls it; several have one correction each."""
    if field in DEPARTURE_LABELS:
        return str(DEPARTURE_LABELS[field])
    known = CorrectionForm.base_fields.get(field)
    return str(known.label) if known is not None and known.label else field
