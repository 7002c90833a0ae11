"""Administrators extend the territory below their own areas. The tree itself is kept by the room below."""

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name, locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import (
    AreaMisplaced,
    AreasFixed,
    AreasMissing,
    NewArea,
    place_areas,
    rename_area,
    set_office,
)
from linli.ground.areas.queries import Area, area_by_id, by_codes, of_kind
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations.access import recover
from linli.ground.users.operations.accounts import check_names
from linli.ground.users.operations.passwords import check_password_strength
from linli.ground.users.permissions import check_administer
from linli.ground.users.queries import check_system, has_administrator, has_security
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


@act
def extend_territory(act: Act, *, areas: Sequence[NewArea]) -> list[Area]:
    """Add streets, communities, grids and buildings, parents before children, all or none.

    An administrator over each parent does this; districts are added at installation alone. Raises NotPermitted,
    AreasFixed, AreaMisplaced, and what areas.operations.place_areas raises.
    """
    new = {area.code for area in areas}
    parents = by_codes({area.parent_code for area in areas if area.parent_code not in new})
    for area in areas:
        if area.parent_code in new:
            continue
        if area.kind == AreaKind.DISTRICT:
            raise AreasFixed(field="kind")
        if area.parent_code not in parents:
            raise AreaMisplaced(field="parent", name=area.name)
        check_administer(act, parents[area.parent_code].stamp)
    return place_areas(act, areas=areas)


@act
def rename_territory(act: Act, *, area_id: int, name: str, version: int | None = None) -> Area:
    """Give an area another name. An administrator over it does this.

    Raises NotPermitted, AreaNameMissing, FormStale.
    """
    check_administer(act, area_by_id(area_id).stamp)
    return rename_area(act, area_id=area_id, name=name, version=version)


@act
def record_office(act: Act, *, area_id: int, telephone: str, address: str, version: int | None = None) -> Area:
    """Enter or correct where the office of a street or community is reached. An administrator over it does this.

    Raises NotPermitted, NoOffice, TelephoneMalformed, AddressMissing, FormStale.
    """
    check_administer(act, area_by_id(area_id).stamp)
    return set_office(act, area_id=area_id, telephone=telephone, address=address, version=version)


# --- the first act of an installation: territory, and the one person who can let others in ---------


class AlreadySetUp(DomainError):
    """Whoever could set up a second time could take the product over."""

    message = _("已经有系统管理员；账号和角色请由系统管理员在页面上办理")


@act
def set_up(act: Act, *, username: str, name: str, password: str, areas: Sequence[NewArea] = ()) -> User:
    """Add the areas, open the first administrator's account and make it administrator over every district.

    The product itself does this, once; another person answers for security (``appoint_security``). Raises
    NotPermitted, AlreadySetUp, AreasMissing (no district), PasswordWeak, and what create_user and place_areas raise.
    """
    check_system(act)
    lock_name(LockSpace.SET_UP, 0)
    if has_administrator(act.on):
        raise AlreadySetUp
    if areas:
        place_areas(act, areas=areas)
    return _first(act, Role.ADMINISTRATOR, username, name, password)


@act
def appoint_security(act: Act, *, username: str, name: str, password: str) -> User:
    """Open the account of the first security administrator, over every district.

    The product itself does this, where nobody is there. Raises NotPermitted, AlreadySetUp, AreasMissing, PasswordWeak,
    and what create_user raises.
    """
    check_system(act)
    lock_name(LockSpace.SET_UP, 0)
    if has_security(act.on):
        raise AlreadySetUp
    return _first(act, Role.SECURITY_ADMINISTRATOR, username, name, password)


@act
def let_in_again(act: Act, *, username: str, password: str) -> User:
    """Who looks after the server lets an administrator begin anew where no two others are there to do it.

    The product itself does this. Raises NotPermitted, PasswordWeak, User.DoesNotExist.
    """
    check_system(act)
    user: User = locked(User.objects.filter(username=username, is_active=True)).get()
    check_password_strength(password, username=user.username, name=user.name)
    recover(act, user, password)
    audit.record(act, where=user.area.stamp if user.area else 0, subject=f"user:{username}")
    return user


@within_act
def _first(act: Act, role: Role, username: str, name: str, password: str) -> User:
    check_names(username, name)
    check_password_strength(password, username=username, name=name)
    districts = of_kind(AreaKind.DISTRICT)
    if not districts:
        raise AreasMissing(field="areas")
    user = User.objects.create(
        username=username, name=name.strip(), password=make_password(password), area=districts[0]
    )
    Assignment.objects.bulk_create(
        [Assignment(user=user, role=role, area=area, valid_from=act.on) for area in districts]
    )
    audit.record(act, where=0, subject=f"user:{username}", lines=[area.code for area in districts])
    return user
