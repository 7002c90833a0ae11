"""The lists of aid: applications, publications, and awards whose yearly review is due."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance import operations
from linli.aid.assistance.codes import ApplicationState, PublicationState, RenewalState
from linli.aid.assistance.models import Application, Publication, Renewal
from linli.aid.assistance.queries.listing import (
    OPEN,
    PROMISE_OVERDUE,
    ApplicationFilter,
    ApplicationRow,
    application_rows,
    applications,
    order_of,
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
from linli.foundation.screens.listings import Column, Listing, by_number, nobody
from linli.foundation.screens.sets import Deed, together
from linli.foundation.screens.texts import day_text, joined, joined_by_dot, pack_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.bilingual import Text
from linli.kernel.tones import Tone, tone_of
from linli.money.awards.queries import programme_labels

# What is under way, also where a family was asked to apply anew and has not.
WAITING = "WAITING"


class ApplicationList(Listing[Desk, Application]):
    """Applications newest first, those of a time limit by their day: by state, group, time left, number or name."""

    name = "applications"
    title = _("救助申请")
    order: Sequence[str] = ("-pk",)
    template = "assistance/application_list.html"
    adds = (_("登记新申请"), "application_new")
    nothing = (_("没有符合条件的申请"), _("换个条件，或登记一份新申请。"))
    beside: Mapping[int, ApplicationRow]
    # Steps that many applications take together, and this person may take.
    together: Sequence[object] = ()

    def due(self, row: Application) -> object:
        clock = self.beside[row.pk].clock
        return clock.due_date if clock else None

    def left(self, row: Application) -> SafeString:
        return left(self.beside[row.pk].clock)

    def family(self, row: Application) -> Cell:
        shown = self.beside[row.pk]
        return Cell(shown.applicant, meta=(joined_by_dot(shown.place, shown.household),))

    def group_words(self, row: Application) -> str:
        return listed(self.beside[row.pk].group_labels)

    def state(self, row: Application) -> str:
        return state_text(self.beside[row.pk].state, self.beside[row.pk].step)

    def state_chip(self, row: Application) -> Cell:
        return Cell(chips=[(self.state(row), tone_of(self.beside[row.pk].state))])

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
        Column("number", _("受理编号"), to="application_detail", meta=("received_date",), phone="title"),
        Column("applicant", _("家庭"), beside="applicant", cell=family),
        Column("household", _("户编号"), beside="household", only="excel"),
        Column("place", _("地址"), beside="place", only="excel"),
        Column("groups", _("类别"), of=group_words),
        Column("received_date", _("收到日期"), "DATE", only="excel"),
        Column("state", _("状态"), of=state, cell=state_chip, phone="state"),
    )

    def __init__(self, request: HttpRequest, desk: Desk) -> None:
        super().__init__(request, desk)
        self.wanted = ApplicationFilter(*(self.asked[name] for name in ("state", "group", "colour", "text")))
        self.order = order_of(self.wanted)

    def query(self) -> QuerySet[Application, Any]:
        return applications(self.desk.reads, self.wanted, on=self.desk.on)

    def load(self, found: Sequence[Application]) -> None:
        self.beside = {row.application_id: row for row in application_rows(found, self.desk.on)}

    reading = by_number

    def more(self, found: Sequence[Application]) -> dict[str, Any]:
        return {"provisional": any(row.clock and row.clock.provisional for row in self.beside.values())}


class PublicationList(Listing[Desk, Publication]):
    """Publications newest first. They show nobody by name."""

    name = "publications"
    title = pgettext_lazy("page", "公示")
    order = ("-pk",)
    asks = publications
    nothing = (_("还没有公示"), _("街道复核同意的申请可以准备公示。"))
    beside: Mapping[int, PublicationRow]

    def state(self, row: Publication) -> tuple[str, Tone]:
        return posting(self.beside[row.pk].state, row.last_date, self.desk.on)

    def words(self, row: Publication) -> str:
        return self.state(row)[0]

    def state_chip(self, row: Publication) -> Cell:
        return Cell(chips=[self.state(row)])

    def days(self, row: Publication) -> str:
        return f"{day_text(row.posted_date)} – {day_text(row.last_date)}" if row.posted_date else ""

    filters = (Filter("state", _("状态"), PublicationState.choices),)
    columns = (
        Column("number", _("编号"), to="publication_detail", phone="title"),
        Column("community", _("社区"), beside="community"),
        Column("state", _("状态"), of=words, cell=state_chip, phone="state"),
        Column("days", _("公示期"), of=days),
        Column("count", _("行数"), "INTEGER"),
        Column("prepared", _("准备"), beside="prepared_by", only="excel"),
        Column("posted", _("张贴"), beside="posted_by", only="excel"),
    )

    def load(self, found: Sequence[Publication]) -> None:
        self.beside = {row.publication_id: row for row in publication_rows(found)}

    reading = nobody

    def more(self, found: Sequence[Publication]) -> dict[str, Any]:
        return {"provisional": any(row.provisional for row in self.beside.values())}


class RenewalList(Listing[Desk, Renewal]):
    """What runs out soon: families without news are confirmed or decided together, the others one by one."""

    name = "renewals"
    title = _("年度复核")
    lead = _("待遇到期前，由社区核实家庭情况，街道另一人决定是否续发。没有新情况的可以一起办；有新情况的逐户打开办理。")
    template = "assistance/renewal_list.html"
    nothing = (_("没有要复核的家庭"), _("待遇到期前自动列出"))
    beside: Mapping[int, RenewalView]

    def family(self, row: Renewal) -> Cell:
        view = self.beside[row.pk]
        return Cell(view.applicant, ("renewal_detail", row.pk), meta=(view.household,))

    def programmes(self, row: Renewal) -> str:
        awards = self.beside[row.pk].awards
        return joined(pack_text(self.labels.get(one.programme, one.programme)) for one in awards)

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """What the programmes of the day are called."""
        return programme_labels(self.desk.on)

    def awards(self, row: Renewal) -> Cell:
        suspended = [(gettext("已暂停"), Tone.SOON)] if self.beside[row.pk].suspended else []
        return Cell(self.programmes(row) or "—", chips=suspended)

    def monthly(self, row: Renewal) -> int | None:
        view = self.beside[row.pk]
        return view.monthly_fen if view.awards else None

    def due(self, row: Renewal) -> Cell:
        asked = row.state == RenewalState.REAPPLY and not self.beside[row.pk].application_since
        waits = row.state in (RenewalState.OPEN, RenewalState.CONFIRMED) or asked
        late = [(gettext("已超期"), Tone.LATE)] if waits and row.due_date < self.desk.on else []
        return Cell(row.due_date, chips=late)

    def news(self, row: Renewal) -> str:
        return joined(known_words(self.beside[row.pk].known))

    def known(self, row: Renewal) -> Cell:
        words = known_words(self.beside[row.pk].known)
        if not words:
            return Cell(meta=(gettext("没有新情况"),))
        return Cell(format_html_join(SafeString("<br>"), "{}", ((one,) for one in words)))

    def state(self, row: Renewal) -> Cell:
        newer = self.beside[row.pk].application_since
        return Cell(newer, ("application_detail", newer) if newer else (), chips=[RenewalState(row.state)])

    filters = (Filter("state", _("状态"), [(WAITING, _("办理中")), *RenewalState.choices], default=WAITING),)
    columns = (
        Column("applicant", _("家庭"), beside="applicant", cell=family, phone="title"),
        Column("household", _("户编号"), beside="household", only="excel"),
        Column("awards", _("待遇"), of=programmes, cell=awards),
        Column("monthly", _("每月"), "YUAN", of=monthly, total=True),
        Column("last_date", _("到期"), "DATE", beside="last_date"),
        Column("due_date", _("应决定"), "DATE", cell=due),
        Column("news", _("上次认定以来"), of=news, cell=known),
        Column("state", _("状态"), "STATE", codes=RenewalState, cell=state, phone="state"),
    )

    def query(self) -> QuerySet[Renewal]:
        asked = self.asked["state"]
        rows = renewals(self.desk.reads, state="" if asked == WAITING else asked or None)
        return rows.select_related("application__household", "application__applicant")

    def load(self, found: Sequence[Renewal]) -> None:
        self.beside = {view.renewal.pk: view for view in renewal_views(found, self.desk.on)}

    def reading(self, row: Renewal) -> tuple[Stamp, str]:
        return row.stamp, row.application.household.number

    flow = RENEWAL
    asking = RenewalForm
    today = "checked_date"
    does = (
        Deed("confirm", _("所选家庭情况没有变化"), together(operations.confirm_renewals, "renewal_ids")),
        Deed("decide", _("所选家庭按核实结果续发"), together(operations.decide_renewals, "renewal_ids"), asks=False),
    )

    def ticks(self, row: Renewal) -> str:
        """Nothing is known of it, and it waits for this person."""
        view = self.beside[row.pk]
        if row.state == RenewalState.OPEN:
            quiet = view.planned and view.rule == "BULK" and not view.known and bool(view.awards)
            return str(row.pk) if quiet and self.desk.may(row.stamp, *RENEWAL.step("confirm").roles) else ""
        step = RENEWAL.step("decide")
        own = self.desk.person.is_one_of(RENEWAL.barred(step, row), self.desk.on)
        waits = row.state in step.sources and not own
        return str(row.pk) if waits and not view.suspended and self.desk.may(row.stamp, *step.roles) else ""

    def more(self, found: Sequence[Renewal]) -> dict[str, Any]:
        waits = any(row.state == RenewalState.OPEN and not self.beside[row.pk].planned for row in found)
        return {"unplanned": waits and self.desk.person.holds(*RENEWAL.step("confirm").roles)}
