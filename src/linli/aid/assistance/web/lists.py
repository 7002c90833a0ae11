"""The lists of aid: applications, publications, and awards whose yearly review is due."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance import operations
from linli.aid.assistance.codes import ApplicationState, PublicationState, RenewalState
from linli.aid.assistance.models import Application, Publication, Renewal
from linli.aid.assistance.permissions import RECEIVE
from linli.aid.assistance.queries.listing import (
    OPEN,
    PROMISE_OVERDUE,
    ApplicationFilter,
    ApplicationRow,
    application_rows,
    applications,
)
from linli.aid.assistance.queries.notices import PublicationRow, publication_rows, publications
from linli.aid.assistance.queries.renewals import RenewalView, renewal_views, renewals
from linli.aid.assistance.queries.words import left, state_text
from linli.aid.assistance.rules.clocks import AMBER, GREEN, PAUSED, RED
from linli.aid.assistance.steps import RENEWAL
from linli.aid.assistance.web.presenters import listed, posting
from linli.aid.assistance.web.renewing import RenewalForm, known_words
from linli.aid.assistance.web.scheme import schemes_in_force
from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.filters import Choices, Filter
from linli.foundation.screens.heads import Action, action
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.sets import Deed
from linli.foundation.screens.texts import day_text, joined, joined_by_dot, pack_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.bilingual import Text
from linli.kernel.tones import Tone, tone_of
from linli.money.awards.queries import programme_labels

# What is under way, also where a family was asked to apply anew and has not.
WAITING = "WAITING"


class ApplicationList(Listing[Desk, Application]):
    """Applications newest first: by state, group, time left, and number or name."""

    name = "applications"
    title = _("救助申请")
    order = ("-pk",)
    template = "assistance/application_list.html"
    nothing = (_("没有符合条件的申请"), _("换个条件，或登记一份新申请。"))
    rows: Mapping[int, ApplicationRow]
    # Steps that many applications take together, and this person may take.
    together: Sequence[object] = ()

    def number(self, row: Application) -> Cell:
        return Cell(row.number, ("application_detail", row.number), meta=(day_text(row.received_date),))

    def due(self, row: Application) -> object:
        clock = self.rows[row.pk].clock
        return clock.due_date if clock else None

    def left(self, row: Application) -> SafeString:
        return left(self.rows[row.pk].clock)

    def applicant(self, row: Application) -> str:
        return self.rows[row.pk].applicant

    def family(self, row: Application) -> Cell:
        shown = self.rows[row.pk]
        return Cell(shown.applicant, meta=(joined_by_dot(shown.place, shown.household),))

    def household(self, row: Application) -> str:
        return self.rows[row.pk].household

    def place(self, row: Application) -> str:
        return self.rows[row.pk].place

    def group_words(self, row: Application) -> str:
        return listed(self.rows[row.pk].group_labels)

    def state(self, row: Application) -> str:
        return state_text(self.rows[row.pk].state, self.rows[row.pk].step)

    def state_chip(self, row: Application) -> Cell:
        return Cell(chips=[(self.state(row), tone_of(self.rows[row.pk].state))])

    def groups(self) -> Choices:
        packs = [pack for _scheme, pack in schemes_in_force(self.desk.on)]
        return list({code: group.label for pack in packs for code, group in pack.groups.items()}.items())

    filters = (
        Filter("text", _("查找"), hint=_("编号、姓名、户编号")),
        Filter(
            "state",
            _("状态"),
            [(OPEN, _("办理中")), (PROMISE_OVERDUE, _("材料承诺逾期")), *ApplicationState.choices],
        ),
        Filter("group", _("类别"), groups),
        Filter(
            "colour",
            _("期限"),
            [(RED, _("已超期")), (AMBER, _("快到期")), (GREEN, _("来得及")), (PAUSED, _("计时暂停"))],
        ),
    )
    columns = (
        Column("due", _("期限"), "DATE", of=due, cell=left),
        Column("number", _("受理编号"), cell=number, phone="title"),
        Column("applicant", _("家庭"), of=applicant, cell=family),
        Column("household", _("户编号"), of=household, only="excel"),
        Column("place", _("地址"), of=place, only="excel"),
        Column("groups", _("类别"), of=group_words),
        Column("received_date", _("收到日期"), "DATE", only="excel"),
        Column("state", _("状态"), of=state, cell=state_chip, phone="state"),
    )

    def query(self) -> QuerySet[Application, Any]:
        asked = self.asked
        wanted = ApplicationFilter(asked["state"], asked["group"], asked["colour"], asked["text"])
        return applications(self.desk.reads, wanted, on=self.desk.on)

    def load(self, found: Sequence[Application]) -> None:
        self.rows = {row.application_id: row for row in application_rows(found, self.desk.on)}

    def reading(self, row: Application) -> tuple[Stamp, str]:
        return row.stamp, row.number

    def actions(self) -> Sequence[Action]:
        may = self.desk.person.holds(*RECEIVE)
        return action(self.request, gettext("登记新申请"), "application_new", main=True) if may else ()

    def more(self, found: Sequence[Application]) -> dict[str, Any]:
        return {"provisional": any(row.clock and row.clock.provisional for row in self.rows.values())}


class PublicationList(Listing[Desk, Publication]):
    """Publications newest first. They show nobody by name."""

    name = "publications"
    title = pgettext_lazy("page", "公示")
    order = ("-pk",)
    nothing = (_("还没有公示"), _("街道复核同意的申请可以准备公示。"))
    rows: Mapping[int, PublicationRow]

    def community(self, row: Publication) -> str:
        return self.rows[row.pk].community

    def state(self, row: Publication) -> tuple[str, Tone]:
        return posting(self.rows[row.pk].state, row.last_date, self.desk.on)

    def words(self, row: Publication) -> str:
        return self.state(row)[0]

    def state_chip(self, row: Publication) -> Cell:
        return Cell(chips=[self.state(row)])

    def days(self, row: Publication) -> str:
        return f"{day_text(row.posted_date)} – {day_text(row.last_date)}" if row.posted_date else ""

    def prepared(self, row: Publication) -> str:
        return self.rows[row.pk].prepared_by

    def posted(self, row: Publication) -> str:
        return self.rows[row.pk].posted_by

    filters = (Filter("state", _("状态"), PublicationState.choices),)
    columns = (
        Column("number", _("编号"), to="publication_detail", phone="title"),
        Column("community", _("社区"), of=community),
        Column("state", _("状态"), of=words, cell=state_chip, phone="state"),
        Column("days", _("公示期"), of=days),
        Column("count", _("行数"), "INTEGER"),
        Column("prepared", _("准备"), of=prepared, only="excel"),
        Column("posted", _("张贴"), of=posted, only="excel"),
    )

    def query(self) -> QuerySet[Publication, Any]:
        return publications(self.desk.reads, state=self.asked["state"])

    def load(self, found: Sequence[Publication]) -> None:
        self.rows = {row.publication_id: row for row in publication_rows(found)}

    def reading(self, row: Publication) -> None:
        return None

    def more(self, found: Sequence[Publication]) -> dict[str, Any]:
        return {"provisional": any(row.provisional for row in self.rows.values())}


class RenewalList(Listing[Desk, Renewal]):
    """What runs out soon: families without news are confirmed or decided together, the others one by one."""

    name = "renewals"
    title = _("年度复核")
    lead = _("待遇到期前，由社区核实家庭情况，街道另一人决定是否续发。没有新情况的可以一起办；有新情况的逐户打开办理。")
    template = "assistance/renewal_list.html"
    nothing = (_("没有要复核的家庭"), _("待遇到期前自动列出"))
    views: Mapping[int, RenewalView]

    def applicant(self, row: Renewal) -> str:
        return self.views[row.pk].applicant

    def family(self, row: Renewal) -> Cell:
        view = self.views[row.pk]
        return Cell(view.applicant, ("renewal_detail", row.pk), meta=(view.household,))

    def household(self, row: Renewal) -> str:
        return self.views[row.pk].household

    def programmes(self, row: Renewal) -> str:
        awards = self.views[row.pk].awards
        return joined(pack_text(self.labels.get(one.programme, one.programme)) for one in awards)

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """What the programmes of the day are called."""
        return programme_labels(self.desk.on)

    def awards(self, row: Renewal) -> Cell:
        suspended = [(gettext("已暂停"), Tone.SOON)] if self.views[row.pk].suspended else []
        return Cell(self.programmes(row) or "—", chips=suspended)

    def monthly(self, row: Renewal) -> int | None:
        view = self.views[row.pk]
        return view.monthly_fen if view.awards else None

    def last_date(self, row: Renewal) -> object:
        return self.views[row.pk].last_date

    def due(self, row: Renewal) -> Cell:
        asked = row.state == RenewalState.REAPPLY and not self.views[row.pk].application_since
        waits = row.state in (RenewalState.OPEN, RenewalState.CONFIRMED) or asked
        late = [(gettext("已超期"), Tone.LATE)] if waits and row.due_date < self.desk.on else []
        return Cell(row.due_date, chips=late)

    def news(self, row: Renewal) -> str:
        return joined(known_words(self.views[row.pk].known))

    def known(self, row: Renewal) -> Cell:
        words = known_words(self.views[row.pk].known)
        if not words:
            return Cell(meta=(gettext("没有新情况"),))
        return Cell(format_html_join(SafeString("<br>"), "{}", ((one,) for one in words)))

    def state(self, row: Renewal) -> Cell:
        newer = self.views[row.pk].application_since
        return Cell(newer, ("application_detail", newer) if newer else (), chips=[RenewalState(row.state)])

    filters = (Filter("state", _("状态"), [(WAITING, _("办理中")), *RenewalState.choices], default=WAITING),)
    columns = (
        Column("applicant", _("家庭"), of=applicant, cell=family, phone="title"),
        Column("household", _("户编号"), of=household, only="excel"),
        Column("awards", _("待遇"), of=programmes, cell=awards),
        Column("monthly", _("每月"), "YUAN", of=monthly, total=True),
        Column("last_date", _("到期"), "DATE", of=last_date),
        Column("due_date", _("应决定"), "DATE", cell=due),
        Column("news", _("上次认定以来"), of=news, cell=known),
        Column("state", _("状态"), "STATE", codes=RenewalState, cell=state, phone="state"),
    )

    def query(self) -> QuerySet[Renewal]:
        asked = self.asked["state"]
        rows = renewals(self.desk.reads, state="" if asked == WAITING else asked or None)
        return rows.select_related("application__household", "application__applicant")

    def load(self, found: Sequence[Renewal]) -> None:
        self.views = {view.renewal.pk: view for view in renewal_views(found, self.desk.on)}

    def reading(self, row: Renewal) -> tuple[Stamp, str]:
        return row.stamp, row.application.household.number

    def form(self, *data: Any) -> RenewalForm:
        return RenewalForm(*data, initial={"checked_date": self.desk.on})  # type: ignore[misc]  # one thing at most

    def deeds(self) -> Sequence[Deed]:
        all_deeds = [
            Deed("confirm", gettext("所选家庭情况没有变化"), _confirm),
            Deed("decide", gettext("所选家庭按核实结果续发"), _decide, asks=False),
        ]
        return [deed for deed in all_deeds if self.desk.person.holds(*RENEWAL.step(deed.code).roles)]

    def ticks(self, row: Renewal) -> str:
        """Nothing is known of it, and it waits for this person."""
        view = self.views[row.pk]
        if row.state == RenewalState.OPEN:
            quiet = view.planned and view.rule == "BULK" and not view.known and bool(view.awards)
            return str(row.pk) if quiet and self.desk.may(row.stamp, *RENEWAL.step("confirm").roles) else ""
        step = RENEWAL.step("decide")
        waits = row.state in step.sources and self.desk.person.user_id not in RENEWAL.barred(step, row)
        return str(row.pk) if waits and not view.suspended and self.desk.may(row.stamp, *step.roles) else ""

    def more(self, found: Sequence[Renewal]) -> dict[str, Any]:
        waits = any(row.state == RenewalState.OPEN and not self.views[row.pk].planned for row in found)
        return {"unplanned": waits and self.desk.person.holds(*RENEWAL.step("confirm").roles)}


def _confirm(act: Act, ids: Sequence[int], said: Mapping[str, Any]) -> object:
    return operations.confirm_renewals(act, renewal_ids=ids, **said)


def _decide(act: Act, ids: Sequence[int], _said: Mapping[str, Any]) -> object:
    return operations.decide_renewals(act, renewal_ids=ids)
