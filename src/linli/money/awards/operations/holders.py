"""Whose an account is: checked by the registry when it is written down, and once more by whoever confirms it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed
from linli.money.awards.codes import HolderLoss, HolderRelation
from linli.money.awards.models import PayeeAccount
from linli.money.awards.queries import lost_holders, others_with_number
from linli.registry.residents.queries import UnitPeople, people_of_units, resident_named

_NOBODY = UnitPeople((), None, ())
_FAMILY = ("", HolderRelation.SELF, HolderRelation.MEMBER)


class HolderUnknown(DomainError):
    """Who is said to hold the account does not stand in that relation to the beneficiary, by the registry."""

    message = _("登记簿中没有这样的%(relation)s“%(name)s”：请核对户名和关系，或先更正登记")


class ProxyPaperMissing(DomainError):
    """Somebody else receives only by a paper."""

    message = _("受托代领须写明委托书或证明")


class HolderUnstated(DomainError):
    """Nobody confirms an account without knowing whose it is."""

    message = _("%(units)s 的账户没有注明户名人与领取人的关系，请重新登记账户")


class HolderDead(DomainError):
    """No money goes to the account of somebody who died."""

    message = _("%(units)s 的账户户名人已死亡，请登记其他账户")


class HolderGone(DomainError):
    """Who was a member of the family or a guardian when the account was written down is it no more."""

    message = _("%(units)s 的账户户名人已不是家庭成员或监护人，请登记其他账户")


class AccountShared(DomainError):
    """Whoever confirms has seen with whom the number is shared."""

    message = _("尾号 %(last)s 的同一账号还用于另外 %(count)s 个领取单位，请在账户列表中核对后再确认")


@dataclass(frozen=True)
class NewAccount:
    """A beneficiary's account as handed in; ``unit_key`` is the household's or resident's number."""

    unit_key: str
    stamp: Stamp
    holder_name: str
    account_number: str
    bank_name: str
    relation: str = ""  # HolderRelation; empty: read from the name where it is one of the family's
    basis: str = ""  # a proxy's paper
    holder_number: str = ""  # a proxy of the registry, or which of two members of one name


def holders_of(accounts: Sequence[NewAccount], on: date) -> list[tuple[str, int | None]]:
    """What each holder is to the unit, with the holder's id where the registry knows the person.

    Raises HolderUnknown, ProxyPaperMissing.
    """
    people = people_of_units({one.unit_key for one in accounts}, on)
    return [_holder(one, people.get(one.unit_key, _NOBODY)) for one in accounts]


def _holder(one: NewAccount, unit: UnitPeople) -> tuple[str, int | None]:
    found = _of_family(one, unit) if one.relation in _FAMILY else None
    if one.relation == HolderRelation.GUARDIAN:
        found = _guardian(one, unit)
    if one.relation == HolderRelation.PROXY:
        found = _proxy(one)
    if found is None and one.relation:
        raise HolderUnknown(
            field="holder_name", name=one.holder_name.strip(), relation=HolderRelation(one.relation).label
        )
    return found or ("", None)


def _of_family(one: NewAccount, unit: UnitPeople) -> tuple[str, int | None] | None:
    """The one member of that number or name; the beneficiary's own account is that always."""
    number, name = one.holder_number.strip().upper(), one.holder_name.strip()
    # By number where it is given: a bank may write a name otherwise than the registry.
    family = [person for person in unit.members if (person.number == number if number else person.name == name)]
    if len(family) != 1:
        return None
    own = unit.person is not None and unit.person.resident_id == family[0].resident_id
    if one.relation == HolderRelation.SELF and not own:
        return None
    return (HolderRelation.SELF if own else HolderRelation.MEMBER), family[0].resident_id


def _guardian(one: NewAccount, unit: UnitPeople) -> tuple[str, int | None] | None:
    named = [guardian for guardian in unit.guardians if guardian.name == one.holder_name.strip()]
    return (HolderRelation.GUARDIAN, named[0].resident_id) if named else None


def _proxy(one: NewAccount) -> tuple[str, int | None] | None:
    """Anybody with a paper; known to the registry when the number is given, which must be the name's."""
    if not one.basis.strip():
        raise ProxyPaperMissing(field="basis")
    number = one.holder_number.strip().upper()
    known = resident_named(number, one.holder_name.strip()) if number else None
    return None if number and known is None else (HolderRelation.PROXY, known)


def check_holders(rows: Sequence[PayeeAccount], on: date) -> None:
    """The registry is asked again: whoever was written down may have died, left or lost the guardianship since.

    Raises HolderUnstated, HolderDead, HolderGone.
    """
    unstated = sorted(row.unit_key for row in rows if not row.relation)
    if unstated:
        raise HolderUnstated(units=Listed(unstated))
    lost = lost_holders((row.pk for row in rows), on)
    dead = sorted(row.unit_key for row in rows if lost.get(row.pk) == HolderLoss.DIED)
    if dead:
        raise HolderDead(units=Listed(dead))
    gone = sorted(row.unit_key for row in rows if row.pk in lost)
    if gone:
        raise HolderGone(units=Listed(gone))


def check_shared(rows: Sequence[PayeeAccount], shared: Mapping[int, int]) -> dict[int, int]:
    """How many other units each number is shared with; whoever confirms must have been shown that many.

    Raises AccountShared.
    """
    counts = {pk: len({one.unit_key for one in others}) for pk, others in others_with_number(rows).items()}
    unseen = [row for row in rows if counts[row.pk] != shared.get(row.pk, 0)]
    if unseen:
        raise AccountShared(last=unseen[0].account_last4, count=counts[unseen[0].pk])
    return counts
