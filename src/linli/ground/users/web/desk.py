"""What every page of the administration begins with: an administrator, and where they are one."""

from django.http import Http404

from linli.foundation.data.scope import Scope
from linli.foundation.screens.pages import found_or_404, not_found
from linli.ground.areas.queries import Area, area_by_code
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.permissions import administers_all, can_administer
from linli.ground.users.queries import account
from linli.ground.users.queries.desks import Desk, pages_for

# A page for whoever is administrator anywhere.
administering = pages_for("organisation", Role.ADMINISTRATOR)
# The same for whoever answers for its security, who reads and decides what an administrator asks for.
organising = pages_for("organisation", Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
# Who answers for security alone.
securing = pages_for("organisation", Role.SECURITY_ADMINISTRATOR)


def account_or_404(desk: Desk, username: str) -> User:
    """An account within reach."""
    return found_or_404(account, desk.reads, username, everywhere=administers_all(desk.person), on=desk.on)


def area_or_404(desk: Desk, code: str) -> Area:
    """An area within reach."""
    area = found_or_404(area_by_code, code)
    if not can_administer(desk.person, area.stamp):
        not_found(_area_within, desk.reads, area)
        raise Http404
    return area


def _area_within(scope: Scope, area: Area) -> Area | None:
    return area if scope.covers(area.stamp) else None
