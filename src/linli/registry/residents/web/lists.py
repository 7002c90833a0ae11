"""The lists of the registry: households, and who lives in them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data import keyset
from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.filters import Choices, Filter
from linli.foundation.screens.heads import Action, action
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.lookups import OFFERED
from linli.foundation.screens.texts import counted
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import named, told
from linli.ground.areas.queries import names as area_names
from linli.ground.users.queries.desks import Desk
from linli.kernel.tones import Tone
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.models import Household, Membership
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import (
    HouseholdLine,
    ResidentView,
    household_lines,
    households,
    inhabited,
    people,
    places_named,
    view,
)

R = TypeVar("R")
H = TypeVar("H", Household, Membership)
_FIND = Filter("q", _("查找"), hint=_("姓名、拼音、完整电话或证件号、后四位、编号、楼栋"))
# So many places may bear the text that narrows a list.
MOST_PLACES = 50
OPEN, CLOSED = "OPEN", "CLOSED"


class _OfPlaces(Listing[Desk, R]):
    """A list of households, or of their people, that a grid or a building narrows."""

    def places(self, text: str) -> Choices:
        found = named(self.desk.reads, text, (AreaKind.GRID, AreaKind.BUILDING), limit=OFFERED)
        return [(area.code, words) for area, words in told(found)]

    def kept(self, rows: Callable[..., QuerySet[Any, H]]) -> QuerySet[Any, H]:
        """Households, or their people, where the form asks for them."""
        text, kept = self.asked["place"], self.asked["closed"]
        among = places_named(self.desk.reads, text, limit=MOST_PLACES) if text else None
        return rows(self.desk.reads, among=among, closed=kept == CLOSED if kept else None)

    filters = (
        _FIND,
        Filter("place", _("网格或楼栋"), hint=_("名称或区划代码"), suggest=places),
        Filter("closed", _("状态"), [(OPEN, _("在册")), (CLOSED, _("已注销"))], default=OPEN),
    )

    def actions(self) -> Sequence[Action]:
        if not self.desk.person.scope(*REGISTRARS):
            return ()
        return [
            *action(self.request, gettext("打印写法"), "print_signs"),
            *action(self.request, gettext("导入表格"), "household_import"),
            *action(self.request, gettext("登记家庭"), "household_new", main=True),
        ]


class HouseholdList(_OfPlaces[Household]):
    """Households in order of number."""

    name = "households"
    title = _("居民与家庭")
    order = ("number",)
    nothing = (_("还没有登记家庭"), _("逐户登记，或用表格一次导入"))
    not_found = _("没有符合条件的家庭")
    beside: Mapping[int, HouseholdLine]

    def whose(self, row: Household) -> Cell:
        return Cell(self.beside[row.pk].head_name, chips=[(gettext("已注销"), Tone.PAUSED)] if row.closed_date else [])

    def size(self, row: Household) -> str:
        return counted("%(count)s 人", self.beside[row.pk].size)

    columns = (
        Column("number", _("家庭编号"), to="household_detail", phone="title"),
        Column("head", _("户主"), beside="head_name", cell=whose, phone="state"),
        Column("size", _("人数"), "INTEGER", beside="size", cell=size),
        Column("grid", _("网格"), beside="grid_name"),
        Column("building", _("楼栋"), beside="building_name"),
        Column("opened_date", _("登记日期"), "DATE", phone=""),
        Column("closed_date", _("注销日期"), "DATE", only="excel"),
    )

    def query(self) -> QuerySet[Household]:
        return self.kept(households)

    def load(self, found: Sequence[Household]) -> None:
        self.beside = household_lines(found)

    def reading(self, row: Household) -> tuple[Stamp, str]:
        return row.stamp, row.number


class PeopleList(_OfPlaces[Membership]):
    """Who lives in the households, the head first; numbers masked."""

    name = "people"
    title = _("居民名册")
    order = ("household__number", "rank", "resident__number")
    nothing = HouseholdList.nothing
    not_found = _("没有符合条件的居民")
    places_of: Mapping[int, str]
    beside: Mapping[int, ResidentView]

    def place(self, row: Membership) -> str:
        return self.places_of.get(row.household.building_id or row.household.grid_id or 0, "")

    columns = (
        Column("household.number", _("家庭编号"), to="household_detail"),
        Column("place", _("楼栋或网格"), of=place),
        Column("resident.name", _("姓名"), to=("resident_detail", "resident.number"), phone="title"),
        Column("relation", _("与户主关系"), codes=Relation, phone="state"),
        Column("resident.sex", _("性别"), codes=Sex, phone=""),
        Column("resident.birth_date", _("出生日期"), "DATE"),
        Column("resident.number", _("居民编号"), only="excel"),
        Column("id_number", _("身份证号"), beside="masked_id_number", only="excel"),
        Column("phone", _("电话"), beside="masked_phone", only="excel"),
        Column("resident.get_hukou_kind_display", _("户籍类型"), only="excel"),
        Column("resident.hukou_place", _("户籍地"), only="excel"),
        Column("resident.get_residence_kind_display", _("居住类型"), only="excel"),
        Column("resident.residence_place", _("居住地"), only="excel"),
    )

    def query(self) -> QuerySet[Membership]:
        return self.kept(people)

    def nearby(self, rows: QuerySet[Any, Membership], token: str, limit: int) -> QuerySet[Any, Membership]:
        """Their order stands in three tables, which no index spans: so many households hold so many people."""
        if self.asked["closed"] == CLOSED:
            return rows  # few households are closed, and hardly anybody lives there: an index leads to them all
        homes = self.kept(inhabited).order_by(*HouseholdList.order).values_list("pk", flat=True)
        begin = keyset.first_of(rows, self._order(), token)
        behind = homes.filter(number__gte=begin) if begin else homes
        return rows.filter(household_id__in=list(behind[: limit + 1]))

    def load(self, found: Sequence[Membership]) -> None:
        self.places_of = area_names(row.household.building_id or row.household.grid_id for row in found)
        self.beside = {row.pk: view(row.resident, self.desk.on) for row in found}

    def reading(self, row: Membership) -> tuple[Stamp, str]:
        return row.household.stamp, row.resident.number
