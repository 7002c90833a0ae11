"""The tree of areas, for administrators: add, rename, import all or none, export."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext

from linli.foundation.screens.imports import import_page
from linli.foundation.screens.pages import act_of, perform, render_page
from linli.ground.areas.codes import OFFICES, PARENT_KIND, AreaKind
from linli.ground.areas.operations import NewArea, area_workbook, check_areas, read_areas
from linli.ground.areas.operations import area_template as template_bytes
from linli.ground.areas.queries import Area, area_by_code, tree, without_office
from linli.ground.users.operations import extend_territory, record_office, rename_territory
from linli.ground.users.web.administration_desk import Desk, administering, area_or_404
from linli.ground.users.web.administration_forms import AreaForm, NameForm, OfficeForm, TableForm, depth

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHILD_KIND = {parent: child for child, parent in PARENT_KIND.items()}


@administering
def area_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The territory as a tree; buildings are counted, and listed for the grid that is opened."""
    rows, opened = tree(desk.scope), request.GET.get("grid", "")
    unreached = {area.pk for area in without_office(desk.scope)}
    buildings: dict[int | None, list[Area]] = {}
    for area in rows:
        if area.kind == AreaKind.BUILDING:
            buildings.setdefault(area.parent_id, []).append(area)
    lines = [
        {
            "area": area,
            "depth": depth(area),
            "buildings": len(buildings.get(area.pk, [])),
            "office": area.kind in OFFICES,
            "unreached": area.pk in unreached,
            "opened": buildings.get(area.pk, []) if area.code == opened else [],
        }
        for area in rows
        if area.kind != AreaKind.BUILDING
    ]
    return render_page(request, "users/area_list.html", {"lines": lines, "total": len(rows)})


@administering
def area_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add an area below another; its level follows from that."""
    form = AreaForm(request.POST or None, areas=tree(desk.scope), initial={"parent": request.GET.get("in", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kind = _CHILD_KIND[AreaKind(area_by_code(data["parent"]).kind)]
        new = NewArea(data["code"].strip(), kind, data["name"], data["parent"])
        done, _added = perform(form, lambda: extend_territory(act_of(request), areas=[new]))
        if done:
            return _back(request, gettext("已添加区划"))
    context = {"form": form, "heading": gettext("添加区划"), "submit": gettext("添加")}
    return render_page(request, "users/area_form.html", context)


@administering
def area_rename(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Another name; the code stays."""
    area = area_or_404(desk, code)
    form = NameForm(request.POST or None, initial={"name": area.name})
    if request.method == "POST" and form.is_valid():
        done, _area = perform(
            form, lambda: rename_territory(act_of(request), area_id=area.pk, name=form.cleaned_data["name"])
        )
        if done:
            return _back(request, gettext("名称已修改"))
    context = {"form": form, "area": area, "heading": gettext("修改区划名称"), "submit": gettext("保存")}
    return render_page(request, "users/area_form.html", context)


@administering
def area_office(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Where the office of a street or community is reached: under its letters and on its posters."""
    area = area_or_404(desk, code)
    if area.kind not in OFFICES:
        raise Http404
    form = OfficeForm(request.POST or None, initial={"telephone": area.telephone, "address": area.address})
    if request.method == "POST" and form.is_valid():
        done, _area = perform(form, lambda: record_office(act_of(request), area_id=area.pk, **form.cleaned_data))
        if done:
            return _back(request, gettext("办公电话和地址已登记，从下一份文书起使用"))
    context = {"form": form, "area": area, "heading": gettext("登记办公电话和地址"), "submit": gettext("保存")}
    return render_page(request, "users/area_form.html", context)


@administering
def area_import(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """Upload a table: everything of it or, with every problem named, nothing."""

    def take(data: bytes, name: str) -> str:
        new = check_areas(read_areas(data, filename=name))
        if not new:
            return gettext("表中的区划都已存在，没有改动")
        added = extend_territory(act_of(request), areas=new)
        return gettext("已导入 %(count)s 个区划") % {"count": len(added)}

    form = TableForm(request.POST or None, request.FILES or None)
    return import_page(request, "users/area_import.html", form, take, back="area_list")


@administering
def area_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    return _workbook(template_bytes(), "areas-template.xlsx")


@administering
def area_export(_request: HttpRequest, desk: Desk) -> HttpResponse:
    """The territory as a table that can be imported again."""
    title = gettext("区划")
    book = area_workbook(tree(desk.scope), title=title, created=desk.on, language=get_language() or "zh-hans")
    return _workbook(book, "areas.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _back(request: HttpRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("area_list")
