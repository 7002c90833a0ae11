"""What becomes known of people and households, and how they were found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.foundation.data.locks import LockSpace, share_name
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.kernel.act import Act
from linli.registry.residents.codes import IdentifiedHow
from linli.registry.residents.models import Circumstance, Household, Identification, Resident
from linli.registry.residents.operations.common import check_day, common_chain
from linli.registry.residents.operations.refusals import CodeMalformed, ResidentUnknown, SourceMissing, SubjectAmbiguous
from linli.registry.residents.operations.rows import insert
from linli.registry.residents.permissions import check_change_records

_CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True)
class NewFact:
    """One fact of one resident or one household as of a day. ``value`` None: asked, not known; yes is 1, no is 0."""

    code: str
    value: int | None
    source: str
    as_of: date
    resident_id: int | None = None
    household_id: int | None = None


@dataclass(frozen=True)
class NewIdentification:
    """How and by whom a resident or a household in need was found."""

    how: IdentifiedHow
    identified_date: date
    by_name: str = ""
    resident_id: int | None = None
    household_id: int | None = None


_Subjects = Mapping[tuple[int | None, int | None], Resident | Household]


@act
def record_circumstances(act: Act, *, facts: Sequence[NewFact]) -> None:
    """Record facts, all or none; nothing is overwritten.

    Raises NotPermitted, OwnFamily, ResidentUnknown, SubjectAmbiguous, CodeMalformed, SourceMissing, DateInFuture.
    """
    subjects = _subjects(facts)
    check_change_records(act, subjects.values(), act.on)
    lines = _record(act, facts, subjects)
    audit.record(
        act, where=common_chain(s.stamp for s in subjects.values()), subject=f"facts:{lines[0][0]}", lines=lines
    )


@within_act
def note_circumstances(act: Act, *, facts: Sequence[NewFact]) -> None:
    """Record facts on behalf of another room's open act, which has checked who may. Same refusals."""
    _record(act, facts, _subjects(facts))


@act
def identify(act: Act, *, identifications: Sequence[NewIdentification]) -> None:
    """Record how people or households in need were found.

    Raises NotPermitted, OwnFamily, ResidentUnknown, SubjectAmbiguous, DateInFuture.
    """
    subjects = _subjects(identifications)
    check_change_records(act, subjects.values(), act.on)
    for new in identifications:
        check_day(act, new.identified_date, field="identified_date")
    insert(
        [
            Identification(
                resident_id=new.resident_id,
                household_id=new.household_id,
                how=new.how,
                by_name=new.by_name.strip(),
                identified_date=new.identified_date,
                recorded_by_id=act.by.pk,
                recorded_at=act.at,
                **subjects[new.resident_id, new.household_id].stamp.columns(),
            )
            for new in identifications
        ]
    )
    lines = [(subjects[new.resident_id, new.household_id].number, new.how.value) for new in identifications]
    audit.record(
        act, where=common_chain(s.stamp for s in subjects.values()), subject=f"identified:{lines[0][0]}", lines=lines
    )


def _record(act: Act, facts: Sequence[NewFact], subjects: _Subjects) -> list[tuple[str, str, int | None, str]]:
    for fact in facts:
        _check(act, fact)
    share_name(LockSpace.FACTS, 0)
    insert(
        [
            Circumstance(
                resident_id=fact.resident_id,
                household_id=fact.household_id,
                code=fact.code,
                value=fact.value,
                source=fact.source.strip(),
                as_of=fact.as_of,
                recorded_by_id=act.by.pk,
                recorded_at=act.at,
                **subjects[fact.resident_id, fact.household_id].stamp.columns(),
            )
            for fact in facts
        ]
    )
    return [
        (subjects[fact.resident_id, fact.household_id].number, fact.code, fact.value, fact.as_of.isoformat())
        for fact in facts
    ]


def _check(act: Act, fact: NewFact) -> None:
    if not _CODE.fullmatch(fact.code):
        raise CodeMalformed(field="code", name=fact.code)
    if not fact.source.strip():
        raise SourceMissing(field="source")
    check_day(act, fact.as_of, field="as_of")


def _subjects(rows: Iterable[NewFact | NewIdentification]) -> _Subjects:
    keys = {(row.resident_id, row.household_id) for row in rows}
    if not keys or any((resident is None) == (household is None) for resident, household in keys):
        raise SubjectAmbiguous(field="subject")
    found: dict[tuple[int | None, int | None], Resident | Household] = {}
    residents = {resident for resident, _household in keys if resident is not None}
    if residents:
        for person in Resident.objects.filter(pk__in=residents):
            found[person.pk, None] = person
    households = {household for _resident, household in keys if household is not None}
    if households:
        for family in Household.objects.filter(pk__in=households):
            found[None, family.pk] = family
    if len(found) < len(keys):
        raise ResidentUnknown(field="subject")
    return found
