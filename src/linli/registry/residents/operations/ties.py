"""Guardians and kin."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.kernel.act import Act
from linli.registry.residents.codes import INVERSE_KIN, GuardianshipKind, KinRelation
from linli.registry.residents.models import Guardianship, Kinship, Membership, Resident
from linli.registry.residents.operations.common import check_day, check_here, check_of_others, known_residents
from linli.registry.residents.operations.refusals import (
    DateTooEarly,
    NameMissing,
    ResidentUnknown,
    SamePerson,
    SourceMissing,
    TieRecorded,
)
from linli.registry.residents.operations.telling import write_home
from linli.registry.residents.permissions import check_register, registering_scope

_REGISTERED = (
    "GUARDIAN_REGISTERED",
    _("监护或代理登记告知书"),
    _(
        "%(name)s：从即日起，有一位监护人或委托代理人登记在册。这个人可以替您提出和撤回申请，也可以看到您家的申请、待遇和文书。"
        "您不知道这件事，或者没有同意的，请尽快联系社区核实更正。"
    ),
)


@act
@surely
def add_guardian(
    act: Act,
    *,
    ward_id: int,
    kind: GuardianshipKind,
    valid_from: date,
    document: str,
    guardian_id: int | None = None,
    guardian_name: str = "",
    valid_until: date | None = None,
) -> Guardianship:
    """Record who acts for a resident: another resident by id, or an outsider by name; ``document`` is the proof. Where
    they do not live together the ward's family gets a letter: they can say that they know nothing of it.

    Raises NotPermitted, OwnFamily, ResidentUnknown, ResidentGone, SamePerson, NameMissing, SourceMissing, DateInFuture,
    DateTooEarly.
    """
    if guardian_id == ward_id:
        raise SamePerson(field="guardian")
    # Both at once, so that two acts never wait for each other.
    people = {p.pk: p for p in known_residents([i for i in (ward_id, guardian_id) if i is not None], field="guardian")}
    ward, guardian = people[ward_id], people.get(guardian_id or 0)
    check_register(act, ward.stamp)
    check_here(people.values(), registering_scope(act), field="guardian")
    check_of_others(act, people.values())
    check_day(act, valid_from, field="valid_from", earliest=ward.birth_date)
    if valid_until is not None and valid_until <= valid_from:
        raise DateTooEarly(field="valid_until", earliest=valid_from)
    if not document.strip():
        raise SourceMissing(field="document")
    if guardian_id is None and not guardian_name.strip():
        raise NameMissing(field="guardian_name")
    made = Guardianship.objects.create(
        ward=ward,
        guardian=guardian,
        guardian_name="" if guardian else guardian_name.strip(),
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        document=document.strip(),
        recorded_by_id=act.by.pk,
        recorded_at=act.at,
        **ward.stamp.columns(),
    )
    audit.record(act, where=ward.stamp, subject=f"resident:{ward.number}", note={"kind": kind.value})
    if guardian is None or not _live_together(ward, guardian):
        write_home(act, f"guardians:{made.pk}", ward, *_REGISTERED)
    return made


def _live_together(one: Resident, other: Resident) -> bool:
    homes = Membership.objects.filter(resident__in=[one, other], valid_until__isnull=True)
    return homes.values("household").distinct().count() == 1


@act
@surely
def end_guardian(act: Act, *, guardianship_id: int, valid_until: date) -> None:
    """A guardianship ends on a day. Raises NotPermitted, OwnFamily, ResidentUnknown, DateInFuture, DateTooEarly."""
    tie = Guardianship.objects.select_related("ward", "guardian").filter(pk=guardianship_id).first()
    if tie is None:
        raise ResidentUnknown(field="guardian")
    check_register(act, tie.ward.stamp)
    check_of_others(act, [tie.ward, *filter(None, [tie.guardian])])
    check_day(act, valid_until, field="valid_until")
    if valid_until <= tie.valid_from:
        raise DateTooEarly(field="valid_until", earliest=tie.valid_from)
    tie.valid_until = valid_until
    tie.save(update_fields=["valid_until"])
    audit.record(act, where=tie.ward.stamp, subject=f"resident:{tie.ward.number}", note={"ended": tie.kind})


@act
@surely
def add_kinship(act: Act, *, a_id: int, b_id: int, relation: KinRelation) -> None:
    """Record that ``b`` is ``a``'s relation, also across households and communities; once per pair.

    Raises NotPermitted (the actor registers where one of the two lives), OwnFamily, ResidentUnknown, SamePerson,
    TieRecorded.
    """
    if a_id == b_id:
        raise SamePerson(field="kin")
    people = {person.pk: person for person in Resident.objects.filter(pk__in=[a_id, b_id])}
    if len(people) < 2:
        raise ResidentUnknown(field="kin")
    check_register(act, people[a_id].stamp)
    check_of_others(act, people.values())
    first, second = sorted(people)
    if Kinship.objects.filter(a_id=first, b_id=second).exists():
        raise TieRecorded(field="kin")
    Kinship.objects.create(
        a_id=first,
        b_id=second,
        relation=relation if first == a_id else INVERSE_KIN[relation],
        recorded_by_id=act.by.pk,
        recorded_at=act.at,
        **people[first].stamp.columns(),
    )
    audit.record(
        act,
        where=people[a_id].stamp,
        subject=f"resident:{people[a_id].number}",
        note={"kin": people[b_id].number, "relation": relation.value},
    )
