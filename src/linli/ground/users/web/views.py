"""Log in, log out, how pages look."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linli.foundation.clock import now
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.context import LARGE_COOKIE, THEME_COOKIE, THEMES
from linli.foundation.screens.desks import everybody, page_of
from linli.foundation.screens.pages import no_store, onward, render_page, today
from linli.foundation.trail.acts import no_act
from linli.ground.users.operations import change_password, enter
from linli.ground.users.queries import account_id, demo_accounts
from linli.ground.users.web.door import MINUTES, Attempt
from linli.ground.users.web.forms import LogInForm, PasswordForm
from linli.kernel.act import Act, Actor

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
        username = request.POST.get("username", "")
        attempt = Attempt(request, username)
        if not attempt.allowed:
            attempt.tell("held off", account_id(username))
            return render_page(request, "users/locked_out.html", {"minutes": MINUTES}, status=429)
        if form.is_valid():
            return _let_in(request, form, attempt, target)
        attempt.tell("failed", account_id(username))
    accounts = demo_accounts(today()) if settings.DEMO else []
    status = 200 if request.method == "GET" else 422
    return render_page(
        request, "users/log_in.html", {"form": form, "next": target, "accounts": accounts}, status=status
    )


def _let_in(request: HttpRequest, form: LogInForm, attempt: Attempt, target: str) -> HttpResponse:
    user: Any = form.get_user()
    # The session holds to the password as it is kept now.
    user.password = enter(Act(user, now()), password=form.cleaned_data["password"])
    no_act(login)(request, user)
    response = redirect(target)
    attempt.succeeded(response, secure=request.is_secure(), user_id=user.pk)
    language = getattr(user, "language", settings.LANGUAGE_CODE)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, secure=request.is_secure(), samesite="Lax")
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

    def run(self, act: Act, said: Said) -> None:
        user = change_password(act, current=said["current"], new=said["new"])
        update_session_auth_hash(self.request, user)

    def home(self) -> str:
        return "/"

    def more(self) -> Mapping[str, Any]:
        user = self.request.user
        return {"must": user.is_authenticated and user.must_change_password}


password_change = sensitive_post_parameters("current", "new", "again")(page_of(PasswordChange, everybody))
