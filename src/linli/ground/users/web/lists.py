"""The lists of the administration: accounts, and the territory level by level."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Cell, linked
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.texts import counted, joined, joined_by_dot
from linli.ground.areas.codes import OFFICES, AreaKind
from linli.ground.areas.queries import Area, areas, counts_below, roots, unreached, way_to, without_office
from linli.ground.users import queries
from linli.ground.users.codes import AccountStanding, Role
from linli.ground.users.models import User
from linli.ground.users.permissions import administers_all
from linli.ground.users.queries.desks import Desk
from linli.ground.users.web.desk import area_or_404
from linli.ground.users.web.forms import GIVEN_ROLES
from linli.kernel.tones import Tone

CLOSED = "closed"


class UserList(Listing[Desk, User]):
    """Accounts by user name: by name, role, and those that are closed."""

    name = "users"
    title = _("账号与角色")
    lead = _("谁能登录、在哪个区域担任什么角色；权限只来自角色。")
    adds = (_("新开账号"), "user_new")
    nothing = (_("没有符合条件的账号"), _("换个查找条件，或新开账号"))
    order = ("username",)

    def roles(self, row: User) -> str:
        held: Sequence[Any] = row.roles  # type: ignore[attr-defined]  # prefetched
        return joined(joined_by_dot(Role(one.role).label, one.area.name) for one in held)

    def standing(self, row: User) -> AccountStanding:
        return row.standing

    filters = (
        Filter("q", _("查找"), hint=_("姓名或用户名")),
        Filter("role", _("角色"), GIVEN_ROLES),
        Filter("state", _("状态"), [("open", _("未停用")), (CLOSED, _("已停用"))], default="open"),
    )
    columns = (
        Column("name", _("姓名"), to=("user_detail", "username"), sort=("name",), phone="title"),
        Column("username", _("用户名"), sort=("username",)),
        Column("roles", _("角色与区域"), of=roles),
        Column("last_login", _("最近登录"), "DATE", phone=""),
        Column("standing", _("状态"), "STATE", of=standing, phone="state"),
    )

    def query(self) -> QuerySet[User]:
        asked = self.asked
        return queries.accounts(
            self.desk.reads,
            everywhere=administers_all(self.desk.person),
            text=asked["q"],
            role=asked["role"],
            closed=asked["state"] == CLOSED if asked["state"] else None,
            on=self.desk.on,
        )

    # Colleagues.
    reading = nobody


class AreaList(Listing[Desk, Area]):
    """What lies directly in one area (``?in=``, at first where the administrator's territory begins), by code; or
    whatever a name or code finds, or cannot be called, in the whole of it.
    """

    name = "areas"
    title = _("区划")
    lead = _("区、街道、社区、网格、楼栋")
    nothing = (_("下面还没有区划"), _("可以添加，或导入表格"))
    not_found = _("没有符合条件的区划")
    order = ("code",)
    below: Mapping[int, int]
    silent: frozenset[int]

    def place(self, row: Area) -> Cell:
        if row.kind == AreaKind.BUILDING:
            return Cell(row.name)
        return Cell(row.name, ("area_list",), query=f"?{urlencode({'in': row.code})}")

    def count(self, row: Area) -> int | None:
        return self.below.get(row.pk)

    def office(self, row: Area) -> Cell:
        if row.kind not in OFFICES:
            return Cell()
        if row.pk in self.silent:
            return Cell(chips=[(gettext("未登记"), Tone.SOON)])
        return Cell(row.telephone or gettext("未登记"), meta=(row.address,))

    def acts(self, row: Area) -> SafeString:
        offered = [("area_office", gettext("电话和地址"))] if row.kind in OFFICES else []
        named = format_html('<span class="visually-hidden"> {}</span>', row.name)
        links = (
            (linked(self.request, page, row.code, format_html("{}{}", words, named)),)
            for page, words in [*offered, ("area_rename", gettext("改名"))]
        )
        return format_html_join(" ", "{}", links)

    filters = (
        Filter("q", _("查找"), hint=_("名称或区划代码")),
        Filter("office", _("办公电话和地址"), [("missing", _("未登记"))]),
    )
    columns = (
        Column("name", _("名称"), cell=place, phone="title"),
        Column("get_kind_display", _("级别"), phone="state"),
        Column("code", _("区划代码")),
        Column("count", _("下级"), "INTEGER", of=count),
        Column("office", _("办公电话和地址"), cell=office),
        Column("acts", cell=acts),
    )

    @cached_property
    def where(self) -> Area | None:
        """The area that is looked into; None where there are several, and while something is looked for."""
        if any(self.asked.values()):
            return None
        code = self.request.GET.get("in", "")
        if code:
            return area_or_404(self.desk, code)
        found = roots(self.desk.reads)
        return found[0] if len(found) == 1 else None

    def query(self) -> QuerySet[Area]:
        rows, text = areas(self.desk.reads), self.asked["q"]
        if text:
            rows = rows.filter(Q(name__icontains=text) | Q(code__istartswith=text))
        if self.asked["office"]:
            return rows.filter(pk__in=[area.pk for area in without_office(self.desk.reads)])
        if self.where:
            return rows.filter(parent=self.where)
        return rows if text else rows.filter(pk__in=[area.pk for area in roots(self.desk.reads)])

    def load(self, found: Sequence[Area]) -> None:
        self.below = counts_below([row.pk for row in found])
        self.silent = frozenset(row.pk for row in unreached(found))

    # Names of places are public.
    reading = nobody

    def summary(self) -> str:
        return counted("共 %(count)s 个区划", self.query().count())

    def head(self) -> Head:
        if self.where is None:
            return Head(self.title, self.lead, [(self.title, "")], actions=self.actions())
        here = self.where
        lead = joined_by_dot(here.get_kind_display(), here.code, here.telephone, here.address)
        return Head(here.name, lead, [*trail_to(self.desk, here), (here.name, "")], actions=self.actions())

    def actions(self) -> Sequence[Action]:
        found = action(self.request, gettext("导入表格"), "area_import")
        if self.where is None:
            return found
        code = self.where.code
        if self.where.kind in OFFICES:
            found += action(self.request, gettext("电话和地址"), "area_office", code)
        found += action(self.request, gettext("改名"), "area_rename", code)
        return [*found, Action(gettext("添加下级"), f"{reverse('area_new')}?{urlencode({'in': code})}", main=True)]


def trail_to(desk: Desk, area: Area) -> list[tuple[object, str]]:
    """The way to an area; what lies above the administrator's territory is no link."""
    home = reverse("area_list")
    way = [(one.name, f"{home}?{urlencode({'in': one.code})}", one.stamp) for one in way_to(area)]
    return [(gettext("区划"), home), *((name, at if desk.reads.covers(stamp) else "") for name, at, stamp in way)]
