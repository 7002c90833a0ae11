"""Acts on accounts and assignments."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from linli.areas.queries import area_by_id
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from linli.users.codes import Role
from linli.users.models import Assignment, User
from linli.users.queries import NotPermitted, authority


class UsernameTaken(DomainError):
    """Another account has the name."""

    code = "users.username_taken"
    message = _("用户名 %(username)s 已被使用")


@act
def create_user(act: Act, *, username: str, name: str, password: str = "") -> User:
    """Open an account; without a password it cannot log in. Raises UsernameTaken, NotPermitted.

    An administrator does this; at installation the product itself.
    """
    if act.by != SYSTEM and not authority(act).holds(Role.ADMINISTRATOR):
        raise NotPermitted
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(field="username", username=username)
    user = User.objects.create(username=username, name=name, password=make_password(password or None))
    audit.record(act, where=0, subject=f"user:{username}")
    return user


@act
def assign(
    act: Act,
    *,
    user_id: int,
    role: Role,
    area_id: int,
    valid_from: date,
    valid_until: date | None = None,
    stand_in_for_id: int | None = None,
) -> Assignment:
    """Give a person a role in an area from a day on. Raises NotPermitted."""
    area = area_by_id(area_id)
    if act.by != SYSTEM:
        authority(act).check(area.stamp, Role.ADMINISTRATOR)
    assignment = Assignment.objects.create(
        user_id=user_id,
        role=role,
        area=area,
        valid_from=valid_from,
        valid_until=valid_until,
        stand_in_for_id=stand_in_for_id,
    )
    username = User.objects.values_list("username", flat=True).get(pk=user_id)
    audit.record(act, where=area.stamp, subject=f"user:{username}", note={"role": role.value, "area": area.code})
    return assignment
