"""What members of a household are to its head: said where it was worked out, or where it is no longer so."""

from collections.abc import Mapping

from django.db.models import F, Value
from django.db.models.functions import Greatest

from linli.foundation.data.locks import FormStale, check_version
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Membership
from linli.registry.residents.operations.common import open_household
from linli.registry.residents.operations.moving import became, open_memberships
from linli.registry.residents.operations.refusals import HouseholdHeadMissing, HouseholdHeadRepeated
from linli.registry.residents.permissions import check_change_records


@act
def state_relations(
    act: Act, *, household_id: int, relations: Mapping[int, Relation], version: int | None = None
) -> Household:
    """Say of every member (id of the resident) what they are to the head; one of them is the head.

    What was presumed is recorded from now on, and what was presumed wrongly never was. Where another one becomes head,
    or somebody something else, it is so from today.
    Raises NotPermitted, OwnFamily, ResidentUnknown, HouseholdClosed, HouseholdHeadMissing, HouseholdHeadRepeated,
    FormStale (also where somebody came or went since the form was opened).
    """
    household = open_household(household_id)
    check_change_records(act, [household], act.on)
    check_version(household, version)
    members = {row.resident_id: row for row in open_memberships([household.pk]).select_related("resident")}
    if members.keys() != relations.keys():
        raise FormStale
    heads = [person for person, relation in relations.items() if relation == Relation.HEAD]
    if len(heads) != 1:
        raise HouseholdHeadRepeated if heads else HouseholdHeadMissing
    same_head = members[heads[0]].relation == Relation.HEAD
    changed = [row for person, row in members.items() if row.relation != relations[person]]
    wrong = [row for row in changed if row.presumed_date and same_head]
    rows = Membership.objects.filter(pk__in=[row.pk for row in changed])
    rows.update(valid_until=Greatest(F("valid_from"), Value(act.on)))
    never = Membership.objects.filter(pk__in=[row.pk for row in wrong])
    never.update(valid_until=F("valid_from"), annulled=True)
    for row in changed:
        became(row, relations[row.resident_id], row.valid_from if row in wrong else act.on)
    open_memberships([household.pk]).filter(presumed_date__isnull=False).update(presumed_date=None)
    Household.objects.filter(pk=household.pk).update(version=household.version + 1)
    audit.record(
        act,
        where=household.stamp,
        subject=f"household:{household.number}",
        lines=[[members[person].resident.number, relation.value] for person, relation in sorted(relations.items())],
    )
    return household
