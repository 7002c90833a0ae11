"""How a household stands against what was assessed: between the visit and the decision people die, move and are born.

One check for every step from the assessment on, for work lists and for the case's page: no step is taken on
yesterday's result; before it only whether anybody is left here to assess is asked. What is told says who it is about,
what would be due now, and how the case goes on.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext

from linli.aid.assistance.codes import ApplicationState
from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.queries.facts import case_facts, foreseen
from linli.foundation.data.prepared import prepared
from linli.foundation.screens.texts import day_text, joined, money_text, pack_text
from linli.kernel.period import age_on
from linli.law.policies.engine.determination import determine
from linli.law.policies.queries import pack_of
from linli.registry.residents.queries import (
    HouseholdPlace,
    Left,
    Member,
    household_places,
    members_on,
    newest_recordings,
    who_left,
)

# From the assessment to the decision.
ASSESSED_STATES = (
    ApplicationState.ASSESSED,
    ApplicationState.OPINION_GIVEN,
    ApplicationState.REVIEWED,
    ApplicationState.PUBLISHED,
)
# Nothing was assessed that the household could be compared with.
_UNASSESSED = (
    ApplicationState.RECEIVED,
    ApplicationState.AWAITING_PAPERS,
    ApplicationState.ACCEPTED,
    ApplicationState.ASSESSING,
    ApplicationState.OBJECTED,
)
_STOP = "；"


@dataclass(frozen=True)
class HouseholdChange:
    """What is otherwise than it was assessed.

    ``gone`` died, left or joined another household; ``came`` were born or moved in; ``facts_differ``: with what became
    known since, the rules give another result; ``moved_away``: the family lives in another community now.
    """

    gone: tuple[Left, ...] = ()
    came: tuple[Member, ...] = ()
    facts_differ: bool = False
    moved_away: bool = False
    is_empty: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nobody is left whom this community could assess: the case is closed, not assessed again."""
        return self.is_empty or self.moved_away


def changes_of(rows: Iterable[Application], on: date) -> dict[int, HouseholdChange]:
    """What changed since the assessment, by id of the applications that are between it and the
    decision; those that stand as assessed are left out. A few statements for any number.
    """
    waiting = {row.pk: row for row in rows if row.state in ASSESSED_STATES}
    if not waiting:
        return {}
    reports = {one.application_id: one for one in _reports(set(waiting))}
    homes = {row.household_id for row in waiting.values()}
    members, places = members_on(homes, on), household_places(homes)
    found = {
        pk: _compare(row, counted(reports[pk]), members[row.household_id], places)
        for pk, row in waiting.items()
        if pk in reports
    }
    same = [waiting[pk] for pk, change in found.items() if change is None]
    differing = _with_other_result(same, reports, members, on)
    changed = {pk: change for pk, change in found.items() if change is not None}
    changed |= {pk: HouseholdChange(facts_differ=True) for pk in differing}
    return _with_departures(changed, waiting, on)


def nobody_left(rows: Iterable[Application]) -> dict[int, HouseholdChange]:
    """Households that are not assessed yet and of which nobody is left here, by id of the application: they moved to
    another community, or their home is empty.
    """
    waiting = {row.pk: row for row in rows if row.state in _UNASSESSED}
    if not waiting:
        return {}
    # A household without members is closed, and a closed one has no place.
    places = household_places({row.household_id for row in waiting.values()})
    found = {
        pk: HouseholdChange(moved_away=_moved_away(row, places), is_empty=row.household_id not in places)
        for pk, row in waiting.items()
    }
    return {pk: change for pk, change in found.items() if change.is_over}


def changed_cases(application_ids: Collection[int], on: date) -> frozenset[int]:
    """Those of the applications (ids) whose household is not what was assessed."""
    return frozenset(changes_of(_applications(application_ids), on)) if application_ids else frozenset()


def lapsed_cases(application_ids: Collection[int]) -> frozenset[int]:
    """Those of the applications (ids) that lapsed."""
    rows = _applications(application_ids) if application_ids else ()
    return frozenset(row.pk for row in rows if row.state == ApplicationState.LAPSED)


@prepared
def _applications(ids: Collection[int]) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=ids)


@prepared
def _reports(application_ids: Collection[int]) -> QuerySet[Assessment]:
    made = Assessment.objects.filter(application_id__in=application_ids, completed_date__isnull=False)
    return made.select_related("determination").order_by("round")


def sheet_change(assessment: Assessment, on: date) -> HouseholdChange | None:
    """The same for a sheet that is being filled (application loaded): whom the visit described."""
    application = assessment.application
    members = members_on([application.household_id], on)[application.household_id]
    seen = counted(assessment) if assessment.visited_date is not None else frozenset(one.number for one in members)
    change = _compare(application, seen, members, household_places([application.household_id]))
    if change is None:
        return None
    return _with_departures({application.pk: change}, {application.pk: application}, on)[application.pk]


def counted(assessment: Assessment) -> frozenset[str]:
    """Numbers of the members whom the visit described, or the rules were asked about."""
    if assessment.members:
        return frozenset(assessment.members.split(","))
    made = assessment.determination
    return frozenset(one["key"] for one in json.loads(made.document)["facts"]["members"]) if made else frozenset()


def change_sentence(application: Application, change: HouseholdChange, on: date) -> str:
    """What changed, what would be due now, and how the case goes on, in the reader's language."""
    parts = list(_happened(change))
    if change.is_over:
        parts.append(gettext("请以“撤回申请”结束本案"))
    else:
        parts += [_due_now(application, on), gettext("须重新组成评估小组入户核实（新一轮）后再办理")]
    return f"{application.number} {_STOP.join(parts)}"


def sheet_sentence(application: Application, change: HouseholdChange) -> str:
    """The same for a sheet: it is filled again before anybody signs."""
    way = gettext("请以“撤回申请”结束本案") if change.is_over else gettext("请按现在的成员重新填写入户调查后再签名")
    return f"{application.number} {_STOP.join([*_happened(change), way])}"


def _happened(change: HouseholdChange) -> Iterable[str]:
    for left in change.gone:
        words = {"who": f"{left.name}（{left.number}）", "day": day_text(left.day), "what": left.kind.label}
        yield gettext("%(who)s %(day)s%(what)s") % words
    for came in change.came:
        yield gettext("新增成员 %(who)s") % {"who": f"{came.name}（{came.number}）"}
    if change.moved_away:
        yield gettext("全户已迁往其他社区")
    if change.is_empty:
        yield gettext("家庭已没有成员")
    if change.facts_differ:
        yield gettext("家庭情况有新的记录，计算结果与评估时不同")


def _due_now(application: Application, on: date) -> str:
    results, missing = foreseen(application, on, observed={}, visited=None)
    programmes = pack_of(application.pack_version_id).programmes
    due = [
        gettext("%(programme)s每月%(amount)s")
        % {"programme": pack_text(programmes[one.programme].label), "amount": money_text(one.amount_fen)}
        for one in results
        if one.amount_fen > 0
    ]
    if due:
        return gettext("按现在的情况应发：%(due)s") % {"due": joined(due)}
    if missing:
        return gettext("按现在的情况还缺资料，规则无法计算")
    return gettext("按现在的情况没有应发待遇")


def _compare(
    row: Application, seen: frozenset[str], members: Sequence[Member], places: Mapping[int, HouseholdPlace]
) -> HouseholdChange | None:
    """Members and place; ``gone`` is filled in afterwards for those that changed.

    Of a family that lives elsewhere now nothing else is told: who came to it and left it is the other community's.
    """
    if _moved_away(row, places):
        return HouseholdChange(moved_away=True)
    now = {one.number for one in members}
    came = tuple(one for one in members if one.number not in seen)
    if now == seen and now:
        return None
    return HouseholdChange(came=came, is_empty=not now)


def _moved_away(row: Application, places: Mapping[int, HouseholdPlace]) -> bool:
    place = places.get(row.household_id)  # none when it is closed
    return place is not None and place.stamp.community_id != row.community_id


def _with_departures(
    changed: Mapping[int, HouseholdChange], rows: Mapping[int, Application], on: date
) -> dict[int, HouseholdChange]:
    """Who is gone, by name, kind and day: asked for the few households that changed."""
    if not changed:
        return {}
    homes = {rows[pk].household_id for pk in changed}
    left = who_left(homes, on=on)
    reports = Assessment.objects.filter(application__in=changed).select_related("determination").order_by("round")
    seen: dict[int, frozenset[str]] = {one.application_id: counted(one) for one in reports if one.visited_date}
    return {
        pk: HouseholdChange(
            tuple(
                one
                for one in left
                if one.household_id == rows[pk].household_id
                and one.number in seen.get(pk, frozenset())
                and not change.moved_away
            ),
            change.came,
            change.facts_differ,
            change.moved_away,
            change.is_empty,
        )
        for pk, change in changed.items()
    }


def _with_other_result(
    rows: Sequence[Application],
    reports: Mapping[int, Assessment],
    members: Mapping[int, Sequence[Member]],
    on: date,
) -> Collection[int]:
    """Those for whom the rules say otherwise than in the report; asked only where something became known since.

    The standards are those of the report's day: a new standard reaches what was granted by itself.
    """
    newest = newest_recordings({row.household_id: members[row.household_id] for row in rows}) if rows else {}
    asked = []
    for row in rows:
        made = reports[row.pk].determination
        if made is None:
            continue
        known = newest.get(row.household_id)
        older = any(age_on(one.birth_date, on) != age_on(one.birth_date, made.on) for one in members[row.household_id])
        if older or (known is not None and known > made.made_at):
            asked.append((row, made))
    if not asked:
        return ()
    facts = case_facts([row for row, _made in asked], on)
    return [
        row.pk
        for row, made in asked
        if _outcome(determine(pack_of(row.pack_version_id), facts[row.pk], made.on).to_json())
        != _outcome(made.document)
    ]


def _outcome(document: str) -> tuple[object, ...]:
    """What counts of a determination: what is due to whom, and who belongs to which group."""
    said = json.loads(document)
    due = [(one["programme"], one["member_key"], one["amount_fen"]) for one in said["entitlements"]]
    groups = [(one["group"], one["member_key"], one["belongs"]) for one in said["groups"]]
    return due, groups
