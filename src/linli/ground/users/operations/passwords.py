"""Passwords: strong enough, known to one person alone. Checking and hashing are done before the act begins."""

import re
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import check_password, make_password, verify_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import NotSure, act, surely
from linli.foundation.trail.tries import Tries
from linli.ground.users.codes import NoticeKind
from linli.ground.users.models import User
from linli.ground.users.operations.assignments import next_working_day
from linli.ground.users.operations.notices import tell
from linli.ground.users.operations.sessions import drop_sessions_of
from linli.ground.users.permissions import check_manage_account
from linli.ground.users.queries import NotPermitted, chain_of, holds_by_two, places_of, second_factor_is_asked
from linli.ground.users.queries.factors import active_factors
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.text import folded, opaque

SHORTEST = 10
_DIFFERENT = 5
_OWN_NAMES = re.compile("linli|邻里|ilnil|里邻")
_MINUTES = 15
_GUESSES = Tries("present password", 5, minutes=_MINUTES)
# From how many signs on a name tells something of the password that holds it: of letters (True), of ideographs.
_TELLING = {True: 3, False: 2}


class PasswordWeak(DomainError):
    """Too short, too common, only digits, few different signs, or too like the name of the person or the product."""

    message = _("密码不合要求：%(reasons)s")


class PasswordWrong(DomainError):
    """Whoever changes a password knows the present one."""

    message = _("原密码不正确")


class PasswordGuessed(DomainError):
    """Whoever tries one present password after the other is held off, in whose browser ever they sit."""

    of_access = True
    message = _("原密码输错次数过多，请 %(minutes)s 分钟后再试")


class RecoveryNeeded(DomainError):
    """With the start password alone one administrator would come in another's place."""

    of_access = True
    message = _("该账号的岗位须由两人授权，本人又未设第二重验证：请改用“恢复登录”，由安全管理员复核")


class PasswordUnchanged(DomainError):
    """A start password is known to somebody else: it cannot stay."""

    message = _("新密码不能与原密码相同")


def check_password_strength(password: str, *, username: str = "", name: str = "", field: str = "password") -> None:
    """Raises PasswordWeak with every reason, by the field."""
    try:
        validate_password(opaque(password), User(username=username, name=name), _validators())
    except ValidationError as error:
        raise PasswordWeak(field=field, reasons=" ".join(error.messages)) from error


def keep_anew(act: Act, *, password: str) -> str:
    """A password that was kept by an older rule is kept anew, now that it is known to be right. As it is kept now."""
    known = User.objects.values_list("password", flat=True).get(pk=act.by.pk)
    _right, older = verify_password(password, known)
    return keep_password_anew(act, encoded=make_password(password), known=known) if older else known


@act
def keep_password_anew(act: Act, *, encoded: str, known: str) -> str:
    """``encoded`` takes the place of the password where it is as it was ``known``. As it is kept now."""
    user = locked(User.objects.filter(pk=act.by.pk)).get()
    if user.password == known:
        user.password = encoded
        user.save(update_fields=["password"])
    _record(act, user)
    now: str = user.password
    return now


@act
def log_in(act: Act, *, browser: str = "") -> None:
    """Write that somebody logged in, with all that is asked of them."""
    user = User.objects.select_related("area").get(pk=act.by.pk)
    _record(act, user, {"browser": browser} if browser else None)


def check_own_sure(act: Act) -> None:
    """Who has a second factor has shown it a short while ago, before the key to the account changes. Raises NotSure.

    Whoever has none yet changes a password that was handed out before they enrol one.
    """
    if not act.sure and active_factors(act.by.pk):
        raise NotSure(afresh=True)


def change_password(act: Act, *, current: str, new: str) -> User:
    """A person gives their own account another password. Raises PasswordWrong, PasswordGuessed, PasswordUnchanged,
    PasswordWeak; NotSure, before anything is told of the password.
    """
    check_own_sure(act)
    user = User.objects.filter(pk=act.by.pk, is_active=True).first()
    if user is None:
        raise NotPermitted
    _check_current(act, current, user)
    if opaque(current) == opaque(new):
        raise PasswordUnchanged(field="new")
    check_password_strength(new, username=user.username, name=user.name, field="new")
    return store_password(act, user_id=user.pk, encoded=make_password(new), known=user.password)


def _check_current(act: Act, current: str, user: User) -> None:
    """Counted before it is looked at, so that guesses at the same moment count as well."""
    if not _GUESSES.count(str(user.pk), act.at):
        raise PasswordGuessed(field="current", minutes=_MINUTES)
    if not check_password(current, user.password):
        raise PasswordWrong(field="current")
    _GUESSES.give_back(str(user.pk), act.at)


def hand_out_password(act: Act, *, user_id: int, password: str) -> User:
    """An administrator gives an account a start password, for who forgot theirs; their second factor stays.

    Raises NotPermitted, PasswordWeak, RecoveryNeeded.
    """
    check_password_strength(password)
    return store_start_password(act, user_id=user_id, encoded=make_password(password))


@act
def store_password(act: Act, *, user_id: int, encoded: str, known: str) -> User:
    """Keep a person's own new password; ``known`` is the one that was checked. Raises NotPermitted, PasswordWrong."""
    user = locked(User.objects.filter(pk=user_id)).get()
    if user.pk != act.by.pk:
        raise NotPermitted
    if user.password != known:
        raise PasswordWrong(field="current")
    return _store(act, user, encoded, start=False)


@act
@surely
def store_start_password(act: Act, *, user_id: int, encoded: str) -> User:
    """Keep a start password; roles in money rest until the next working day. Raises NotPermitted, RecoveryNeeded."""
    user: User = locked(User.objects.filter(pk=user_id)).get()
    check_manage_account(act, places_of(user, act.on))
    if second_factor_is_asked() and holds_by_two(user, act.on) and not active_factors(user.pk):
        raise RecoveryNeeded
    user.money_from = next_working_day(act.on)
    user.save(update_fields=["money_from"])
    tell(act, user, NoticeKind.PASSWORD)
    return _store(act, user, encoded, start=True)


def _store(act: Act, user: User, encoded: str, *, start: bool) -> User:
    user.password, user.must_change_password = encoded, start
    user.save(update_fields=["password", "must_change_password"])
    if start:
        drop_sessions_of(user.pk)
    _record(act, user)
    return user


def _record(act: Act, user: User, note: dict[str, object] | None = None) -> None:
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note=note)


class NotTheName(UserAttributeSimilarityValidator):
    """Refuses a password that is like the user name or the name, or holds one of them: wangli-2026 is a first guess."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        super().validate(password, user)
        said = folded(password)
        for name in (folded(getattr(user, attribute, "")) for attribute in self.user_attributes):
            if len(name) >= _TELLING[name.isascii()] and (name in said or name[::-1] in said):
                raise ValidationError(_("密码中含有用户名或姓名。"))


class SignsEnough:
    """Refuses a password of few different signs: ten blanks, twelve signs that nobody sees, one digit ten times."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if len(set(folded(password))) < _DIFFERENT:
            raise ValidationError(
                _("密码至少要有 %(least)s 种不同的字符，空格和看不见的字符不算。") % {"least": _DIFFERENT}
            )

    def get_help_text(self) -> str:
        """As the form says it."""
        return ""


class NotTheProduct(SignsEnough):
    """Refuses a password that is made of the product's names: without them it is too short."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        said = folded(password)
        left = _OWN_NAMES.sub("", said)
        if left != said and len(left) < SHORTEST:
            raise ValidationError(_("密码不能由本系统的名称（linli、邻里）组成。"))


@lru_cache(maxsize=1)
def _validators() -> tuple[
    MinimumLengthValidator | CommonPasswordValidator | NumericPasswordValidator | NotTheName | SignsEnough, ...
]:
    return (
        MinimumLengthValidator(SHORTEST),
        CommonPasswordValidator(),
        NumericPasswordValidator(),
        NotTheName(("username", "name")),
        SignsEnough(),
        NotTheProduct(),
    )
