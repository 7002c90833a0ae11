"""Which pack is in force, the working calendar, and what was determined."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.prepared import prepared
from linli.kernel.calendar import WorkCalendar, YearTable
from linli.kernel.errors import DomainError
from linli.law.policies.engine import BankLayout, Obstacle, load_bank_layout, load_pack, obstacle
from linli.law.policies.engine.clauses import Clause, clauses_at
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.units import fits
from linli.law.policies.models import Determination, PackVersion, WorkingDayYear

__all__ = [
    "Determination",
    "Law",
    "LawBook",
    "PackAltered",
    "PackNotInForce",
    "PackVersion",
    "bank_obstacle",
    "cited",
    "determinations",
    "forget_cached",
    "installed",
    "installed_by",
    "law_book",
    "newest_determination",
    "offered_packs",
    "pack_by_digest",
    "pack_in_force",
    "pack_of",
    "pack_store",
    "pack_version_in_force",
    "packs_in_force",
    "schemes",
    "work_calendar",
]


@cache
def _bank_layouts() -> tuple[BankLayout, ...]:
    """The installed bank layouts, in the order of their files."""
    return tuple(load_bank_layout(path) for path in sorted(Path(settings.PACKS_DIR, "bank").glob("*.toml")))


def bank_obstacle(field: str, text: str) -> Obstacle | None:
    """Why a bank's payment file cannot hold a text in PAYEE_NAME, BANK_NAME or ACCOUNT; None when every bank's can."""
    return obstacle(_bank_layouts(), field, text)


class PackNotInForce(DomainError):
    """No version of the scheme is in force on the day."""

    message = _("%(on)s 没有生效的方案规则：%(scheme)s")


class PackAltered(DomainError):
    """The files of an installed pack are not what was installed."""

    message = _("已安装的规则包被改动，停止使用：%(digest)s")


def pack_version_in_force(scheme: str, on: date) -> PackVersion:
    """The newest version whose date has come. Raises PackNotInForce."""
    version = PackVersion.objects.filter(scheme=scheme, valid_from__lte=on).order_by("-valid_from", "-id").first()
    if version is None:
        raise PackNotInForce(scheme=scheme, on=on)
    return version


def pack_in_force(scheme: str, on: date) -> Pack:
    """The scheme's pack on a day. Raises PackNotInForce, PackAltered."""
    return pack_by_digest(pack_version_in_force(scheme, on).digest)


def packs_in_force(on: date) -> dict[str, Pack]:
    """The pack of every scheme that is in force on a day, by the scheme's code; one statement."""
    newest = {one.scheme: one for one in sorted(installed_by(on), key=lambda one: (one.scheme, one.valid_from, one.pk))}
    return {scheme: pack_by_digest(one.digest) for scheme, one in newest.items()}


def cited(rests_on: Mapping[str, str], packs: Iterable[Pack]) -> dict[str, list[Clause]]:
    """The articles that the fields of a form stem from, by field: ``rests_on`` names the place of the packs."""
    known = list(packs)
    return {name: [one for pack in known for one in clauses_at(pack, at)] for name, at in rests_on.items()}


@dataclass(frozen=True)
class Law:
    """What counts on a day: a version's rules, and values that a later version dated back to it."""

    version_id: int
    pack: Pack
    overrides: Mapping[str, Scalar]


class LawBook:
    """The law of every scheme as known on a day: a value may be adopted after the day it counts from."""

    def __init__(self, versions: Iterable[PackVersion], known: date) -> None:
        self._known = known
        self._versions: dict[str, list[PackVersion]] = {}
        for version in sorted(versions, key=lambda version: (version.valid_from, version.pk)):
            self._versions.setdefault(version.scheme, []).append(version)
        self._laws: dict[tuple[str, date], Law] = {}

    @property
    def newest_id(self) -> int:
        """The version installed last, 0 without any."""
        return max((version.pk for some in self._versions.values() for version in some), default=0)

    @property
    def version_ids(self) -> frozenset[int]:
        """Every version."""
        return frozenset(version.pk for some in self._versions.values() for version in some)

    def schemes(self) -> Mapping[str, Sequence[PackVersion]]:
        """Versions of each scheme by their date; of one date, the one installed later stands last and counts."""
        return self._versions

    def on(self, scheme: str, day: date) -> Law:
        """The law of a day. A value that a later version dates back to it, with a date of its own, counts as it does
        there. Raises PackNotInForce, PackAltered.
        """
        if (scheme, day) not in self._laws:
            self._laws[scheme, day] = self._read(scheme, day)
        return self._laws[scheme, day]

    def _read(self, scheme: str, day: date) -> Law:
        begun = [one for one in self._versions.get(scheme, []) if one.valid_from <= max(day, self._known)]
        then = [one for one in begun if one.valid_from <= day]
        if not then:
            raise PackNotInForce(scheme=scheme, on=day)
        pack = pack_by_digest(then[-1].digest)
        if then[-1].pk == begun[-1].pk:
            return Law(then[-1].pk, pack, {})
        return Law(then[-1].pk, pack, _dated_back(pack, pack_by_digest(begun[-1].digest), day))


def _dated_back(pack: Pack, newest: Pack, day: date) -> Mapping[str, Scalar]:
    found: dict[str, Scalar] = {}
    for name, parameter in newest.parameters.items():
        value = parameter.value_on(day)
        dated = max((one.valid_from for one in parameter.values if one.valid_from <= day), default=None)
        old = pack.parameters.get(name)
        if old is None or value is None or value == old.value_on(day) or not fits(value, old.unit, old.low, old.high):
            continue
        if dated not in {one.valid_from for one in old.values}:
            found[name] = value
    return found


def law_book(known: date, *, until_id: int | None = None) -> LawBook:
    """The law as it is known on a day, of the versions installed up to one (its id) when given: one query."""
    return LawBook(_versions() if until_id is None else _versions_until(until_id), known)


@prepared
def _versions() -> QuerySet[PackVersion]:
    return PackVersion.objects.all()


@prepared
def _versions_until(newest_id: int) -> QuerySet[PackVersion]:
    return PackVersion.objects.filter(pk__lte=newest_id)


def offered_packs(on: date) -> dict[str, Pack]:
    """What pages of plans offer: the pack in force of each scheme under its code, and those of its other years.

    The newest version for another year stands under "code-year": next year's plan before it is in force, and the years
    that are over. In order of scheme and year; a scheme that is not in force at all is left out. One statement.
    """
    found: dict[str, Pack] = {}
    rows = PackVersion.objects.order_by("scheme", "-valid_from", "-pk")
    for scheme, versions in groupby(rows, key=lambda one: one.scheme):
        some = list(versions)
        in_force = next((one for one in some if one.valid_from <= on), None)
        if in_force is None:
            continue
        found[scheme] = pack_by_digest(in_force.digest)
        by_year = {_plan_year(found[scheme]): found[scheme]}
        for version in some:
            pack = pack_by_digest(version.digest)
            by_year.setdefault(_plan_year(pack), pack)
        others = {year: pack for year, pack in by_year.items() if year and pack is not found[scheme]}
        found |= {f"{scheme}-{year}": pack for year, pack in sorted(others.items())}
    return found


def _plan_year(pack: Pack) -> int:
    return pack.year if pack.plan else 0


def pack_of(pack_version_id: int) -> Pack:
    """The pack of one installed version, in force or not."""
    return pack_by_digest(_digest_of(pack_version_id))


@lru_cache(maxsize=32)
def _digest_of(pack_version_id: int) -> str:
    # A version's digest never changes, so the cache can never be stale.
    return PackVersion.objects.values_list("digest", flat=True).get(pk=pack_version_id)


@lru_cache(maxsize=16)
def pack_by_digest(digest: str) -> Pack:
    """Load an installed pack; its digest is computed again. Raises PackAltered."""
    pack = load_pack(pack_store() / digest)
    if pack.digest != digest:
        raise PackAltered(digest=digest)
    return pack


def pack_store() -> Path:
    """Where installed packs are kept, one folder per digest."""
    store: Path = settings.DATA_DIR / "packs"
    return store


def schemes() -> list[str]:
    """Codes of the installed schemes."""
    return list(PackVersion.objects.order_by("scheme").values_list("scheme", flat=True).distinct())


def installed_by(on: date) -> list[PackVersion]:
    """Every version that was in force on the day or before it."""
    return [one for one in _versions() if one.valid_from <= on]


def installed() -> list[PackVersion]:
    """Every installed version of every scheme, in order of installation."""
    return list(PackVersion.objects.order_by("pk"))


def work_calendar() -> WorkCalendar:
    """The calendar from the newest table of every loaded year."""
    return _calendar_of(calendar_version())


def calendar_version() -> int:
    """How far the calendar goes: the newest table that was loaded of any year; 0 for none."""
    return next(iter(_newest_table()), 0)


@prepared
def _newest_table() -> QuerySet[WorkingDayYear, int]:
    return WorkingDayYear.objects.order_by("-id").values_list("pk", flat=True)[:1]


@lru_cache(maxsize=4)
def _calendar_of(newest: int) -> WorkCalendar:
    # Tables are append-only, so the newest row's id names the whole set - within one database.
    return WorkCalendar({row.year: _table(row) for row in WorkingDayYear.objects.filter(pk__lte=newest).order_by("pk")})


def _table(row: WorkingDayYear) -> YearTable:
    def days(text: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(day) for day in json.loads(text))

    return YearTable(row.year, days(row.off_weekdays), days(row.work_weekends), row.source)


def forget_cached() -> None:
    """Drop what is cached per database; called when a process turns to another database."""
    _calendar_of.cache_clear()
    _digest_of.cache_clear()


def newest_determination(subject: str) -> Determination | None:
    """The latest determination about a subject."""
    return Determination.objects.filter(subject=subject).order_by("-id").first()


def determinations(ids: Iterable[int]) -> Mapping[int, Determination]:
    """Determinations by id."""
    return Determination.objects.in_bulk(list(ids))
