"""The territory, for administrators: look, add, rename, import all or none, export."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.exporting import XLSX, Sheet, answer, download, reach_of, whole
from linli.foundation.screens.heads import Head
from linli.foundation.screens.imports import ImportPage
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


class NewAreaPage(ActPage[Desk, None]):
    """Add an area below another; its level follows from that."""

    title, submit, done = _("添加区划"), _("添加"), _("已添加区划")
    form = AreaForm
    leads = "area_list"
    above = _("区划")

    def initial(self) -> Mapping[str, Any]:
        return {"parent": self.request.GET.get("in", "")}

    def run(self, act: Act, said: Said) -> object:
        kind = _CHILD_KIND[AreaKind(self.filled.above.kind)]
        return extend_territory(act, areas=[NewArea(said["code"], kind, said["name"], said["parent"])])

    def to(self, result: object) -> str:
        return _place(self.filled.above)


class AreaAct(ActPage[Desk, Area]):
    """An act on an area; then back to it."""

    submit = _("保存")
    of = "area_id"
    versioned = True

    def find(self, code: str) -> Area:
        return area_or_404(self.desk, code)

    def initial(self) -> Mapping[str, Any]:
        return {name: getattr(self.row, name) for name in self.form.base_fields}  # type: ignore[attr-defined]  # fields

    def home(self) -> str:
        # A building stands on the page of its grid.
        return trail_to(self.desk, self.row)[-1][1] if self.row.kind == AreaKind.BUILDING else _place(self.row)

    def head(self) -> Head:
        area = self.row
        trail = [*trail_to(self.desk, area), (area.name, self.home())]
        return Head(self.title, f"{area.get_kind_display()} {area.name}", trail)


# Another name; the code stays.
Rename = AreaAct.doing(rename_territory, "area_id", form=NameForm, title=_("修改区划名称"), done=_("名称已修改"))


class Office(AreaAct):
    """Where the office of a street or community is reached: under its letters and on its posters."""

    title, done = _("登记办公电话和地址"), _("办公电话和地址已登记，从下一份文书起使用")
    form = OfficeForm
    operation = record_office

    def find(self, code: str) -> Area:
        area = super().find(code)
        if area.kind not in OFFICES:
            raise Http404
        return area


class AreaImport(ImportPage[Desk]):
    """Upload a table: everything of it or, with every problem named, nothing."""

    title = _("导入区划")
    lead = _("全部正确才会导入；有错误时一行也不导入。已有且相同的行不会重复添加。")
    form = TableForm
    leads = "area_list"
    blank = "area_template"

    def take(self, act: Act, data: bytes, name: str) -> str:
        new = check_areas(read_areas(data, filename=name))
        if not new:
            return gettext("表中的区划都已存在，没有改动")
        added = extend_territory(act, areas=new)
        return gettext("已导入 %(count)s 个区划") % {"count": len(added)}

    def trail(self) -> Sequence[tuple[object, str]]:
        return [(gettext("区划"), self.home()), *super().trail()]


@administering
def area_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    return download(template_bytes(), "areas-template.xlsx", XLSX)


def _place(area: Area) -> str:
    """The page of an area."""
    return f"{reverse('area_list')}?{urlencode({'in': area.code})}"
