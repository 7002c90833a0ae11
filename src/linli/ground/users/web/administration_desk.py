"""What every page of the administration begins with: an administrator, and where they are one."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404

from linli.foundation.data.scope import Scope
from linli.foundation.screens.desks import pages_at
from linli.ground.areas.queries import Area, area_by_code
from linli.ground.users.models import User
from linli.ground.users.permissions import administered, administers_all, can_administer
from linli.ground.users.queries import Authority, account, authority_of
from linli.kernel.act import Actor


@dataclass(frozen=True)
class Desk:
    """The administrator's roles and territory on the day of the request."""

    person: Authority
    scope: Scope
    everywhere: bool
    on: date


def _desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person, administered(person), administers_all(person), on)


# A page for whoever is administrator anywhere.
administering = pages_at("organisation", _desk, lambda desk: desk.scope)


def account_or_404(desk: Desk, username: str) -> User:
    """An account within reach."""
    try:
        return account(desk.scope, username, everywhere=desk.everywhere, on=desk.on)
    except User.DoesNotExist as error:
        raise Http404 from error


def area_or_404(desk: Desk, code: str) -> Area:
    """An area within reach."""
    try:
        area = area_by_code(code)
    except Area.DoesNotExist as error:
        raise Http404 from error
    if not can_administer(desk.person, area.stamp):
        raise Http404
    return area
