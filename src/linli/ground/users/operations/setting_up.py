"""The first act of an installation: territory, and the one person who can let others in."""

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import AreasMissing, NewArea, place_areas
from linli.ground.areas.queries import of_kind
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations.accounts import check_names
from linli.ground.users.operations.passwords import check_password_strength
from linli.ground.users.queries import check_system, has_administrator
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class AlreadySetUp(DomainError):
    """Whoever could set up a second time could take the product over."""

    message = _("已经有系统管理员；账号和角色请由系统管理员在页面上办理")


@act
def set_up(act: Act, *, username: str, name: str, password: str, areas: Sequence[NewArea] = ()) -> User:
    """Add the areas, open the first administrator's account and make it administrator over every district.

    The product itself does this, once. Raises NotPermitted, AlreadySetUp, AreasMissing (no district), PasswordWeak,
    and what create_user and place_areas raise.
    """
    check_system(act)
    lock_name(LockSpace.SET_UP, 0)
    if has_administrator():
        raise AlreadySetUp
    check_names(username, name)
    check_password_strength(password, username=username, name=name)
    if areas:
        place_areas(act, areas=areas)
    districts = of_kind(AreaKind.DISTRICT)
    if not districts:
        raise AreasMissing(field="areas")
    user = User.objects.create(
        username=username, name=name.strip(), password=make_password(password), area=districts[0]
    )
    Assignment.objects.bulk_create(
        [Assignment(user=user, role=Role.ADMINISTRATOR, area=area, valid_from=act.on) for area in districts]
    )
    audit.record(act, where=0, subject=f"user:{username}", lines=[area.code for area in districts])
    return user
