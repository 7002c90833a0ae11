"""What to call the people of a household where a page or a letter speaks of one of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext

from linli.aid.assistance.codes import AssessorCapacity
from linli.aid.assistance.models import Application
from linli.aid.assistance.queries.turns import CAPACITY_ROLE
from linli.aid.assistance.steps import CASE
from linli.foundation.data.scope import Scope
from linli.ground.notifications.queries import Addressee
from linli.ground.users.queries import Authority, holders
from linli.registry.residents.queries import (
    Called,
    Member,
    addressees_among,
    everybody_in,
    last_homes,
    members_on,
)


def called(household_ids: set[int], on: date) -> Mapping[str, str]:
    """Names by number, of everybody in the households on the day; one statement.

    Two people of a household who bear the same name are told apart by what they are to its head.
    """
    return _told_apart(members_on(household_ids, on).values())


def called_ever(household_ids: set[int], on: date) -> Mapping[str, str]:
    """The same, and of who was there before or came since: what was determined may speak of them, as of who left on
    that very day. One statement.
    """
    return _told_apart(everybody_in(household_ids, on).values())


def _told_apart(households: Iterable[Sequence[Member | Called]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for people in households:
        often = Counter(one.name for one in people)
        for one in people:
            alike = {"name": one.name, "role": one.relation.label}
            found.setdefault(one.number, one.name if often[one.name] == 1 else gettext("%(name)s（%(role)s）") % alike)
    return found


def applicants(numbers: Collection[str], delivers: Scope, on: date) -> Mapping[str, Addressee]:
    """To whom letters go about applications (by number), and those that name a resident (by number)."""
    rows = Application.objects.filter(number__in=numbers).values_list("number", "applicant_id", "household_id")
    asked = {number: (applicant, household) for number, applicant, household in rows}
    others = set(numbers) - asked.keys()
    asked |= last_homes(others) if others else {}
    found = addressees_among(dict(asked.values()), delivers, on)
    return {number: found[resident] for number, (resident, _household) in asked.items()}


# --- who may sit in an assessment team -------------------------------------------------------------


class Candidate(NamedTuple):
    """Somebody who may be asked; those whose own case it is withdraw."""

    user_id: int
    name: str
    is_own: bool


def candidates(application_id: int, on: date) -> Mapping[AssessorCapacity, list[Candidate]]:
    """People of each kind who hold their role over the place, and whether the case is their own: of their family, or of
    one for which they apply or are paid.
    """
    case = Application.objects.get(pk=application_id)
    areas = [area for area in (case.community_id, case.street_id, case.district_id) if area is not None]
    return {
        AssessorCapacity(capacity): [
            Candidate(user.pk, user.name, CASE.of_own_family(Authority(user.pk, ()), [case], on) is not None)
            for user in holders(role, areas, on)
        ]
        for capacity, role in CAPACITY_ROLE.items()
    }
