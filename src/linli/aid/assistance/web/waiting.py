"""Cases that wait for one step and are taken on together: what to look at before, and the act on those ticked."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.queries.screens import BudgetOutlook, budget_outlook
from linli.aid.assistance.queries.together import TOGETHER, Facts, facts_together
from linli.aid.assistance.queries.worklist import WorkItem, work_items
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


class WaitingList(Listing[Desk, WorkItem]):
    """All that wait for one step which this person may take, most urgent first."""

    name = "waiting"
    template = "assistance/waiting_list.html"
    nothing = (_("没有等待这一步的申请"), _("都办完了。"))
    facts: Mapping[int, Facts]

    def due(self, row: WorkItem) -> object:
        return row.due_date

    def left(self, row: WorkItem) -> SafeString:
        return deadline(row.colour, row.days_left, row.due_date, row.article)

    def number(self, row: WorkItem) -> Cell:
        lacking = self.facts[row.application_id].lacking if self.code == "accept" else ()
        missing = gettext("还缺：%(papers)s") % {"papers": listed(lacking)} if lacking else ""
        return Cell(row.number, ("application_detail", row.number), meta=(missing,))

    def groups(self, row: WorkItem) -> str:
        return listed(self.facts[row.application_id].groups)

    def groups_cell(self, row: WorkItem) -> Cell:
        facts = self.facts[row.application_id]
        chips = [(gettext("评估小组有不同意见"), Tone.SOON)] if facts.dissents else []
        return Cell(self.groups(row), meta=(facts.proposal.label if facts.proposal else "",), chips=chips)

    def monthly(self, row: WorkItem) -> int | None:
        return self.facts[row.application_id].monthly_fen

    def commitment(self, row: WorkItem) -> int | None:
        return (self.outlook.commitments[row.application_id].total_fen or None) if self.outlook else None

    columns = (
        Column("due", _("期限"), "DATE", of=due, cell=left, phone="state"),
        Column("number", _("受理编号"), cell=number, phone="title"),
        Column("applicant", _("家庭"), meta=("place",)),
        Column("place", _("地址"), only="excel"),
        Column("groups", _("类别"), of=groups, cell=groups_cell),
        Column("monthly", pgettext_lazy("column", "每月"), "YUAN", of=monthly, total=True),
        Column("commitment", _("占用预算"), "YUAN", of=commitment, total=True),
    )

    def __init__(self, request: HttpRequest, desk: Desk, code: str) -> None:
        super().__init__(request, desk)
        self.code, self.step = code, CASE.step(code)

    @cached_property
    def waiting(self) -> Sequence[WorkItem]:
        """What waits; a proposed refusal is not granted, what waits to be posted is not prepared."""
        items = [
            item
            for item in work_items(self.desk.reads, self.desk.person, self.desk.on)
            if item.step == TOGETHER[self.code] and set(item.roles) & set(self.step.roles)
        ]
        self.facts = facts_together([item.application_id for item in items], self.desk.on)
        return [item for item in items if self._fits(self.facts[item.application_id])]

    def _fits(self, facts: Facts) -> bool:
        refused = facts.proposal == Proposal.REFUSE
        return {"grant": not refused, "publish": not refused and not facts.is_prepared}.get(self.code, True)

    @cached_property
    def outlook(self) -> BudgetOutlook | None:
        """What granting all of them takes of the budget."""
        ids = [item.application_id for item in self.waiting]
        return budget_outlook(self.desk.reads, ids, self.desk.on) if self.code == "grant" else None

    def query(self) -> Sequence[WorkItem]:
        return self.waiting

    def load(self, found: Sequence[WorkItem]) -> None:
        """What the columns need is known of all that wait."""

    def shown_columns(self) -> list[Column]:
        """A column of money that nobody has is none."""
        facts = [self.facts[row.application_id] for row in self.waiting]
        none = {"commitment"} if self.outlook is None else set()
        none |= set() if any(one.monthly_fen is not None or one.proposal for one in facts) else {"monthly"}
        return [one for one in super().shown_columns() if one.path not in none]

    def token(self, row: WorkItem) -> str:
        return f"{row.due_date.isoformat()}_{row.number}"

    def reading(self, row: WorkItem) -> tuple[int, str]:
        return row.community_id or 0, row.number

    def label(self, row: WorkItem) -> str:
        return joined_by_dot(row.number, row.applicant)

    def ticks(self, row: WorkItem) -> str:
        lacking = self.code == "accept" and self.facts[row.application_id].lacking
        return "" if lacking else str(row.application_id)

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

    def more(self, found: Sequence[WorkItem]) -> dict[str, Any]:
        return {"outlook": self.outlook, "provisional": any(item.provisional for item in found)}
