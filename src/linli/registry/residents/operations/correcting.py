"""Typing errors are put right with a reason; full values are shown for a purpose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError
from django.utils.translation import gettext

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.locks import check_version
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, check_sure
from linli.ground.users.operations.looking import look
from linli.kernel.act import Act
from linli.kernel.errors import reason_of
from linli.kernel.text import plain_number
from linli.registry.residents.codes import HukouKind, Relation, ResidenceKind, SealedField, Sex
from linli.registry.residents.models import Correction, Household, Resident
from linli.registry.residents.operations.common import known_residents
from linli.registry.residents.operations.printing import print_faults, state_print
from linli.registry.residents.operations.refusals import (
    BY_RULE,
    IdentityJustRegistered,
    RegistrationFault,
    RegistrationRefused,
    ResidentUnknown,
)
from linli.registry.residents.operations.registering import identity_taken
from linli.registry.residents.operations.rows import NewMember, insert, new_row_key, set_id_number, set_name, set_phone
from linli.registry.residents.operations.seeking import asks_for_numbers, holders_of_numbers
from linli.registry.residents.permissions import check_change_records, check_read, registering_scope
from linli.registry.residents.rules.registration import person_faults


@dataclass(frozen=True)
class Unmasked:
    """A full value. An object, not a text: what acts return as texts is kept with their idempotency key."""

    text: str


_WHO = {"name", "id_number"}


@asks_for_numbers()
@act
def correct_resident(
    act: Act,
    *,
    resident_id: int,
    changes: Mapping[str, str | date],
    reason: str,
    version: int | None = None,
    print_as: str = "",
) -> Resident:
    """Put wrong fields right: name, sex, birth_date, id_number, phone, hukou_*, residence_*.

    Old values are kept sealed with the reason. Fields that do not differ are left alone. ``print_as`` states what paper
    shows for the name's signs that no font has.
    Who somebody is (the name, the identity number) decides to whom money goes: it is done surely.
    Raises NotPermitted, OwnFamily, ResidentUnknown, ReasonMissing, FormStale, RegistrationRefused.
    """
    resident = known_residents([resident_id])[0]  # of the dead too: letters and accounts are looked up by their name
    check_change_records(act, [resident], act.on)
    scope = registering_scope(act)
    check_version(resident, version)
    reason = reason_of(reason)
    old = plain_values(resident)
    changed = {field: value for field, value in changes.items() if old[field] != value}
    if _WHO & changed.keys():
        check_sure(act)
    new = _as_member(old | changed)
    faults = [
        RegistrationFault(0, 0, fault.refusal or BY_RULE[fault.code](field=fault.field))
        for fault in person_faults(new, on=act.on)
    ]
    if print_as or "name" in changed:
        faults += print_faults([(0, 0, replace(new, print_as=print_as))])
    if "id_number" in changed and not faults:
        taken = holders_of_numbers(act, [plain_number(new.id_number)]).values()
        faults += [RegistrationFault(0, 0, identity_taken(holder, scope)) for holder in taken if holder != resident]
    if faults:
        raise RegistrationRefused(tuple(faults))
    _apply(resident, changed)
    state_print(act, [replace(new, print_as=print_as)])
    insert([correction(act, resident, field, old[field], reason) for field in sorted(changed)])
    audit.record(act, where=resident.stamp, subject=f"resident:{resident.number}", note={"fields": sorted(changed)})
    return resident


@act
def unmask(
    act: Act,
    *,
    field: SealedField,
    purpose: str,
    detail: str = "",
    urgent: bool = False,
    resident_id: int | None = None,
    household_id: int | None = None,
) -> Unmasked:
    """The full value of a masked field, for a purpose of the list, written in the audit.

    Raises NotPermitted, ResidentUnknown, PurposeUnknown, LooksSpent, UrgentLooksSpent.
    """
    row: Resident | Household | None
    if field == SealedField.ADDRESS:
        row = Household.objects.filter(pk=household_id or 0).first()
    else:
        row = Resident.objects.filter(pk=resident_id or 0).first()
    if row is None:
        raise ResidentUnknown(field="subject")
    check_read(act, row.stamp)
    kind = "household" if isinstance(row, Household) else "resident"
    note = look(act, purpose=purpose, detail=detail, urgent=urgent)
    audit.record(act, where=row.stamp, subject=f"{kind}:{row.number}", note={"field": field.value, **note})
    return Unmasked(_opened(row, field))


def add_numbers(act: Act, numbers: Sequence[tuple[Resident, str]]) -> None:
    """Identity numbers of people who were registered without one, within an open act that has checked everything.

    Raises RegistrationRefused when somebody registered one of them at the same moment.
    """
    for resident, number in numbers:
        set_id_number(resident, number)
        resident.version += 1
    columns = ["id_number_envelope", "id_number_index", "id_last4", "version"]
    try:
        Resident.objects.bulk_update([resident for resident, _number in numbers], columns, batch_size=100)
    except IntegrityError as error:
        raise RegistrationRefused((RegistrationFault(0, None, IdentityJustRegistered()),)) from error
    reason = gettext("名册补录")
    insert([correction(act, resident, "id_number", "", reason) for resident, _number in numbers])


def plain_values(resident: Resident) -> dict[str, str | date]:
    """Every correctable field with its full value; only for comparing inside an act."""
    return {
        "name": resident.name,
        "sex": resident.sex,
        "birth_date": resident.birth_date,
        "id_number": open_sealed(resident.id_number_envelope, aad=resident.id_number_aad),
        "phone": open_sealed(resident.phone_envelope, aad=resident.phone_aad),
        "hukou_kind": resident.hukou_kind,
        "hukou_place": resident.hukou_place,
        "residence_kind": resident.residence_kind,
        "residence_place": resident.residence_place,
    }


def _as_member(values: Mapping[str, str | date]) -> NewMember:
    birth = values["birth_date"]
    if not isinstance(birth, date):
        raise TypeError("birth_date is a date")
    return NewMember(
        name=str(values["name"]),
        relation=Relation.HEAD,  # the relation is no field of the person; rules about people do not read it
        sex=Sex(str(values["sex"])),
        birth_date=birth,
        id_number=str(values["id_number"]),
        phone=str(values["phone"]),
        hukou_kind=HukouKind(str(values["hukou_kind"])),
        hukou_place=str(values["hukou_place"]),
        residence_kind=ResidenceKind(str(values["residence_kind"])),
        residence_place=str(values["residence_place"]),
    )


def _apply(resident: Resident, changed: Mapping[str, str | date]) -> None:
    setters: dict[str, Callable[[Resident, str], None]] = {
        "name": set_name,
        "id_number": set_id_number,
        "phone": set_phone,
    }
    for field, value in changed.items():
        if field in setters:
            setters[field](resident, str(value))
        else:
            setattr(resident, field, value)
    resident.version += 1
    resident.save()


def correction(act: Act, resident: Resident, field: str, old: str | date, reason: str) -> Correction:
    """An unsaved record of what was wrong, sealed, and why it was changed."""
    row_key = new_row_key()
    text = old.isoformat() if isinstance(old, date) else old
    return Correction(
        row_key=row_key,
        resident=resident,
        field=field,
        old_envelope=seal(text, aad=f"residents_correction|{row_key}|old"),
        reason=reason,
        recorded_by_id=act.by.pk,
        recorded_at=act.at,
        **resident.stamp.columns(),
    )


def _opened(row: Resident | Household, field: SealedField) -> str:
    if isinstance(row, Household):
        return open_sealed(row.address_envelope, aad=row.address_aad)
    if field == SealedField.PHONE:
        return open_sealed(row.phone_envelope, aad=row.phone_aad)
    return open_sealed(row.id_number_envelope, aad=row.id_number_aad)
