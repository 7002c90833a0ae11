"""The second factor on pages: asked at the door, and again before money, unmasking and roles.

An act that is done surely (``trail.acts.surely``) refuses to a browser in which none was shown for ten minutes. Then
the same form comes back with one field more, everything that was typed in it; sent again with the factor it does what
it was to do.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from linli.foundation.clock import now
from linli.foundation.screens.front import visitor
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import FACTOR_FIELDS, no_store, render_page, sentence
from linli.foundation.screens.reads import forget_readings
from linli.foundation.trail.acts import NotSure, no_act
from linli.ground.users.codes import FactorKind
from linli.ground.users.models import Factor, User
from linli.ground.users.operations import FactorGuessed, FactorWrong, note_failure, prove
from linli.ground.users.operations.factors import ANSWERED, MINUTES, Shown, Site, Whence
from linli.ground.users.queries import must_show_factor, second_factor_is_asked
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.queries.sessions import kept_key
from linli.ground.users.web.door import device_of
from linli.kernel.act import SYSTEM, Act

FRESH: Final = timedelta(minutes=10)
# As much as a clock is set right by while people work.
_CORRECTED: Final = timedelta(minutes=1)
_SURE_AT, _CHALLENGE = "sure_at", "challenge"
# What follows when it was shown: the form does what it was to do; the page is opened again, files to be chosen anew, or
# everything.
_FORM, _FILES, _PAGE = _WAYS = ("form", "files", "page")
_NOT_CARRIED = ("csrfmiddlewaretoken", "act_key", "again", *FACTOR_FIELDS)


def is_sure(request: HttpRequest) -> bool:
    """Whether the browser showed a second factor in the last ten minutes, or none is asked of its person."""
    if not second_factor_is_asked():
        return True
    # Without a session nobody came through the door.
    if not hasattr(request, "session") or not request.user.is_authenticated:
        return True
    shown = request.session.get(_SURE_AT, "")
    if not shown:
        return not must_show_factor(request.user, now().date())
    return is_recent(shown, FRESH)


def is_recent(moment: str, within: timedelta) -> bool:
    """Whether something was so short a time ago. What lies ahead was written by a clock that ran ahead: nobody knows
    when it was.
    """
    ago = timezone.now() - datetime.fromisoformat(moment)
    return -_CORRECTED <= ago < within


def has_shown(request: HttpRequest) -> bool:
    """Whether the browser showed a second factor at all since its person logged in."""
    return bool(request.session.get(_SURE_AT))


def be_sure(request: HttpRequest) -> None:
    """A second factor was shown just now."""
    request.session[_SURE_AT] = timezone.now().isoformat()


def forget_shown(request: HttpRequest) -> None:
    """The person has no second factor any more."""
    request.session.pop(_SURE_AT, None)


def show(request: HttpRequest, user: Any) -> None:
    """What the browser sent as the second factor of the person. Raises FactorWrong, FactorGuessed.

    The caller keeps that it was shown (``be_sure``), in the session that the person goes on with: a log-in over
    somebody else's throws that away.
    """
    challenge = request.session.pop(_CHALLENGE, "")
    shown = Shown(
        code=request.POST.get("factor_code", "")[:20],
        passkey=request.POST.get("factor_passkey", ""),
        challenge=challenge,
        site=site_of(request),
    )
    try:
        prove(Act(user, now()), shown=shown, moment=timezone.now(), whence=_whence(request, user))
    except FactorWrong:
        note_failure(Act(SYSTEM, now()), user_id=user.pk, what="factor")
        raise


def _whence(request: HttpRequest, user: Any) -> Whence:
    """Where the person shows it. The browser is known in which they showed one in this session, or came in before."""
    place, device = visitor(request), device_of(request)
    if request.user == user and has_shown(request):
        return Whence(place, f"session {kept_key(request.session.session_key)}")
    return Whence(place, device.number if device.knows(user) else "")


def site_of(request: HttpRequest) -> Site:
    """For whom a passkey of this address would be made."""
    return Site(request.get_host().rpartition(":")[0] or request.get_host(), f"{request.scheme}://{request.get_host()}")


def takes_passkeys(request: HttpRequest) -> bool:
    """Browsers make passkeys for names alone, over TLS or on the machine itself."""
    host = site_of(request).host
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def ask(request: HttpRequest, factors: list[Factor]) -> dict[str, Any]:
    """What a page needs that asks for one of the factors."""
    keys = [factor for factor in factors if factor.kind == FactorKind.PASSKEY]
    asked = ""
    if keys and takes_passkeys(request):
        allowed = [PublicKeyCredentialDescriptor(id=bytes.fromhex(key.credential or "")) for key in keys]
        options = generate_authentication_options(rp_id=site_of(request).host, allow_credentials=allowed)
        request.session[_CHALLENGE] = bytes_to_base64url(options.challenge)
        asked = options_to_json(options)
    return {
        "by_code": any(factor.kind == FactorKind.TOTP for factor in factors),
        "passkey": asked,
        "counted": {"tries": ANSWERED, "minutes": MINUTES},
    }


def ask_for_new_passkey(request: HttpRequest, user: User, factors: list[Factor]) -> str:
    """What a browser is asked to make a passkey (JSON); empty where it could not."""
    if not takes_passkeys(request):
        return ""
    known = [
        PublicKeyCredentialDescriptor(id=bytes.fromhex(one.credential)) for one in factors if one.credential is not None
    ]
    options = generate_registration_options(
        rp_id=site_of(request).host,
        rp_name=gettext("邻里"),
        user_id=str(user.pk).encode(),
        user_name=user.username,
        user_display_name=user.name,
        exclude_credentials=known,
    )
    request.session[_CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def take_challenge(request: HttpRequest) -> str:
    """The challenge that the page gave, once."""
    found: str = request.session.pop(_CHALLENGE, "")
    return found


class AgainMiddleware:
    """Takes a second factor that comes with a form before its act, and asks for one where the act wants it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """The page that asks once more where what came is wrong; None: the view goes on."""
        sent = request.method == "POST" and any(request.POST.get(name) for name in FACTOR_FIELDS)
        if not sent or not request.user.is_authenticated or not request.POST.get("again"):
            return None
        try:
            show(request, request.user)
        except (FactorWrong, FactorGuessed) as error:
            return _asking(request, sentence(error))
        be_sure(request)
        if request.POST.get("again") != _FORM:
            messages.success(request, gettext("验证通过"))
            return redirect(request.get_full_path())
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The same form with one field more."""
        if not isinstance(exception, NotSure):
            return None
        forget_readings(request)
        return _asking(request, afresh=exception.afresh)


def _asking(request: HttpRequest, wrong: str = "", *, afresh: bool = False) -> HttpResponse:
    said = request.POST.get("again", "")
    again = _PAGE if afresh else said if said in _WAYS else _FILES if request.FILES else _FORM
    context = {
        "head": Head(gettext("请再验证一次")),
        "wrong": wrong,
        "carried": [] if again == _PAGE else list(_carried(request)),
        "again": again,
        **no_act(ask)(request, active_factors(request.user.pk or 0)),
    }
    return no_store(render_page(request, "users/again.html", context, status=422))


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What the form said, but for what each page has of its own."""
    for name, values in request.POST.lists():
        if name not in _NOT_CARRIED:
            yield from ((name, str(value)) for value in values)
