"""The household table: template out, file in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import filled
from linli.foundation.screens.exporting import XLSX, download
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.imports import import_page
from linli.foundation.screens.pages import act_of
from linli.ground.users.queries.desks import Desk
from linli.registry.residents.operations import household_template as template_bytes
from linli.registry.residents.operations import import_households, read_households
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.web.forms import ImportForm
from linli.registry.residents.web.views.desk import registering


@registering
def household_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Upload a file: everything of it or, with every problem named, nothing."""

    def take(data: bytes, name: str) -> str:
        table = read_households(data, filename=name, scope=desk.person.scope(*REGISTRARS), on=desk.on)
        result = import_households(act_of(request), table=table)
        counts = {
            "households": len(result.households_added),
            "people": result.people_added,
            "unchanged": result.people_unchanged,
        }
        if result.numbers_added:
            late = gettext("为 %(numbered)s 名已登记的居民补录了身份证号") % {"numbered": result.numbers_added}
            messages.success(request, late)
        return gettext("已导入 %(households)s 户、%(people)s 人；%(unchanged)s 人已有记录，未改动") % counts

    head = Head(
        gettext("导入家庭与居民"),
        gettext("全部正确才会导入；有错误时一行也不导入。同一文件重复导入不会产生重复记录。"),
        [(gettext("导入表格"), "")],
        actions=[Action(gettext("下载模板"), reverse("household_template"))],
    )
    return import_page(request, filled(request, ImportForm), take, head=head, back=reverse("resident_list"))


@registering
def household_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    return download(template_bytes(), "households-template.xlsx", XLSX)
