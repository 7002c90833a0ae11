"""The territory, for administrators: look, add, rename, import all or none, export."""

from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.exporting import XLSX, Sheet, answer, download, reach_of, whole
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.imports import import_page
from linli.foundation.screens.pages import act_of
from linli.ground.areas.codes import OFFICES, PARENT_KIND, AreaKind
from linli.ground.areas.operations import NewArea, area_columns, area_rows, check_areas, read_areas
from linli.ground.areas.operations import area_template as template_bytes
from linli.ground.areas.queries import Area, tree
from linli.ground.users.operations import extend_territory, record_office, rename_territory
from linli.ground.users.queries.desks import Desk
from linli.ground.users.web.desk import administering, area_or_404
from linli.ground.users.web.forms import AreaForm, NameForm, OfficeForm, TableForm
from linli.ground.users.web.lists import AreaList, trail_to
from linli.kernel.act import Act

_CHILD_KIND = {parent: child for child, parent in PARENT_KIND.items()}


@administering
def area_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The territory level by level; as a workbook all of it, in the form in which it can be imported again."""
    if request.GET.get("as") != "xlsx":
        return AreaList(request, desk).response()
    rows = area_rows(tree(desk.reads))
    return answer(request, Sheet("areas", gettext("区划"), area_columns(), whole(rows), reach_of(desk)))


@administering
def area_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add an area below another; its level follows from that."""
    form = filled(request, AreaForm, initial={"parent": request.GET.get("in", "")})

    def deed(act: Act) -> object:
        data, kind = form.cleaned_data, _CHILD_KIND[AreaKind(form.above.kind)]
        return extend_territory(act, areas=[NewArea(data["code"].strip(), kind, data["name"], data["parent"])])

    return act_page(
        request,
        form,
        deed,
        head=Head(gettext("添加区划"), trail=[(gettext("区划"), reverse("area_list"))]),
        submit=gettext("添加"),
        done=gettext("已添加区划"),
        to=lambda _added: _place(form.above),
        back=reverse("area_list"),
    )


@administering
def area_rename(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Another name; the code stays."""
    area = area_or_404(desk, code)
    form = filled(request, NameForm, initial={"name": area.name})

    def deed(act: Act) -> object:
        return rename_territory(act, area_id=area.pk, **form.cleaned_data)

    return _page(request, desk, area, form, deed, gettext("修改区划名称"), gettext("名称已修改"))


@administering
def area_office(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Where the office of a street or community is reached: under its letters and on its posters."""
    area = area_or_404(desk, code)
    if area.kind not in OFFICES:
        raise Http404
    form = filled(request, OfficeForm, initial={"telephone": area.telephone, "address": area.address})

    def deed(act: Act) -> object:
        return record_office(act, area_id=area.pk, **form.cleaned_data)

    done = gettext("办公电话和地址已登记，从下一份文书起使用")
    return _page(request, desk, area, form, deed, gettext("登记办公电话和地址"), done)


@administering
def area_import(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """Upload a table: everything of it or, with every problem named, nothing."""

    def take(data: bytes, name: str) -> str:
        new = check_areas(read_areas(data, filename=name))
        if not new:
            return gettext("表中的区划都已存在，没有改动")
        added = extend_territory(act_of(request), areas=new)
        return gettext("已导入 %(count)s 个区划") % {"count": len(added)}

    home = reverse("area_list")
    head = Head(
        gettext("导入区划"),
        gettext("全部正确才会导入；有错误时一行也不导入。已有且相同的行不会重复添加。"),
        [(gettext("区划"), home), (gettext("导入表格"), "")],
        actions=[Action(gettext("下载模板"), reverse("area_template"))],
    )
    return import_page(request, filled(request, TableForm), take, head=head, back=home)


@administering
def area_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    return download(template_bytes(), "areas-template.xlsx", XLSX)


def _place(area: Area) -> str:
    """The page of an area."""
    return f"{reverse('area_list')}?{urlencode({'in': area.code})}"


def _page(
    request: HttpRequest, desk: Desk, area: Area, form: forms.Form, deed: Callable[[Act], object], title: str, done: str
) -> HttpResponse:
    trail = trail_to(desk, area)
    # A building stands on the page of its grid.
    home = trail[-1][1] if area.kind == AreaKind.BUILDING else _place(area)
    head = Head(title, f"{area.get_kind_display()} {area.name}", [*trail, (area.name, home)])
    return act_page(request, form, deed, head=head, submit=gettext("保存"), done=done, to=home)
