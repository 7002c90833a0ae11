"""Who stands to a household or a resident so that they may receive for it, asked of rows of rooms above (ADR 0016).

``people_of_units`` answers it for units and a day; here it is a condition on rows that name the unit by its number and
the person by id, in columns of any name. What is still due when a unit comes to its end goes to who stood so then: a
household that closed had its members to the last, and a resident who died or went away those who were there.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from linli.registry.residents.codes import GuardianshipKind
from linli.registry.residents.models import Guardianship, Membership, Resident

_WITH = "household__memberships__"  # of the same household
_WARDS = "ward__memberships__"


def died_date(resident: str) -> Subquery:
    """The day on which somebody died; null of who lives. Of a join PostgreSQL would read everybody first."""
    return Subquery(Resident.objects.filter(pk=OuterRef(resident)).values("died_date")[:1])


def has_died(resident: str, on: date) -> Q:
    """Whether somebody died by the day."""
    return _there(Resident.objects.filter(pk=OuterRef(resident), died_date__lte=on))


def is_member(unit: str, resident: str, on: date) -> Q:
    """Whether somebody lives on the day in the household of that number, or with the resident of that number."""
    person = {"resident": OuterRef(resident), "annulled": False, "valid_from__lte": on}
    within = Membership.objects.filter(
        _lasts("", on) | _to_the_close("valid_until", "household__", on), household__number=OuterRef(unit), **person
    )
    until_then = Q(**{f"{_WITH}valid_until__isnull": True}) | Q(**{f"{_WITH}valid_until__gte": F("valid_until")})
    beside = Membership.objects.filter(
        _lasts("", on) & _lasts(_WITH, on)
        | _to_the_end("valid_until", "resident__", on)
        & Q(**{f"{_WITH}valid_from__lte": F("valid_until")})
        & until_then,
        resident__number=OuterRef(unit),
        annulled=False,
        valid_from__lte=on,
        **{f"{_WITH}{column}": value for column, value in person.items()},
    )
    return _there(within) | _there(beside)


def is_lived_in(unit: str, on: date) -> Q:
    """Whether somebody lives on the day in the household of that number, or the resident of that number somewhere."""
    there = Membership.objects.filter(_lasts("", on), annulled=False, valid_from__lte=on)
    own = there.filter(resident__number=OuterRef(unit))
    return _there(there.filter(household__number=OuterRef(unit))) | _there(own)


def is_guardian(unit: str, resident: str, name: str, on: date) -> Q:
    """Whether somebody is guardian on the day of the resident of that number, or of a member of the household of that
    number; who is not in the registry, and so has no id, is known by ``name``, a column too.
    """
    own, family = "ward__", f"{_WARDS}household__"
    who = _guardian(resident, name)
    of_person = Guardianship.objects.filter(
        who,
        _lasts("", on) | _to_the_end("valid_until", own, on),
        valid_from__lte=on,
        ward__number=OuterRef(unit),
    )
    of_member = Guardianship.objects.filter(
        who,
        _lasts("", on) | _to_the_close("valid_until", family, on),
        _lasts(_WARDS, on) | _to_the_close(f"{_WARDS}valid_until", family, on),
        valid_from__lte=on,
        **{f"{family}number": OuterRef(unit), f"{_WARDS}annulled": False, f"{_WARDS}valid_from__lte": on},
    )
    return _there(of_person) | _there(of_member)


def bears_name_of(name: str, resident_ids: Collection[int]) -> Q:
    """Whether the column has the name of one of the residents (ids): of whom no more than a name was written down."""
    return Q(**{f"{name}__in": Resident.objects.filter(pk__in=resident_ids).values("name")})


def joins_or_leaves_after(resident: str, on: date) -> Q:
    """Whether a time somebody lives somewhere begins or ends after the day: another day may say otherwise."""
    return _there(Membership.objects.filter(_turns(on), resident=OuterRef(resident), annulled=False))


def guards_otherwise_after(unit: str, resident: str, name: str, on: date) -> Q:
    """The same of the times for which somebody is guardian of a resident or a household's people."""
    rows = Guardianship.objects.filter(_guardian(resident, name), _turns(on))
    of_member = rows.filter(**{f"{_WARDS}household__number": OuterRef(unit)})
    return _there(rows.filter(ward__number=OuterRef(unit))) | _there(of_member)


def _there(rows: QuerySet[Any, Any]) -> Q:
    """Whether there is one. As a value and not as EXISTS: PostgreSQL would read all that could answer EXISTS first."""
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))  # noqa: FBT003 - Django's own order


def _guardian(resident: str, name: str) -> Q:
    outside = Q(IsNull(OuterRef(resident), True), guardian__isnull=True, guardian_name=OuterRef(name))  # noqa: FBT003
    return Q(kind=GuardianshipKind.GUARDIAN) & (Q(guardian=OuterRef(resident)) | outside)


def _turns(on: date) -> Q:
    return Q(valid_from__gt=on) | Q(valid_until__gt=on)


def _lasts(path: str, on: date) -> Q:
    return Q(**{f"{path}valid_until__isnull": True}) | Q(**{f"{path}valid_until__gt": on})


def _to_the_close(until: str, household: str, on: date) -> Q:
    return Q(**{f"{household}closed_date__lte": on, f"{until}__gte": F(f"{household}closed_date")})


def _to_the_end(until: str, resident: str, on: date) -> Q:
    died, left = (
        Q(**{f"{resident}{day}__lte": on, f"{until}__gte": F(f"{resident}{day}")}) for day in ("died_date", "left_date")
    )
    return died | left
