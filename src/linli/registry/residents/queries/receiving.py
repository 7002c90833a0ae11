"""Who stands to a household or a resident so that they may receive for it, asked of rows of rooms above (ADR 0016).

``people_of_units`` answers it for units and a day; here it is a condition on rows that name the unit by its number and
the person by id, in columns of any name. What is still due when a unit comes to its end goes to who stood so then: a
household that closed had its members to the last, and a resident who died or went away those who were there.
"""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from linli.registry.residents.codes import GuardianshipKind
from linli.registry.residents.models import Guardianship, Membership

_WITH = "household__memberships__"  # of the same household
_WARDS = "ward__memberships__"


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
    return Q(Exists(within)) | Q(Exists(beside))


def is_guardian(unit: str, resident: str, name: str, on: date) -> Q:
    """Whether somebody is guardian on the day of the resident of that number, or of a member of the household of that
    number; who is not in the registry is known by ``name``, a column too.
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
    return Q(Exists(of_person)) | Q(Exists(of_member))


def joins_or_leaves_after(resident: str, on: date) -> Q:
    """Whether a time somebody lives somewhere begins or ends after the day: another day may say otherwise."""
    return Q(Exists(Membership.objects.filter(_turns(on), resident=OuterRef(resident), annulled=False)))


def guards_otherwise_after(unit: str, resident: str, name: str, on: date) -> Q:
    """The same of the times for which somebody is guardian of a resident or a household's people."""
    rows = Guardianship.objects.filter(_guardian(resident, name), _turns(on))
    of_member = rows.filter(**{f"{_WARDS}household__number": OuterRef(unit)})
    return Q(Exists(rows.filter(ward__number=OuterRef(unit)))) | Q(Exists(of_member))


def _guardian(resident: str, name: str) -> Q:
    outside = Q(guardian__isnull=True, guardian_name=OuterRef(name))
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
