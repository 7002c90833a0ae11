"""Everybody changes their own password here; who got a start password sees no other page before."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from linli.foundation.screens.pages import act_of, perform, render_page
from linli.ground.users.operations import change_password
from linli.ground.users.web.administration_forms import PasswordForm


@sensitive_post_parameters("current", "new", "again")
@never_cache
@login_required
def password_change(request: HttpRequest) -> HttpResponse:
    """One's own password; other browsers where the person is logged in are logged out by it."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, user = perform(form, lambda: change_password(act_of(request), current=data["current"], new=data["new"]))
        if user is not None:
            update_session_auth_hash(request, user)
        if done:
            messages.success(request, gettext("密码已修改"))
            return redirect("/")
    must = request.user.is_authenticated and request.user.must_change_password
    return render_page(request, "users/password_change.html", {"form": form, "must": must})
