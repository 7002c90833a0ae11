"""Everybody changes their own password here; who got a start password sees no other page before."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.desks import known
from linli.foundation.screens.heads import Head
from linli.ground.users.operations import change_password
from linli.ground.users.web.administration_forms import PasswordForm
from linli.kernel.act import Act


@sensitive_post_parameters("current", "new", "again")
@known
def password_change(request: HttpRequest) -> HttpResponse:
    """One's own password; other browsers where the person is logged in are logged out by it."""
    form = filled(request, PasswordForm)

    def deed(act: Act) -> None:
        user = change_password(act, current=form.cleaned_data["current"], new=form.cleaned_data["new"])
        update_session_auth_hash(request, user)

    return act_page(
        request,
        form,
        deed,
        head=Head(gettext("修改密码")),
        done=gettext("密码已修改"),
        to="/",
        template="users/password_change.html",
        context={"must": request.user.is_authenticated and request.user.must_change_password},
        secret=True,
    )
