"""Cases that wait for one step and are taken on together: what to look at before, and the act on those ticked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.models import Turn
from linli.aid.assistance.queries.screens import BudgetOutlook, budget_outlook
from linli.aid.assistance.queries.together import Facts, facts_together
from linli.aid.assistance.queries.turns import waiting_for
from linli.aid.assistance.queries.worklist import WorkItem, items_of, with_cases
from linli.aid.assistance.refusals import EvidenceMissing
from linli.aid.assistance.steps import CASE
from linli.aid.assistance.web.desk import readable
from linli.aid.assistance.web.presenters import listed
from linli.aid.assistance.web.steps import BOUND, Chosen
from linli.foundation.screens.cells import Cell, deadline
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.sets import Deed
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.tones import Tone

# A publication is one sheet of paper: all of its rows or none.
_ALL_OR_NONE = {"publish"}
# Who takes these answers for the amounts.
_LOOKED_AT = {"opinion", "review", "grant"}


class WaitingList(Listing[Desk, Turn]):
    """All that wait for one step which this person may take, most urgent first."""

    name = "waiting"
    template = "assistance/waiting_list.html"
    nothing = (_("没有等待这一步的申请"), _("都办完了。"))
    order = ("due_date", "application_id")
    facts: Mapping[int, Facts] = {}
    beside: Mapping[int, WorkItem]
    outlook: BudgetOutlook | None = None  # what granting those shown takes of the budget

    def due(self, row: Turn) -> object:
        return row.due_date

    def left(self, row: Turn) -> SafeString:
        item = self.beside[row.pk]
        return deadline(item.colour, item.days_left, item.due_date, item.article)

    def number(self, row: Turn) -> Cell:
        lacking = self.facts[row.application_id].lacking if self.code == "accept" else ()
        missing = gettext("还缺：%(papers)s") % {"papers": listed(lacking)} if lacking else ""
        number = row.application.number
        return Cell(number, ("application_detail", number), meta=(missing,))

    def family(self, row: Turn) -> Cell:
        item = self.beside[row.pk]
        return Cell(item.applicant, meta=(item.place,))

    def groups(self, row: Turn) -> str:
        return listed(self.facts[row.application_id].groups)

    def groups_cell(self, row: Turn) -> Cell:
        facts = self.facts[row.application_id]
        chips = [(gettext("评估小组有不同意见"), Tone.SOON)] if facts.dissents else []
        chips += [(gettext("金额与规则不一致"), Tone.SOON)] if facts.departed else []
        return Cell(self.groups(row), meta=(facts.proposal.label if facts.proposal else "",), chips=chips)

    def monthly(self, row: Turn) -> int | None:
        return self.facts[row.application_id].monthly_fen

    def commitment(self, row: Turn) -> int | None:
        return (self.outlook.commitments[row.application_id].total_fen or None) if self.outlook else None

    columns = (
        Column("due", _("期限"), "DATE", of=due, cell=left, phone="state"),
        Column("number", _("受理编号"), beside="number", cell=number, phone="title"),
        Column("applicant", _("家庭"), beside="applicant", cell=family),
        Column("place", _("地址"), beside="place", only="excel"),
        Column("groups", _("类别"), of=groups, cell=groups_cell),
        Column("monthly", pgettext_lazy("column", "每月"), "YUAN", of=monthly, total=True),
        Column("commitment", _("占用预算"), "YUAN", of=commitment, total=True),
    )

    def __init__(self, request: HttpRequest, desk: Desk, code: str) -> None:
        super().__init__(request, desk)
        self.code, self.step = code, CASE.step(code)

    def query(self) -> QuerySet[Turn]:
        return with_cases(waiting_for(self.desk.person, self.code, self.desk.on))

    def picked(self, ids: Sequence[int]) -> Sequence[Turn]:
        """A turn is reckoned anew while somebody chooses: the case tells it."""
        found = list(self.query().filter(application_id__in=ids))
        self.loaded(found)
        return [row for row in found if self.ticks(row)]

    def load(self, found: Sequence[Turn]) -> None:
        ids = [row.application_id for row in found]
        self.beside = {row.pk: item for row, item in zip(found, items_of(found, self.desk.on), strict=True)}
        self.facts = facts_together(ids, self.desk.on)
        self.outlook = budget_outlook(self.desk.reads, ids, self.desk.on) if self.code == "grant" else None

    def shown_columns(self) -> list[Column]:
        """A column of money that nobody has is none."""
        none = {"commitment"} if self.outlook is None else set()
        none |= (
            set() if any(one.monthly_fen is not None or one.proposal for one in self.facts.values()) else {"monthly"}
        )
        return [one for one in super().shown_columns() if one.path not in none]

    def reading(self, row: Turn) -> tuple[int, str]:
        return row.community_id or 0, row.application.number

    def label(self, row: Turn) -> str:
        return joined_by_dot(row.application.number, row.application.applicant.name)

    def ticks(self, row: Turn) -> str:
        facts = self.facts[row.application_id]
        lacking = self.code == "accept" and facts.lacking
        return "" if lacking or self.apart(facts) else str(row.application_id)

    def apart(self, facts: Facts) -> bool:
        """An amount that is not the rules' is answered on the page of its case, which says what it is and why."""
        return self.code in _LOOKED_AT and bool(facts.departed)

    def form(self, *data: Any) -> forms.Form:
        return BOUND[self.code].form(self.desk, None, *data)

    def deeds(self) -> Sequence[Deed]:
        whole = self.code in _ALL_OR_NONE
        return [Deed(self.code, self.step.label, self._run, asks=bool(self.form().fields), whole=whole)]

    def _run(self, act: Act, ids: Sequence[int], said: Mapping[str, Any]) -> object:
        try:
            return BOUND[self.code].run(act, Chosen(ids), said)
        except EvidenceMissing as error:
            raise readable(error) from error

    def head(self) -> Head:
        return Head(self.step.label, self.step.explain)

    def more(self, found: Sequence[Turn]) -> dict[str, Any]:
        return {"outlook": self.outlook, "provisional": any(item.provisional for item in self.beside.values())}
