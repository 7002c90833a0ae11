"""A second factor: an authenticator's code (RFC 6238) or a passkey (WebAuthn, level 2), besides the password.

What is shown once is never taken again: of an authenticator's codes only newer ones than the last, of a passkey only a
signature of the challenge just asked. Who guesses is held off. The moment of a code is the real one, whatever day a
demonstration lives on.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import pyotp
import webauthn
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from webauthn.helpers import decode_credential_public_key
from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
from webauthn.registration.verify_registration_response import VerifiedRegistration

from linli.foundation.data.crypto import EnvelopeBroken, open_sealed, seal
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import NotSure, act, surely, within_act
from linli.foundation.trail.tries import Tries
from linli.ground.users.codes import FactorKind, NoticeKind
from linli.ground.users.models import Factor, User
from linli.ground.users.operations.notices import tell
from linli.ground.users.queries import NotPermitted, chain_of, must_show_factor
from linli.ground.users.queries.factors import active_factors
from linli.kernel.act import SYSTEM, Act, Actor
from linli.kernel.errors import DomainError

MINUTES: Final = 15
# As with passwords (docs/adr/0054): a stranger who has the password uses up nothing of what its person's browsers have.
# So many tries are answered, wherever a person shows it.
ANSWERED = 6
_THERE = Tries("second factor by person and place", ANSWERED, minutes=MINUTES)
_PERSON = Tries("second factor of a person", 18, minutes=MINUTES)
_KNOWN = Tries("second factor in a known browser", ANSWERED, minutes=MINUTES)
# A phone's clock may be half a minute off either way.
_STEPS_OFF: Final = (-1, 0, 1)
NAME_LENGTH: Final = 40
# A passkey's answer is a tenth of it; above it nothing is read.
ANSWER_LENGTH: Final = 20_000
_FORM_LASTS: Final = 24 * 3600  # seconds
_CREDENTIAL_LENGTH: Final = 1400  # hex digits, as the table keeps them
_log = logging.getLogger("linli.factors")
R = TypeVar("R")


class FactorWrong(DomainError):
    """The code is not the authenticator's, or was used; the passkey is none of the account's."""

    message = _("验证不通过：请输入验证器上当前的 6 位数字，每个只能用一次；通行密钥须是本账号登记的")


class FactorGuessed(DomainError):
    """Whoever tries one code after the other is held off."""

    of_access = True
    message = _("验证失败次数过多，请 %(minutes)s 分钟后再试")


class FactorNameMissing(DomainError):
    """A person tells their factors apart by name."""

    message = _("请给它起个名字，最多 40 个字，如“我的手机”")


class FactorKnown(DomainError):
    """One thing in somebody's hand is one factor: registered twice, each of its codes would be taken twice."""

    message = _("它已经登记过；请在验证器里用新的二维码另加一个，或换一个通行密钥")


class LastFactor(DomainError):
    """Who must show a second factor keeps one."""

    message = _("这是最后一种第二重验证，您的岗位须至少保留一种；请先添加另一种")


class PasskeyRefused(DomainError):
    """The browser's answer is none of a passkey made here just now."""

    message = _("通行密钥登记没有完成，请再试一次")


@dataclass(frozen=True)
class Site:
    """For whom passkeys are made: the host's name, and the address that the browser shows."""

    host: str
    origin: str


@dataclass(frozen=True)
class Shown:
    """What somebody shows: the digits of an authenticator, or a passkey's answer (JSON) to the challenge."""

    code: str = ""
    passkey: str = ""
    challenge: str = ""
    site: Site | None = None


@dataclass(frozen=True)
class Whence:
    """Where it is shown, for counting: the place, and which browser where it is one that the person is known in."""

    place: str = ""
    browser: str = ""


def new_secret() -> str:
    """The secret of a new authenticator, 160 bits in base32."""
    return pyotp.random_base32()


def address_of_secret(secret: str, username: str) -> str:
    """What an authenticator reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Linli")


def pending(secret: str, user_id: int, moment: datetime) -> str:
    """The secret sealed for the form of one person, until its first code shows that the authenticator has it."""
    return seal(f"{int(moment.timestamp())} {secret}", aad=f"users_factor|pending:{user_id}|secret")


def opened(sealed: str, user_id: int, moment: datetime) -> str:
    """The secret of the form. Raises EnvelopeBroken for what is none, is another's, or is older than a day."""
    since, _blank, secret = open_sealed(sealed, aad=f"users_factor|pending:{user_id}|secret").partition(" ")
    if not secret or int(moment.timestamp()) - int(since) > _FORM_LASTS:
        raise EnvelopeBroken
    return secret


@act
def enrol_totp(act: Act, *, secret: str, code: str, name: str, moment: datetime) -> Factor:
    """Add an authenticator to one's own account, once its code shows that it has the secret.

    Raises FactorWrong, FactorNameMissing, FactorKnown.
    """
    step = _step_of(secret, code, 0, moment)
    if step is None:
        raise FactorWrong(field="code")
    token = secrets.token_hex(16)
    sealed = seal(secret, aad=f"users_factor|{token}|secret")
    user = _enrolling(act)
    if any(_has(row, secret) for row in Factor.objects.filter(user=user, kind=FactorKind.TOTP)):
        raise FactorKnown(field="code")
    return _enrol(act, user, FactorKind.TOTP, name, token=token, secret=sealed, counter=step)


@act
def enrol_passkey(act: Act, *, answer: str, challenge: str, site: Site, name: str) -> Factor:
    """Add a passkey to one's own account: the answer to a challenge that was asked. Raises PasskeyRefused,
    FactorNameMissing, FactorKnown.
    """
    # To no challenge everybody has an answer, and the same one again and again.
    if not challenge:
        raise PasskeyRefused(field="answer")
    made = _read(answer, lambda: _made_of(answer, challenge, site))
    if made is None:
        raise PasskeyRefused(field="answer")
    user, credential = _enrolling(act), made.credential_id.hex()
    # Whoever's it is: a passkey is found by its name alone.
    if Factor.objects.filter(credential=credential).exists():
        raise FactorKnown(field="answer")
    return _enrol(
        act,
        user,
        FactorKind.PASSKEY,
        name,
        token=secrets.token_hex(16),
        credential=credential,
        public_key=made.credential_public_key.hex(),
        counter=made.sign_count,
    )


def _enrolling(act: Act) -> User:
    """Who enrols, locked: of two forms sent at one moment the second sees what the first added."""
    user: User | None = locked(User.objects.filter(pk=act.by.pk, is_active=True)).first()
    if user is None:
        raise NotPermitted
    return user


def _has(row: Factor, secret: str) -> bool:
    """Whether it is the factor's secret. One that is removed counts too: what was lost does not come back."""
    known = _secret_of(row)
    return known is not None and constant_time_compare(known, secret)


def _secret_of(row: Factor) -> str | None:
    """The secret of an authenticator; None where it does not open, sealed with a key that is gone or written over: it
    shows nothing any more, and stands in no other's way.
    """
    try:
        return open_sealed(row.secret, aad=f"users_factor|{row.token}|secret")
    except EnvelopeBroken:
        _log.warning("an authenticator's secret does not open", extra={"facts": {"factor": row.pk}})
        return None


@within_act
def _enrol(act: Act, /, user: User, kind: FactorKind, name: str, **values: Any) -> Factor:
    called = name.strip()
    if not called or len(called) > NAME_LENGTH:
        raise FactorNameMissing(field="name")
    if active_factors(user.pk):
        if not act.sure:
            raise NotSure
    else:
        # Whoever is logged in elsewhere has shown a password alone.
        user.sessions_round += 1
        user.save(update_fields=["sessions_round"])
    row = Factor.objects.create(user=user, kind=kind, name=called, added_at=act.at, **values)
    tell(act, user, NoticeKind.ENROLLED, called)
    _record(act, user, {"factor": kind.value, "name": called})
    return row


def must_keep(person: Actor, on: date) -> bool:
    """Whether the person has one factor and must show one."""
    return must_show_factor(person, on) and len(active_factors(person.pk or 0)) == 1


@act
@surely
def remove_factor(act: Act, *, factor_id: int) -> Factor:
    """Take a factor from one's own account: whoever came in with it is out. Raises NotPermitted, LastFactor."""
    user = locked(User.objects.filter(pk=act.by.pk)).get()
    row: Factor | None = locked(Factor.objects.filter(pk=factor_id, user=user, removed_at=None)).first()
    if row is None:
        raise NotPermitted
    if must_keep(user, act.on):
        raise LastFactor
    row.removed_at = act.at
    row.save(update_fields=["removed_at"])
    user.sessions_round += 1
    user.save(update_fields=["sessions_round"])
    tell(act, user, NoticeKind.REMOVED, row.name)
    _record(act, user, {"factor": row.kind, "name": row.name})
    return row


def prove(act: Act, *, shown: Shown, moment: datetime, whence: Whence = Whence()) -> None:
    """Somebody shows their second factor. Raises FactorWrong, FactorGuessed.

    Counted before it is looked at, so that guesses at the same moment count as well: in a known browser for it alone,
    elsewhere for the person from there, then for the person from everywhere.
    """
    counted: list[tuple[Tries, str]] = []
    for tries, key in _counts(act.by.pk, whence):
        counted.append((tries, key))
        if not tries.count(key, moment):
            raise FactorGuessed(minutes=MINUTES)
    accept_factor(act, shown=shown, moment=moment)
    for tries, key in counted:
        tries.give_back(key, moment)


def _counts(user_id: int, whence: Whence) -> list[tuple[Tries, str]]:
    if whence.browser:
        return [(_KNOWN, f"{user_id}|{whence.browser}")]
    return [(_THERE, f"{user_id}|{whence.place}"), (_PERSON, str(user_id))]


@act
def accept_factor(act: Act, *, shown: Shown, moment: datetime) -> None:
    """Keep that the factor was shown, so that the same is never taken again. Raises FactorWrong."""
    user = locked(User.objects.filter(pk=act.by.pk, is_active=True)).first()
    rows = locked(Factor.objects.filter(user=user, removed_at=None)) if user else Factor.objects.none()
    for row in rows:
        counter = _shown_of(row, shown, moment)
        if user and counter is not None:
            row.counter = counter
            row.save(update_fields=["counter"])
            _record(act, user, {"factor": row.kind, "name": row.name})
            return
    raise FactorWrong(field="code")


@act
def note_failure(act: Act, *, user_id: int | None, what: str) -> None:
    """Somebody failed to log in to an account, or to show its factor: the product's own act.

    A name that is nobody's (None) takes the same time, so that nobody learns by waiting which names there are.
    """
    if act.by != SYSTEM:
        raise NotPermitted
    user = User.objects.select_related("area").filter(pk=user_id or 0).first()
    if user is None:
        audit.record(act, where=0, subject="user:-", note={"failed": what})
    else:
        _record(act, user, {"failed": what})


def _shown_of(row: Factor, shown: Shown, moment: datetime) -> int | None:
    """The factor's new counter where it is what was shown; None otherwise."""
    if row.kind == FactorKind.TOTP and shown.code:
        secret = _secret_of(row)
        return None if secret is None else _step_of(secret, shown.code, row.counter, moment)
    if row.kind == FactorKind.PASSKEY and shown.passkey and shown.challenge and shown.site:
        return _signed_of(row, shown, shown.site)
    return None


def _step_of(secret: str, code: str, after: int, moment: datetime) -> int | None:
    """Which half-minute since 1970 the code is of; None for none near the moment and after the last one shown."""
    said = "".join(str(int(one)) for one in code if one.isdecimal())
    totp = pyotp.TOTP(secret)
    here = totp.timecode(moment)
    near = (here + off for off in _STEPS_OFF if here + off > after)
    return next((step for step in near if constant_time_compare(totp.generate_otp(step), said)), None)


def _signed_of(row: Factor, shown: Shown, site: Site) -> int | None:
    found = _read(
        shown.passkey,
        lambda: webauthn.verify_authentication_response(
            credential=shown.passkey,
            expected_challenge=webauthn.base64url_to_bytes(shown.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes.fromhex(row.public_key),
            credential_current_sign_count=row.counter,
        ),
    )
    return found.new_sign_count if found and found.credential_id.hex() == row.credential else None


def _made_of(answer: str, challenge: str, site: Site) -> VerifiedRegistration | None:
    """What the browser made; None for a passkey that could never be shown."""
    made = webauthn.verify_registration_response(
        credential=answer,
        expected_challenge=webauthn.base64url_to_bytes(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
    )
    decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
    return made if len(made.credential_id.hex()) <= _CREDENTIAL_LENGTH else None


def _read(answer: str, verify: Callable[[], R | None]) -> R | None:
    """What the library makes of a stranger's answer; None for all that it refuses or that breaks it.

    It reads JSON, CBOR and keys, and says in many ways that they are none: nested too deep, cut short, a number that is
    no point of a curve. Each is one thing to us.
    """
    if len(answer) > ANSWER_LENGTH:
        return None
    try:
        return verify()
    except Exception:
        _log.info("a passkey's answer that cannot be read", exc_info=True)
        return None


def _record(act: Act, user: User, note: Mapping[str, object]) -> None:
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note=note)
