"""Log in, log out, how pages look."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linli.foundation.clock import now
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.context import LARGE_COOKIE, THEME_COOKIE, THEMES
from linli.foundation.screens.desks import everybody, page_of
from linli.foundation.screens.pages import act_of, no_store, onward, render_page, sentence, today
from linli.foundation.trail.acts import no_act
from linli.ground.users.models import User
from linli.ground.users.operations import (
    FactorGuessed,
    FactorWrong,
    change_password,
    check_own_sure,
    keep_anew,
    note_failure,
)
from linli.ground.users.operations import log_in as log_in_act
from linli.ground.users.queries import demo_accounts, open_account, second_factor_is_asked
from linli.ground.users.queries.factors import active_factors, unread_notices
from linli.ground.users.web.again import ask, be_sure, is_recent, show
from linli.ground.users.web.browsers import browser_of
from linli.ground.users.web.door import MINUTES, Attempt, get_to_know, go_on_here
from linli.ground.users.web.forms import LogInForm, PasswordForm
from linli.kernel.act import SYSTEM, Act, Actor

_YEAR = 365 * 24 * 3600
# Form field → its cookie and what it may hold; an empty theme follows the browser's system.
_PREFERENCES = {"size": (LARGE_COOKIE, {"large", "normal"}), "theme": (THEME_COOKIE, {*THEMES, ""})}


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; a demonstration lists the accounts of every role."""
    form = LogInForm(request, request.POST or None)
    target = onward(request, "/")
    if request.method == "POST":
        attempt = Attempt(request, request.POST.get("username", ""))
        if not attempt.allowed:
            attempt.tell("held off")
            return render_page(request, "users/locked_out.html", {"minutes": MINUTES}, status=429)
        if form.is_valid():
            return _known(request, form, attempt, target)
        _failed(attempt)
    accounts = demo_accounts(today()) if settings.DEMO else []
    status = 200 if request.method == "GET" else 422
    return render_page(
        request, "users/log_in.html", {"form": form, "next": target, "accounts": accounts}, status=status
    )


def _failed(attempt: Attempt) -> None:
    """The log has every try; the trail those that are still looked at."""
    attempt.tell("failed")
    note_failure(Act(SYSTEM, now()), user_id=attempt.user.pk if attempt.user else None, what="password")


# Between the two halves of a log-in: whose password was right, as it was then, and when.
_HALF, _HALF_LASTS = "half", timedelta(minutes=5)


def _known(request: HttpRequest, form: LogInForm, attempt: Attempt, target: str) -> HttpResponse:
    """The password is right: who has a second factor shows it next."""
    user: Any = form.get_user()
    # The session holds to the password as it is kept now.
    user.password = keep_anew(Act(user, now()), password=form.cleaned_data["password"])
    attempt.was_right()
    if second_factor_is_asked() and active_factors(user.pk):
        request.session[_HALF] = [user.pk, user.get_session_auth_hash(), timezone.now().isoformat()]
        return redirect(f"{reverse('log_in_factor')}?{urlencode({'next': target})}")
    return _let_in(request, user, target)


@never_cache
@require_http_methods(["GET", "POST"])
def log_in_factor(request: HttpRequest) -> HttpResponse:
    """The second half of a log-in: an authenticator's code or a passkey."""
    user, target, wrong = _half_known(request), onward(request, "/"), ""
    if user is None:
        return redirect("log_in")
    if request.method == "POST":
        try:
            show(request, user)
        except (FactorWrong, FactorGuessed) as error:
            wrong = sentence(error)
        else:
            request.session.pop(_HALF, None)
            response = _let_in(request, user, target)
            be_sure(request)
            return response
    context = {"next": target, "wrong": wrong, **ask(request, active_factors(user.pk))}
    return render_page(request, "users/log_in_factor.html", context, status=422 if wrong else 200)


def _half_known(request: HttpRequest) -> User | None:
    """Whose password was right some minutes ago, and still is; None for nobody's."""
    told = request.session.get(_HALF)
    if not told or not is_recent(told[2], _HALF_LASTS):
        return None
    user = open_account(told[0])
    right = user is not None and constant_time_compare(user.get_session_auth_hash(), told[1])
    return user if right else None


def _let_in(request: HttpRequest, user: Any, target: str) -> HttpResponse:
    browser = browser_of(request)
    log_in_act(Act(user, now()), browser=browser)
    no_act(login)(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["browser"] = browser
    unread = unread_notices(user.pk)
    response = redirect(f"{reverse('notices')}?{urlencode({'next': target})}" if unread else target)
    language = getattr(user, "language", settings.LANGUAGE_CODE)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, secure=request.is_secure(), samesite="Lax")
    get_to_know(request, response, user)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser forgets what it kept of it, but whose browser it is (the cookies)."""
    logout(request)
    response = redirect("log_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return no_store(response)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Large type and theme, kept in this browser."""
    response = redirect(onward(request, "/"))
    for name, (cookie, allowed) in _PREFERENCES.items():
        value = request.POST.get(name)
        if value is not None and value in allowed:
            response.set_cookie(cookie, value, max_age=_YEAR, secure=request.is_secure(), samesite="Lax")
    return response


# --- everybody changes their own password here; who got a start password sees no other page before ---


class PasswordChange(ActPage[Actor, None]):
    """One's own password; other browsers where the person is logged in are logged out by it."""

    title, done = _("修改密码"), _("密码已修改")
    form = PasswordForm
    template = "users/password_change.html"
    secret = True

    def find(self) -> None:
        """Shown to who is sure already: no other page carries a password on."""
        check_own_sure(act_of(self.request))

    def run(self, act: Act, said: Said) -> None:
        user = change_password(act, current=said["current"], new=said["new"])
        go_on_here(self.request, user)

    def home(self) -> str:
        return "/"

    def more(self) -> Mapping[str, Any]:
        user = self.request.user
        return {"must": user.is_authenticated and user.must_change_password}


password_change = sensitive_post_parameters("current", "new", "again")(page_of(PasswordChange, everybody))
