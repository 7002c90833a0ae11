"""A household table as households, checked by itself, before any act. One row is one person."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.foundation.data.scope import Scope
from linli.foundation.files.tables import Row, RowProblem, TableRefused, read_table
from linli.ground.areas.codes import AreaKind
from linli.kernel.errors import DomainError
from linli.kernel.identity import IdentityNumberPerhapsCut, looks_cut, with_check_digit
from linli.kernel.text import plain_number
from linli.registry.residents.codes import HukouKind, Relation, ResidenceKind, Sex
from linli.registry.residents.engine.names import compact
from linli.registry.residents.operations.columns import LABELS, household_columns
from linli.registry.residents.operations.refusals import (
    BY_RULE,
    IdentitiesAlike,
    IdentityRepeated,
    PlaceAmbiguous,
    PlaceUnknown,
    RowsDisagree,
)
from linli.registry.residents.operations.rows import NewMember
from linli.registry.residents.queries.places import Place, local_places
from linli.registry.residents.rules.registration import household_faults

MAX_ROWS = 20_000
# An identity number begins with six digits of a place. That two people of a file have the rest in common happens in one
# of the longest files; three do not.
_PLACE, _MOST_ALIKE = 6, 2
# The answer of a file that somebody is not who the registry has.
NEW = "NEW"
_NEW = {NEW, "新登记", "新增", "新"}


class HouseholdProblem(RowProblem):
    """Why a row of the household table was not taken."""

    headers = LABELS


class ImportRefused(TableRefused):
    """Nothing of the file was taken; ``problems`` names every row, whose it is (``names``), and the column."""

    def __init__(self, problems: Iterable[HouseholdProblem], names: Mapping[int, str]) -> None:
        super().__init__(replace(problem, who=names.get(problem.row, "")) for problem in problems)


@dataclass(frozen=True)
class ImportedMember:
    """A person of the file; ``given`` names the columns that were filled: only those are compared.

    ``answer`` is what the file says of who it is: a resident's number, NEW, or nothing.
    """

    row: int
    member: NewMember
    given: frozenset[str]
    answer: str = ""


@dataclass(frozen=True)
class ImportedHousehold:
    """A household of the file."""

    area_id: int
    address: str
    members: tuple[ImportedMember, ...]


@dataclass(frozen=True)
class HouseholdTable:
    """What a file says and what is wrong with it by itself."""

    households: tuple[ImportedHousehold, ...]
    problems: tuple[HouseholdProblem, ...]
    names: Mapping[int, str]  # of everybody, by row


def read_households(data: bytes, *, filename: str, scope: Scope, on: date) -> HouseholdTable:
    """Read and check a file, without writing; ``scope`` is where the reader registers.

    Raises the refusals of foundation.files for files that cannot be read at all; everything else is a problem.
    """
    table = read_table(data, filename=filename, columns=household_columns(), max_rows=MAX_ROWS)
    problems = [HouseholdProblem(problem.row, problem) for problem in table.problems]
    finder = _PlaceFinder(local_places(scope))
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        groups.setdefault(str(row.values["household"]), []).append(row)
    broken = {problem.row for problem in problems}
    households = []
    for label, rows in groups.items():
        if label == "None" or any(row.number in broken for row in rows):
            continue
        household, wrong = _household(rows, finder, on)
        problems += wrong
        households.append(household)
    problems += _repeated(households)
    problems += _cut(households)
    problems += _alike(households)
    names = {row.number: str(row.values["name"] or "") for row in table.rows}
    return HouseholdTable(tuple(households), tuple(problems), names)


class _PlaceFinder:
    """Places by name or code within reach."""

    def __init__(self, reachable: Iterable[Place]) -> None:
        self._by_text: dict[str, list[Place]] = {}
        for place in reachable:
            for text in {compact(place.name), compact(place.code)}:
                self._by_text.setdefault(text, []).append(place)

    def find(self, text: str) -> Place:
        """Raises PlaceUnknown, PlaceAmbiguous. Of a grid and a building with one name the building is meant."""
        found = self._by_text.get(compact(text), [])
        buildings = [place for place in found if place.kind == AreaKind.BUILDING]
        fitting = buildings or found
        if not fitting:
            raise PlaceUnknown(field="place")
        if len(fitting) > 1:
            raise PlaceAmbiguous(field="place", name=text)
        return fitting[0]


def _household(rows: Sequence[Row], finder: _PlaceFinder, on: date) -> tuple[ImportedHousehold, list[HouseholdProblem]]:
    members = tuple(_member(row) for row in rows)
    problems: list[HouseholdProblem] = []
    for fault in household_faults([member.member for member in members], on=on):
        error = fault.refusal or BY_RULE[fault.code](field=fault.field)
        problems.append(HouseholdProblem(rows[fault.member or 0].number, error))
    # A table often has the door with the head alone: a blank cell says nothing.
    area_id, address = 0, next((str(row.values["address"]) for row in rows if row.values["address"]), "")
    for row in rows:
        try:
            found = finder.find(str(row.values["place"])).area_id
        except DomainError as error:
            problems.append(HouseholdProblem(row.number, error))
            continue
        area_id = area_id or found
        for field, alike in (("place", found == area_id), ("address", row.values["address"] in (None, "", address))):
            if not alike:
                problems.append(HouseholdProblem(row.number, RowsDisagree(field=field, row=str(rows[0].number))))
    return ImportedHousehold(area_id, address, members), problems


def _member(row: Row) -> ImportedMember:
    values = row.values
    birth = values["birth_date"]
    if not isinstance(birth, date):
        raise TypeError("birth_date is required and read as a date")
    member = NewMember(
        name=str(values["name"]),
        relation=Relation(str(values["relation"])),
        sex=Sex(str(values["sex"])),
        birth_date=birth,
        id_number=plain_number(str(values["id_number"] or "")),
        phone=str(values["phone"] or ""),
        hukou_kind=HukouKind(str(values["hukou_kind"] or HukouKind.HERE.value)),
        hukou_place=str(values["hukou_place"] or ""),
        residence_kind=ResidenceKind(str(values["residence_kind"] or ResidenceKind.PERMANENT.value)),
        residence_place=str(values["residence_place"] or ""),
        print_as=str(values["print_as"] or ""),
    )
    given = frozenset(key for key, value in values.items() if value is not None and key != "resident")
    return ImportedMember(row.number, member, given, _answer(str(values["resident"] or "")))


def _answer(text: str) -> str:
    """R12, r-000012 → R-000012; 新登记 → NEW; what is neither stays and is found nowhere."""
    plain = plain_number(text)
    if plain in _NEW:
        return NEW
    numbered = re.fullmatch(r"R-?(\d{1,9})", plain)
    return f"R-{int(numbered[1]):06d}" if numbered else plain


def _cut(households: Iterable[ImportedHousehold]) -> Iterator[HouseholdProblem]:
    """Numbers whose last three digits a spreadsheet made 000 and whose check digit fits by chance.

    Numbers that do not fit are told by the kernel. One in eleven fits: it is believed only in a file that has numbers
    and none of them is cut.
    """
    numbers = {m.row: m.member.id_number for h in households for m in h.members if m.member.id_number}
    ending = {row: number for row, number in numbers.items() if looks_cut(number)}
    fitting = {row: number for row, number in ending.items() if with_check_digit(number[:17]) == number}
    if len(fitting) < len(ending) or len(ending) == len(numbers):
        for row, number in fitting.items():
            yield HouseholdProblem(row, IdentityNumberPerhapsCut(field="id_number", text=number))


def _alike(households: Iterable[ImportedHousehold]) -> Iterator[HouseholdProblem]:
    """Numbers that differ in their first six digits alone: so looks a file that tries which of them is somebody's."""
    rows: dict[str, dict[str, int]] = {}
    for household in households:
        for member in household.members:
            if number := member.member.id_number:
                rows.setdefault(number[_PLACE:], {}).setdefault(number, member.row)
    for same in rows.values():
        if len(same) > _MOST_ALIKE:
            for row in same.values():
                yield HouseholdProblem(row, IdentitiesAlike(field="id_number", count=len(same)))


def _repeated(households: Iterable[ImportedHousehold]) -> Iterator[HouseholdProblem]:
    """A number in two households of the file; within one household the rules say it already."""
    seen: dict[str, int] = {}
    for index, household in enumerate(households):
        for member in household.members:
            number = member.member.id_number
            if number and seen.setdefault(number, index) != index:
                yield HouseholdProblem(member.row, IdentityRepeated(field="id_number"))
