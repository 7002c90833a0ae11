"""A log-in becomes a resident's own."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Head
from linli.ground.users.codes import Role
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act
from linli.registry.residents.operations import link_account
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.web.forms import LinkForm


@pages_for("residents", *REGISTRARS, Role.ADMINISTRATOR)
def account_link(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Link a log-in to a resident: registrars and administrators, over residents of their areas.

    An administrator reads no registry, so the answer names the resident masked to them.
    """
    given = {"username": request.GET.get("username", "")[:40], "number": request.GET.get("resident", "")[:16]}
    form = filled(request, LinkForm, within=desk.reads, on=desk.on, initial=given)

    def deed(act: Act) -> object:
        user, person = form.cleaned_data["username"], form.cleaned_data["number"]
        return link_account(act, user_id=user.pk, resident_id=person.resident_id)

    def done(_link: object) -> str:
        user, person = form.cleaned_data["username"], form.cleaned_data["number"]
        words = {
            "username": user.username,
            "name": desk.person.named(person.stamp, person.name),
            "number": person.number,
        }
        return gettext("账号 %(username)s 已关联 %(name)s（%(number)s）") % words

    head, submit = Head(gettext("关联账号与居民")), gettext("关联")
    return act_page(request, form, deed, head=head, submit=submit, done=done, to=request.path, back="/")
