"""Who the people of a file are: by number, by the file's own answer, else by name, birth date and household.

The law of it is ``rules.sameness``; here are the rows it is asked about, in a handful of statements for any file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.scope import Scope
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.residents.engine.names import key
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations.namesakes import homes_of, numberless_members, renamed, whom
from linli.registry.residents.operations.reading import (
    NEW,
    HouseholdProblem,
    HouseholdTable,
    ImportedHousehold,
    ImportedMember,
)
from linli.registry.residents.operations.refusals import NamesakeInFile, RecordDiffers, RegistryNumberUnknown
from linli.registry.residents.operations.seeking import holders_of_numbers, lives_at
from linli.registry.residents.queries.places import Place
from linli.registry.residents.rules.sameness import Namesake, Verdict, judge


@dataclass(frozen=True)
class Known:
    """Somebody of the file who is registered, and the household the person lives in."""

    resident: Resident
    membership: Membership | None


@dataclass
class Matches:
    """People of the file by row, and what the file has to say before it can be taken."""

    known: dict[int, Known] = field(default_factory=dict)
    problems: list[HouseholdProblem] = field(default_factory=list)


def match(act: Act, table: HouseholdTable, where: Mapping[int, Place], scope: Scope) -> Matches:
    """Find everybody of the file in the registry; questions become problems by row."""
    return _Matching(act, table, where, scope).run()


class _Matching:
    def __init__(self, act: Act, table: HouseholdTable, where: Mapping[int, Place], scope: Scope) -> None:
        self._act = act
        self._households = table.households
        self._where = where
        self._scope = scope
        self._residents: dict[int, Resident] = {}  # by row
        self._claimed: set[int] = set()
        self._problems: list[HouseholdProblem] = []
        self._namesakes: dict[tuple[str, date], list[Resident]] = {}
        self._homes: dict[int, Membership] = {}  # by resident
        self._newborns: dict[int, list[Resident]] = {}  # members without a number, by household

    def run(self) -> Matches:
        self._by_number()
        self._by_answer()
        self._read_namesakes()
        homes = [self._home(household) for household in self._households]
        self._newborns = numberless_members(home_id for home_id in homes if home_id is not None)
        # Those who are found at home are no longer anybody else's namesakes: they are taken out first.
        for household, home_id in zip(self._households, homes, strict=True):
            for member in self._open_rows(household):
                self._take_at_home(member, home_id)
        for household, home_id in zip(self._households, homes, strict=True):
            for member in self._open_rows(household):
                self._ask(household, member, home_id)
        known = {row: Known(one, self._homes.get(one.pk)) for row, one in self._residents.items()}
        return Matches(known, self._problems)

    def _members(self) -> Iterator[ImportedMember]:
        return (member for household in self._households for member in household.members)

    def _claim(self, row: int, resident: Resident) -> None:
        self._residents[row] = resident
        self._claimed.add(resident.pk)

    def _by_number(self) -> None:
        rows = {blind_index("id_number", m.member.id_number): m.row for m in self._members() if m.member.id_number}
        numbers = (m.member.id_number for m in self._members())
        for index, resident in holders_of_numbers(self._act, numbers).items():
            self._claim(rows[index], resident)

    def _by_answer(self) -> None:
        answers = {m.row: m for m in self._members() if m.answer not in ("", NEW)}
        found = {one.number: one for one in Resident.objects.filter(number__in={m.answer for m in answers.values()})}
        for row, member in answers.items():
            resident, numbered = found.get(member.answer), self._residents.get(row)
            if resident is None or not self._scope.covers(resident.stamp):
                error: DomainError = RegistryNumberUnknown(field="resident", text=member.answer)
            elif numbered is None and resident.pk in self._claimed:
                error = RecordDiffers(field="resident", number=member.answer)
            elif (numbered or resident).pk != resident.pk or (
                numbered is None and member.member.id_number and resident.id_number_index is not None
            ):
                error = RecordDiffers(field="id_number", number=member.answer)
            else:
                self._claim(row, resident)
                continue
            self._problems.append(HouseholdProblem(row, error))

    def _read_namesakes(self) -> None:
        wanted = {_name_and_day(m) for h in self._households for m in self._open_rows(h)}
        communities = {place.stamp.community_id for place in self._where.values()}
        found = Resident.objects.filter(community_id__in=communities, name_key__in={name for name, _day in wanted})
        for resident in found.exclude(pk__in=self._claimed).order_by("pk"):
            if (resident.name_key, resident.birth_date) in wanted:
                self._namesakes.setdefault((resident.name_key, resident.birth_date), []).append(resident)
        self._homes = homes_of([*self._claimed, *(one.pk for several in self._namesakes.values() for one in several)])

    def _open_rows(self, household: ImportedHousehold) -> list[ImportedMember]:
        return [m for m in household.members if m.row not in self._residents and m.answer != NEW]

    def _home(self, household: ImportedHousehold) -> int | None:
        """The registered household of this one: where its known members live, else the one at its door that has most
        of its people; none when two have as many.
        """
        at_home = [self._homes.get(self._residents[m.row].pk) for m in household.members if m.row in self._residents]
        known = Counter(membership.household_id for membership in at_home if membership is not None)
        if not known:
            same = (self._homes.get(one.pk) for m in self._open_rows(household) for one in self._alike(m))
            door = [membership for membership in same if membership is not None]
            known = Counter(m.household_id for m in door if self._is_at(m.household, household))
        best = known.most_common(2)
        return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else None

    def _is_at(self, home: Household, household: ImportedHousehold) -> bool:
        """Whether a registered household lives at the place and door of the file's one; no door fits every door."""
        place = self._where[household.area_id]
        at_place = (place.building_id, place.stamp) == (home.building_id, home.stamp)
        return at_place and lives_at(self._act, home, household.address, loosely=True)

    def _alike(self, member: ImportedMember) -> list[Resident]:
        found = self._namesakes.get(_name_and_day(member), [])
        return [resident for resident in found if resident.pk not in self._claimed]

    def _judged(
        self, member: ImportedMember, home_id: int | None, *, family_is_new: bool
    ) -> tuple[Verdict, list[Resident]]:
        alike = {resident.pk: resident for resident in self._alike(member)}
        lives = {pk: self._homes[pk].household_id if pk in self._homes else None for pk in alike}
        verdict, about = judge(
            [Namesake(pk, one.id_number_index is not None, lives[pk]) for pk, one in alike.items()],
            has_number=bool(member.member.id_number),
            home_id=home_id,
            family_is_new=family_is_new,
        )
        return verdict, [alike[one.resident_id] for one in about]

    def _take_at_home(self, member: ImportedMember, home_id: int | None) -> None:
        verdict, about = self._judged(member, home_id, family_is_new=False)
        if verdict == Verdict.SAME:
            self._claim(member.row, about[0])

    def _ask(self, household: ImportedHousehold, member: ImportedMember, home_id: int | None) -> None:
        own_number = any(m.member.id_number and m.row not in self._residents for m in household.members)
        verdict, about = self._judged(member, home_id, family_is_new=own_number)
        if verdict == Verdict.ANOTHER and member.member.id_number:
            at_home = [one for one in self._newborns.get(home_id or 0, []) if one.pk not in self._claimed]
            other = renamed(member.member, at_home)
            about = [other] if other is not None else []
        elif verdict != Verdict.UNSURE:
            return
        if about:
            seen = next((one.number for one in about if self._scope.covers(one.stamp)), "R-…")
            words = whom(about, self._homes, self._scope)
            error = NamesakeInFile(field="resident", name=member.member.name, whom=words, first=seen)
            self._problems.append(HouseholdProblem(member.row, error))


def _name_and_day(member: ImportedMember) -> tuple[str, date]:
    return key(member.member.name), member.member.birth_date
