"""What rooms above need to know of a household before they act; they check the place themselves."""

import hmac
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.prepared import prepared
from linli.foundation.data.scope import Stamp
from linli.registry.residents.models import Household, Membership, Resident, ResidentAccount

# What somebody outside shows to know of a person.
_SIGNS = 4
_NOBODY = "residents_resident||nobody"


class HouseholdPlace(NamedTuple):
    """A household's number and where it lies."""

    number: str
    stamp: Stamp


def household_places(household_ids: Collection[int]) -> Mapping[int, HouseholdPlace]:
    """Open households by id, in one statement; closed and unknown ones are left out."""
    return {row.pk: HouseholdPlace(row.number, row.stamp) for row in _open_households(household_ids)}


@prepared
def _open_households(household_ids: Collection[int]) -> QuerySet[Household]:
    return Household.objects.filter(pk__in=household_ids, closed_date__isnull=True)


def residents_exist(resident_ids: Collection[int]) -> bool:
    """Whether every id is a registered resident."""
    wanted = set(resident_ids)
    return Resident.objects.filter(pk__in=wanted).count() == len(wanted)


def ends_in(resident_id: int, digits: str) -> bool:
    """Whether a resident's identity number ends in the four signs; the telephone where there is no number.

    An id that nobody has (0) is No, after as much work: how long it takes tells nothing.
    """
    row = Resident.objects.filter(pk=resident_id).first()
    if row is None:
        plain = open_sealed(seal("0", aad=_NOBODY), aad=_NOBODY)
    elif row.id_number_envelope:
        plain = open_sealed(row.id_number_envelope, aad=row.id_number_aad)
    else:
        plain = open_sealed(row.phone_envelope, aad=row.phone_aad)
    return hmac.compare_digest(plain[-_SIGNS:].encode(), digits.encode()) and len(digits) == _SIGNS


def own_household_ids(user_id: int, on: date) -> frozenset[int]:
    """The household of the resident behind an account, and those of the people they are guardian or proxy of."""
    resident = ResidentAccount.objects.filter(user_id=user_id).values_list("resident_id", flat=True).first()
    if resident is None:
        return frozenset()
    wards = Resident.objects.filter(
        Q(guardians__valid_until__isnull=True) | Q(guardians__valid_until__gt=on),
        guardians__guardian_id=resident,
        guardians__valid_from__lte=on,
    ).values_list("pk", flat=True)
    people = [resident, *wards]
    lived_in = Membership.objects.filter(resident_id__in=people, valid_from__lte=on).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    )
    return frozenset(lived_in.values_list("household_id", flat=True))
