"""Whose log-in is whose: link one, the list of links, and a link with what may be done about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act
from linli.registry.residents import operations
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import ResidentAccount
from linli.registry.residents.queries import link, links, resident_detail
from linli.registry.residents.steps import LINKERS, LINKS
from linli.registry.residents.web.forms import LinkForm

# Who links log-ins to residents, and who besides sees which are linked.
linking = pages_for("residents", *LINKERS)
reading_links = pages_for("residents", *REGISTRY_ROLES, Role.ADMINISTRATOR)


class LinkAccount(ActPage[Desk, None]):
    """Link a log-in to a resident: registrars and administrators, over residents of their areas.

    An administrator reads no registry, so the answer names the resident masked to them.
    """

    title, submit = _("关联账号与居民"), _("关联")
    lead = _("关联后，用这个账号登录的人能看到这一家的情况；会书面告知这一家。")
    form = LinkForm

    def offers(self) -> Mapping[str, Any]:
        return {"number": self._found}

    def _found(self, number: str) -> Any:
        found = resident_detail(self.desk.reads, number, on=self.desk.on)
        return found and found.person

    def initial(self) -> Mapping[str, Any]:
        asked = self.request.GET
        return {"username": asked.get("username", "")[:40], "number": asked.get("resident", "")[:16]}

    def run(self, act: Act, said: Said) -> object:
        return operations.link_account(act, user_id=said["username"].pk, resident_id=said["number"].resident_id)

    def told(self, result: object) -> str:
        user, person = self.filled.cleaned_data["username"], self.filled.cleaned_data["number"]
        name = self.desk.person.named(person.stamp, person.name)
        words = {"username": user.username, "name": name, "number": person.number}
        return gettext("账号 %(username)s 已关联 %(name)s（%(number)s）") % words

    def home(self) -> str:
        return "/"

    def to(self, result: object) -> str:
        return self.request.path


class LinkList(Listing[Desk, ResidentAccount]):
    """Links of residents in reach, the newest first; ended ones stay."""

    name = "links"
    title = _("账号关联")
    lead = _("哪个登录账号是哪位居民的。关错了的先存疑，账号马上看不到这一家；由另一人核实后恢复或解除。")
    order = ("-pk",)
    nothing = (_("还没有账号关联"), _("居民要在网上办理时，把他的账号关联到本人。"))
    not_found = _("没有符合条件的账号关联")

    def person(self, row: ResidentAccount) -> str:
        return self.desk.person.named(row.resident.stamp, row.resident.name)

    def person_cell(self, row: ResidentAccount) -> Cell:
        reached = self.desk.reads.covers(row.resident.stamp)
        to = ("resident_detail", row.resident.number) if reached else ()
        return Cell(self.person(row), to, meta=(row.resident.number,) if reached else ())

    def account(self, row: ResidentAccount) -> str:
        return joined_by_dot(row.user.name, row.user.username)

    filters = (
        Filter("q", _("查找"), hint=_("用户名、居民编号或关联编号")),
        Filter("state", _("状态"), LinkState.choices),
    )
    columns = (
        Column("number", _("编号"), to="link_detail"),
        Column("account", _("登录账号"), of=account, phone="title"),
        Column("person", _("居民"), of=person, cell=person_cell),
        Column("linked_at", _("关联时间"), "DATE"),
        Column("linked_by_id", _("关联人"), "HAND", phone=""),
        Column("doubt", _("存疑理由"), phone=""),
        Column("state", _("状态"), "STATE", codes=LinkState, phone="state"),
    )

    def query(self) -> QuerySet[ResidentAccount]:
        return links(self.desk.reads, state=self.asked["state"], text=self.asked["q"])

    def actions(self) -> Sequence[Action]:
        return action(self.request, gettext("关联账号与居民"), "account_link")

    def reading(self, row: ResidentAccount) -> tuple[Stamp, str]:
        return row.stamp, row.resident.number


class LinkPage(Record[Desk, ResidentAccount]):
    """One link: whose log-in, whose family, since when, who doubts it and why."""

    name = "link"
    finds = link
    listing = LinkList
    flow = LINKS
    bound = {
        "doubt": plainly(operations.doubt_link, "link_id", NoteForm),
        "keep": plainly(operations.keep_link, "link_id", NoteForm),
        "end": plainly(operations.end_link, "link_id", NoteForm),
    }

    def head(self, row: ResidentAccount) -> Head:
        person = self.desk.person.named(row.resident.stamp, row.resident.name)
        lead = gettext("与 %(name)s 的关联") % {"name": person}
        return Head(row.user.name, lead, trail=[(row.number, "")], state=LinkState(row.state))

    def facts(self, row: ResidentAccount) -> Sequence[tuple[object, object]]:
        by = names([row.linked_by_id, row.doubted_by_id, row.kept_by_id, row.ended_by_id])
        kept, ended = by.get(row.kept_by_id or 0, ""), by.get(row.ended_by_id or 0, "")
        return [
            (_("用户名"), row.user.username),
            *((label, value) for label, value in super().facts(row) if label == _("居民")),
            (_("关联人和时间"), joined_by_dot(by.get(row.linked_by_id, ""), day_text(row.linked_at))),
            (_("存疑人和时间"), joined_by_dot(by.get(row.doubted_by_id or 0, ""), day_text(row.doubted_at))),
            (_("存疑理由"), row.doubt),
            (_("恢复人和时间"), joined_by_dot(kept, day_text(row.kept_at))),
            (_("解除人和时间"), joined_by_dot(ended, day_text(row.ended_date))),
            (_("核实说明"), row.settlement),
        ]

    def reading(self, row: ResidentAccount) -> tuple[Stamp, str]:
        return row.stamp, f"resident:{row.resident.number}"
