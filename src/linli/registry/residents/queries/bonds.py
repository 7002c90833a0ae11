"""What binds the person behind an account to a household: their own, kinship, guardianship, having lived together."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from django.db.models import DateField, Q, Value

from linli.foundation.data.tallies import RowTally, tally
from linli.foundation.trail.behind import Behind
from linli.registry.residents.codes import Bond, LinkState, Relation
from linli.registry.residents.models import Guardianship, Kinship, Membership, ResidentAccount
from linli.registry.residents.queries.facts import AFTER_A_TIE, bars_on, on_day


def residents_barring(user_ids: Collection[int], on: date) -> list[tuple[int, int]]:
    """Whose family accounts decide nothing about, as (account, resident): those they are linked to, doubted links too,
    and those whose link ended less than ninety days before. One statement.

    Whether the account has a post is not asked: who has none decides nothing, and may be given one tomorrow.
    """
    return _barring(Q(user_id__in=user_ids), on)


def residents_behind(user_id: int, on: date) -> tuple[frozenset[int], Behind]:
    """The same of one account, and the rows that say so, for an act that must not trust what it reads: its links, and
    how many there ever were. One statement, as without them.
    """
    table, key = tally(_LINKS_OF, user_id)
    links = ResidentAccount.objects.filter(user_id=user_id).order_by()
    nothing = Value(None, output_field=DateField())
    counted = RowTally.objects.filter(pk=key).order_by().values_list(Value(""), "pk", "rows", nothing)
    found = list(links.values_list("state", "pk", "resident_id", "ended_date").union(counted, all=True))
    rows = [row for row in found if row[0]]
    behind = Behind({table: [key], "residents_residentaccount": [pk for _state, pk, _resident, _day in rows]})
    if len(rows) != sum(many for state, _key, many, _day in found if not state):
        behind |= Behind(families={_LINKS_OF: [user_id]})  # which is looked at once more before anything is refused
    until = on - AFTER_A_TIE
    mine = (one for state, _pk, one, day in rows if state != LinkState.ENDED or day is None or day > until)
    return frozenset(mine), behind


def accounts_barred_by(resident_ids: Collection[int], on: date) -> list[tuple[int, int]]:
    """The same the other way round: the accounts of these residents, as (account, resident). One statement."""
    return _barring(Q(resident_id__in=resident_ids), on)


_LINKS_OF = "residents_residentaccount.user_id"


def _barring(which: Q, on: date) -> list[tuple[int, int]]:
    rows = ResidentAccount.objects.filter(which).exclude(state=LinkState.ENDED, ended_date__lte=on - AFTER_A_TIE)
    return sorted(rows.values_list("user_id", "resident_id"))


def kin_of(user_id: int, household_id: int, on: date) -> Bond | None:
    """What binds the person behind an account to a household, by what the registry knows on the day; None: nothing.

    The own household, kinship or guardianship with a member, or having lived together before as relatives.
    """
    return kin_among([user_id], household_id, on).get(user_id)


def kin_among(user_ids: Iterable[int], household_id: int, on: date) -> Mapping[int, Bond]:
    """The accounts (ids) of the people bound to a household, as :func:`kin_of` tells it; one query if none has one."""
    linked = residents_barring(set(user_ids), on)
    if not linked:
        return {}
    members = set(
        Membership.objects.filter(on_day(on), household_id=household_id).values_list("resident_id", flat=True)
    )
    bonds: dict[int, Bond] = {}
    for user, person in linked:
        bond = bonds.get(user) or _bond(person, members, on)
        if bond is not None:
            bonds[user] = bond
    return bonds


def _bond(person: int, members: set[int], on: date) -> Bond | None:
    if person in members:
        return Bond.OWN_HOUSEHOLD
    return next((bond for bond, holds in _BONDS if holds(person, members, on)), None)


def _is_kin(person: int, members: set[int], _on_day: date) -> bool:
    return Kinship.objects.filter(Q(a_id=person, b_id__in=members) | Q(b_id=person, a_id__in=members)).exists()


def _is_guardian(person: int, members: set[int], on: date) -> bool:
    ties = Q(guardian_id=person, ward_id__in=members) | Q(ward_id=person, guardian_id__in=members)
    return Guardianship.objects.filter(ties).filter(bars_on(on)).exists()


def _lived_together(person: int, members: set[int], _on_day: date) -> bool:
    """Relatives of one household keep being relatives after one moves out; flatmates do not."""
    relatives = Membership.objects.filter(annulled=False).exclude(relation=Relation.NON_RELATIVE)
    mine = relatives.filter(resident_id=person).values("household_id")
    return relatives.filter(resident_id__in=members, household_id__in=mine).exists()


_BONDS: tuple[tuple[Bond, Callable[[int, set[int], date], bool]], ...] = (
    (Bond.KIN, _is_kin),
    (Bond.GUARDIAN, _is_guardian),
    (Bond.FORMER_HOUSEHOLD, _lived_together),
)
