"""The household table: template out, file in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.imports import import_page
from linli.foundation.screens.pages import act_of
from linli.registry.residents.operations import household_template as template_bytes
from linli.registry.residents.operations import import_households, read_households
from linli.registry.residents.web.forms import ImportForm
from linli.registry.residents.web.views.desk import Desk, registering

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@registering
def household_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Upload a file: everything of it or, with every problem named, nothing."""

    def take(data: bytes, name: str) -> str:
        table = read_households(data, filename=name, scope=desk.registers, on=desk.on)
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

    form = ImportForm(request.POST or None, request.FILES or None)
    return import_page(request, "residents/household_import.html", form, take, back="resident_list")


@registering
def household_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    response = HttpResponse(template_bytes(), content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="households-template.xlsx"'
    return response
