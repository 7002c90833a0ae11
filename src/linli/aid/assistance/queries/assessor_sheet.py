"""The assessor's sheet: what somebody who visits a family may see, and nothing else."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from linli.aid.assistance.codes import ApplicationState, AssessorCapacity
from linli.aid.assistance.models import Assessment, Assessor
from linli.aid.assistance.queries.facts import Overtaken, overtaken
from linli.aid.assistance.queries.standing import nobody_left, sheet_sentence
from linli.aid.assistance.queries.turns import CAPACITY_ROLE
from linli.aid.assistance.queries.worklist import place_names
from linli.aid.assistance.rules.results import Departure
from linli.foundation.data.scope import Scope, within
from linli.ground.users.queries import authority_of, person
from linli.ground.users.queries import names as user_names
from linli.kernel.act import CHINA_TIME
from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import FactSpec, Pack
from linli.law.policies.queries import pack_of
from linli.registry.residents.codes import Relation
from linli.registry.residents.queries import Change, HouseholdFacts, MemberFacts, changes_since, facts_of, members_on

# The registry works these out itself; nobody writes them on a sheet.
DERIVED = frozenset({"age", "size"})
_COUPLE = (Relation.HEAD, Relation.SPOUSE)
_REGISTER = gettext_noop("登记的家庭成员")
_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class FactLine:
    """One fact to find out: what is known, from where and as of when, and what the sheet says.

    ``since``: what happened to the household after it was said, where it is about whom somebody lives with: then it is
    told, and nobody's answer is taken for today's.
    """

    code: str
    label: Text
    unit: str
    low: int
    high: int
    known: int | None
    source: str
    observed: int | bool | None
    is_observed: bool
    as_of: date | None = None
    since: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Written:
    """What one of the three wrote on the sheet, and when; ``observed`` as on the assessment."""

    by: int
    name: str
    at: datetime
    visited_date: date
    needs: str
    observations: str
    observed: Mapping[str, Mapping[str, int | bool | None]]
    departures: tuple[Departure, ...]


@dataclass(frozen=True)
class SheetMember:
    """A person of the household: by name, since an assessor declares to be no kin of them; no number, no telephone."""

    key: str
    name: str
    relation: Relation
    age: int
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class SheetSeat:
    """A place in the team."""

    name: str
    capacity: AssessorCapacity
    declared_at: datetime | None
    signed_at: datetime | None
    dissent: str
    own: bool


@dataclass(frozen=True)
class Sheet:
    """One visit's sheet. It holds no identity number, telephone, address, account or file."""

    assessment_id: int
    version: int
    round: int
    number: str
    household: str
    place: str
    groups: tuple[Text, ...]
    pack: Pack
    formed_date: date
    visited_date: date | None
    needs: str
    observations: str
    household_facts: tuple[FactLine, ...]
    members: tuple[SheetMember, ...]
    seats: tuple[SheetSeat, ...]
    own: SheetSeat
    may_complete: bool
    reader: int
    # What stands there, and what somebody else had written before who wrote it.
    written: Written | None
    earlier: Written | None
    # Nobody is left here to visit: what happened, and how the case goes on.
    over: str = ""

    @property
    def others(self) -> Written | None:
        """What somebody else than the reader wrote last."""
        return self.earlier if self.written and self.written.by == self.reader else self.written


def sheet_of_others(scope: Scope, assessment_id: int, user_id: int) -> Assessment | None:
    """An assessment that never named the user; None out of scope."""
    rows = within(Assessment.objects.all(), scope, prefix="application__")
    return rows.exclude(assessors__user_id=user_id).filter(pk=assessment_id).first()


def present_sheet(user_id: int, assessment_id: int) -> int:
    """The sheet (id) on which somebody sits now who sat on an earlier one of the same case; 0 for nobody else."""
    was = Assessor.objects.filter(assessment_id=assessment_id, user_id=user_id).values("assessment__application")
    seats = Assessor.objects.filter(user_id=user_id, assessment__application__in=was).exclude(assessment=assessment_id)
    present = seats.filter(assessment__round=F("assessment__application__round")).order_by("-pk")
    return present.values_list("assessment_id", flat=True).first() or 0


def sheet(user_id: int, assessment_id: int, on: date) -> Sheet | None:
    """The sheet of an open assessment that names the user; None for everybody else and when it is closed."""
    seats = list(Assessor.objects.filter(assessment_id=assessment_id).select_related("user").order_by("pk"))
    seat = next((one for one in seats if one.user_id == user_id), None)
    if seat is None:
        return None
    assessment = Assessment.objects.select_related("application__household__building").get(pk=assessment_id)
    application = assessment.application
    still_there = authority_of(person(user_id), on).may(application.stamp, CAPACITY_ROLE[seat.capacity])
    is_open = application.state == ApplicationState.ASSESSING and assessment.round == application.round
    if not still_there or not is_open:
        return None
    pack = pack_of(application.pack_version_id)
    observed = json.loads(assessment.observed) if assessment.observed else {}
    known = facts_of([application.household_id], on)[application.household_id]
    names = {one.number: one for one in members_on([application.household_id], on)[application.household_id]}
    since = _Since(overtaken(pack, known, on), _since_visit(assessment, on))
    asked = {level: [f for f in pack.facts.values() if f.level == level] for level in ("HOUSEHOLD", "PERSON")}
    views = tuple(_seat(one, own=one.user_id == user_id) for one in seats)
    over = nobody_left([application]).get(application.pk)
    filled = Sheet(
        assessment.pk,
        assessment.version,
        assessment.round,
        application.number,
        application.household.number,
        place_names([application])[application.pk],
        tuple(pack.groups[code].label for code in application.group_codes),
        pack,
        assessment.formed_date,
        assessment.visited_date,
        assessment.needs,
        assessment.observations,
        _lines(asked["HOUSEHOLD"], known.facts, observed.get("", {}), on=on),
        tuple(
            SheetMember(
                member.number,
                names[member.number].name,
                member.relation,
                member.facts["age"].value or 0,
                _lines(
                    asked["PERSON"],
                    member.facts,
                    observed.get(member.number, {}),
                    _registered(member, known),
                    since=since.of(member.number),
                    on=on,
                ),
            )
            for member in known.members
        ),
        views,
        next(view for view in views if view.own),
        seat.capacity != AssessorCapacity.VOLUNTEER and all(view.signed_at for view in views),
        user_id,
        _written(as_written(assessment)),
        _written(json.loads(assessment.earlier or "{}")),
        sheet_sentence(application, over) if over else "",
    )
    # Who belongs to a family that moved away, and what is known of it, is the other community's.
    return replace(filled, members=(), household_facts=()) if over and over.moved_away else filled


def as_written(assessment: Assessment) -> Mapping[str, Any]:
    """What stands on the sheet, who wrote it and when; kept as ``earlier`` when somebody else changes it."""
    at = assessment.written_at.isoformat() if assessment.written_at else ""
    texts = ("visited_date", "needs", "observations", "observed", "departures")
    return {"by": assessment.written_by_id, "at": at} | {name: str(getattr(assessment, name) or "") for name in texts}


def _written(said: Mapping[str, Any]) -> Written | None:
    """None before somebody wrote."""
    if not said.get("by"):
        return None
    return Written(
        said["by"],
        user_names([said["by"]])[said["by"]],
        datetime.fromisoformat(said["at"]).astimezone(CHINA_TIME),
        date.fromisoformat(said["visited_date"]),
        said["needs"],
        said["observations"],
        json.loads(said["observed"] or "{}"),
        tuple(Departure(**one) for one in json.loads(said["departures"] or "[]")),
    )


def _registered(person: MemberFacts, household: HouseholdFacts) -> Mapping[str, int]:
    """What the register of the household answers by itself (``FactSpec.register``): only what is sure. A relation that
    nobody has said since the head changed is not.
    """
    said = [one.relation for one in household.members if not one.presumed]
    couple = person.relation in _COUPLE and not person.presumed
    found = {"ALONE": int(len(household.members) == 1)}
    if couple and all(one in said for one in _COUPLE):
        found["SPOUSE"] = 1
    if (couple and Relation.CHILD in said) or (person.relation == Relation.PARENT and not person.presumed):
        found["CHILD"] = 1
    return found


@dataclass(frozen=True)
class _Since:
    """What happened since each fact was recorded, and since the visit was written down."""

    recorded: Overtaken
    visit: tuple[Change, ...]

    def of(self, number: str) -> Callable[[FactSpec, bool], tuple[Change, ...]]:
        """The same for one member: of a fact, seen or not."""

        def since(spec: FactSpec, seen: bool) -> tuple[Change, ...]:  # noqa: FBT001 - by place
            if seen:
                return self.visit if spec.register else ()
            return self.recorded.get((number, spec.name), ())

        return since


def _since_visit(assessment: Assessment, on: date) -> tuple[Change, ...]:
    if assessment.visited_date is None:
        return ()
    return tuple(changes_since(assessment.application.household_id, after=assessment.visited_date, on=on))


def _lines(
    specs: list[FactSpec],
    known: Mapping[str, tuple[int | None, str, date | None]],
    observed: Mapping[str, int | bool | None],
    registered: Mapping[str, int] = _NOTHING,
    *,
    on: date,
    since: Callable[[FactSpec, bool], tuple[Change, ...]] = lambda _spec, _seen: (),
) -> tuple[FactLine, ...]:
    def line(spec: FactSpec) -> FactLine:
        value, source, as_of = known.get(spec.name, (None, "", None))
        if value is None and spec.register in registered:
            value, source, as_of = registered[spec.register], _REGISTER, on
        seen, is_seen = observed.get(spec.name), spec.name in observed
        told = (value, source, seen, is_seen, as_of if value is not None else None, since(spec, is_seen))
        return FactLine(spec.name, spec.label, spec.unit, spec.low, spec.high, *told)

    return tuple(line(spec) for spec in specs if spec.name not in DERIVED)


def _seat(row: Assessor, *, own: bool) -> SheetSeat:
    return SheetSeat(
        row.user.name,
        AssessorCapacity(row.capacity),
        _local(row.declared_at),
        _local(row.signed_at),
        row.dissent,
        own,
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(CHINA_TIME) if moment else None
