"""What becomes of a household when people come and go: who is head, when it closes, where its people's rows lie."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from linli.foundation.data.scope import Stamp
from linli.registry.residents.codes import ClosedReason, Relation
from linli.registry.residents.models import Guardianship, Household, Membership, Resident, ResidentAccount


def open_memberships(household_ids: Iterable[int]) -> QuerySet[Membership, Membership]:
    """Who lives in the households now."""
    return Membership.objects.filter(household_id__in=list(household_ids), valid_until__isnull=True)


def end_memberships(ended: Sequence[Membership], day: date, reason: ClosedReason) -> None:
    """End them on the day (at their beginning when that is later), then put the households in order."""
    rows = Membership.objects.filter(pk__in=[membership.pk for membership in ended])
    rows.update(valid_until=Greatest(F("valid_from"), Value(day)))
    put_in_order({membership.household_id for membership in ended}, day, reason)


def put_in_order(household_ids: Iterable[int], day: date, reason: ClosedReason) -> None:
    """Where nobody is left close the household, where the head is gone name the next one."""
    touched = sorted(set(household_ids))
    left: dict[int, list[Membership]] = {household: [] for household in touched}
    for membership in open_memberships(touched).select_related("resident"):
        left[membership.household_id].append(membership)
    empty = Household.objects.filter(pk__in=[household for household, members in left.items() if not members])
    empty.update(closed_date=Greatest(F("opened_date"), Value(day)), closed_reason=reason)
    for members in left.values():
        if members and not any(membership.relation == Relation.HEAD for membership in members):
            _name_head(members, day)


def restamp(resident_ids: Sequence[int], stamp: Stamp) -> None:
    """People's rows lie where they live; append-only history keeps the place where it was recorded."""
    columns = stamp.columns()
    Resident.objects.filter(pk__in=resident_ids).update(**columns)
    Membership.objects.filter(resident_id__in=resident_ids, valid_until__isnull=True).update(**columns)
    Guardianship.objects.filter(ward_id__in=resident_ids).update(**columns)
    ResidentAccount.objects.filter(resident_id__in=resident_ids).update(**columns)


def _name_head(members: Sequence[Membership], day: date) -> None:
    """The spouse becomes head, else the oldest; the registrar may correct it later."""
    spouse = Relation.SPOUSE
    heir = min(members, key=lambda m: (m.relation != spouse, m.resident.birth_date, m.resident.number))
    Membership.objects.filter(pk=heir.pk).update(valid_until=max(day, heir.valid_from))
    Membership.objects.create(
        household_id=heir.household_id,
        resident_id=heir.resident_id,
        relation=Relation.HEAD,
        valid_from=max(day, heir.valid_from),
        **heir.stamp.columns(),
    )
