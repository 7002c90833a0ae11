"""Register households and members, one by one or by a table; how signs are printed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.print_signs import stated_signs
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.exporting import XLSX, download
from linli.foundation.screens.imports import ImportPage
from linli.foundation.screens.listings import Column
from linli.foundation.screens.texts import day_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents import operations
from linli.registry.residents.models import Household
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.web.forms import HouseholdForm, ImportForm, JoiningForm, PrintSignForm
from linli.registry.residents.web.views.desk import HomeAct, HouseholdAct, registering


class NewHouseholdPage(HomeAct[None]):
    """One dense page for a household and its members; more rows without losing what was typed."""

    title, lead = _("登记家庭"), _("第一行填写户主；没有填写的行不会登记。")
    template = "residents/household_new.html"
    tells = True

    def fill(self) -> HouseholdForm:
        sent, reach = self.request.POST or None, self.desk.person.scope(*REGISTRARS)
        form = HouseholdForm(sent, reach=reach, use_required_attribute=False)
        return form.with_more_rows() if sent and "more_rows" in sent else form

    def run(self, act: Act, said: Said) -> Household:
        return operations.register_households(act, households=[self.filled.household()])[0]

    def told(self, result: Household | None) -> str:
        return gettext("已登记家庭 %(number)s") % {"number": result.number} if result else gettext("已登记家庭")

    def house(self) -> str:
        return ""

    def to(self, result: Household | None) -> str:
        return reverse("household_detail", args=[result.number]) if result else self.home()


class NewMemberPage(HouseholdAct):
    """Somebody joins a household."""

    title, submit, done = _("添加家庭成员"), _("加入家庭"), _("已加入家庭 %(number)s")
    form = JoiningForm
    tells = True

    def initial(self) -> Mapping[str, Any]:
        return {"since": self.desk.on, "relation": "CHILD"}

    def run(self, act: Act, said: Said) -> object:
        member, since = self.filled.member(), said["since"]
        return operations.add_member(act, household_id=self.row.household_id, member=member, since=since)


class HouseholdImport(ImportPage[Desk]):
    """Upload a file: everything of it or, with every problem named, nothing."""

    title = _("导入家庭与居民")
    lead = _("全部正确才会导入；有错误时一行也不导入。同一文件重复导入不会产生重复记录。")
    form = ImportForm
    leads = "resident_list"
    blank = "household_template"

    def take(self, act: Act, data: bytes, name: str) -> str:
        scope = self.desk.person.scope(*REGISTRARS)
        table = operations.read_households(data, filename=name, scope=scope, on=self.desk.on)
        result = operations.import_households(act, table=table)
        counts = {
            "households": len(result.households_added),
            "people": result.people_added,
            "unchanged": result.people_unchanged,
        }
        if result.numbers_added:
            late = gettext("为 %(numbered)s 名已登记的居民补录了身份证号") % {"numbered": result.numbers_added}
            messages.success(self.request, late)
        return gettext("已导入 %(households)s 户、%(people)s 人；%(unchanged)s 人已有记录，未改动") % counts


@registering
def household_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    return download(operations.household_template(), "households-template.xlsx", XLSX)


class PrintSigns(ActPage[Desk, None]):
    """What is stated, by whom and since when; a new statement counts from now on, for every document."""

    title, submit, done = _("打印写法"), _("保存"), _("已保存，之后的文书按此写法打印")
    lead = _("打印字库中没有的字，在文书上按这里的写法打印；档案中的姓名不变。")
    form = PrintSignForm
    operation = operations.state_print_sign
    leads = "resident_list"
    template = "residents/print_signs.html"

    def to(self, result: object) -> str:
        return self.request.path

    def more(self) -> Mapping[str, Any]:
        stated = stated_signs()
        by = names(row.stated_by_id for row in stated)
        return {"rows": stated, "columns": _signs(by)}


def _signs(by: Mapping[int, str]) -> list[Column]:
    return [
        Column("sign", _("字"), phone="title"),
        Column("code", _("编码"), of=lambda _list, row: f"U+{ord(row.sign):04X}"),
        Column("shown", _("打印写法")),
        Column(
            "by",
            pgettext_lazy("print sign", "填写"),
            cell=lambda _list, row: Cell(by.get(row.stated_by_id), meta=[day_text(row.stated_at)]),
        ),
    ]
