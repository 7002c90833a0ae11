"""The yearly review 年度复核: the office's list, one family, and what is done with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance import operations
from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Renewal
from linli.aid.assistance.queries.renewals import (
    RenewalView,
    foreseen,
    last_facts,
    next_pack,
    renewal,
    renewal_views,
)
from linli.aid.assistance.steps import RENEWAL
from linli.aid.assistance.web.forms import ReasonForm
from linli.aid.assistance.web.renewing import Outlook, RenewalForm, coming, known_words, remembered
from linli.foundation.data.scope import Stamp
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column
from linli.foundation.screens.records import Record
from linli.foundation.screens.reminding import Waits, waits
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import day_text
from linli.ground.notifications.queries import letters_about
from linli.ground.users.queries.desks import Desk
from linli.kernel.steps import Step
from linli.money.awards.queries import programme_labels

# What a step is called here, and its button.
_WORDS = {
    "confirm": (_("情况没有变化"), pgettext_lazy("step", "核实")),
    "decide": (_("决定"), _("按核实结果续发")),
    "reapply": (_("须重新申请"), _("告知重新申请")),
    "end": (_("不再续发"), _("到期后不再续发")),
}


class RenewalPage(Record[Desk, Renewal]):
    """One family: what it was granted on, what is known since, what the new year gives, and the next step.

    Its steps are sent to the page itself, each named in the field ``deed``.
    """

    name = "renewal"
    flow = RENEWAL
    bound = {
        "confirm": plainly(
            operations.confirm_renewals,
            "renewal_ids",
            RenewalForm,
            lambda desk, _row: {"initial": {"checked_date": desk.on}},
        ),
        "decide": plainly(operations.decide_renewals, "renewal_ids"),
        "take_back": plainly(operations.take_back_confirmations, "renewal_ids"),
        "reapply": plainly(operations.ask_to_reapply, "renewal_ids", partial(ReasonForm, auto_id="reapply-%s")),
        "end": plainly(operations.end_renewals, "renewal_ids", partial(ReasonForm, auto_id="end-%s")),
    }
    template = "assistance/renewal_detail.html"

    def __init__(self, request: HttpRequest, desk: Desk, renewal_id: int) -> None:
        deed = request.POST.get("deed", "")
        super().__init__(request, desk, step=deed.replace("_", "-"), key=renewal_id)
        if request.method == "POST" and deed not in self.bound:
            raise PermissionDenied
        [self.view] = renewal_views([self.row], desk.on)
        self.known = known_words(self.view.known)

    def find(self, key: str) -> Renewal:
        return renewal(self.desk.reads, int(key))

    def address(self, step: Step) -> str:
        return self.request.path

    def worded(self, step: Step) -> Step | None:
        """Without the next plan nothing is confirmed; a family that applied anew is decided on by that application."""
        view = self.view
        if step.code == "confirm" and (not view.planned or view.rule == "APPLICATION"):
            return None
        if step.code == "end" and self.row.state == RenewalState.REAPPLY and view.application_since:
            return None
        label, button = _WORDS.get(step.code, (step.label, step.label))
        if step.code == "confirm" and self.known:
            label = _("新情况已登记，核实无误")
        main, danger = step.code in ("confirm", "decide"), step.code == "end"
        return replace(step, label=label, button=button, main=main, danger=danger)

    def reading(self, row: Renewal) -> tuple[Stamp, str]:
        return row.stamp, f"application:{row.application.number}"

    def head(self, row: Renewal) -> Head:
        number = row.application.number
        days = {"last": day_text(self.view.last_date), "due": day_text(row.due_date)}
        link = format_html('<a href="{}">{}</a>', reverse("application_detail", args=[number]), number)
        until = gettext("待遇到 %(last)s 为止，%(due)s 前应决定") % days
        trail = [(gettext("年度复核"), reverse("renewal_list")), (self.view.household, "")]
        return Head(self.view.applicant, format_html("{} · {}", link, until), trail, RenewalState(row.state))

    def facts(self, row: Renewal) -> Sequence[tuple[object, object]]:
        return ()

    def _waits(self, row: Renewal) -> Waits | None:
        """Without the next plan nothing waits for anybody; a review has no page by its number to remind of."""
        return waits(RENEWAL, self.desk.person, row, self.desk.on, "") if self.view.planned else None

    def more(self, row: Renewal) -> Mapping[str, Any]:
        return {
            "view": self.view,
            "columns": _REMEMBERED,
            "remembered": remembered(row.application, last_facts([row])[row.pk], self.desk.on),
            "known": self.known,
            "coming": _coming(row, self.view, programme_labels(self.desk.on)),
            "told": letters_about(self.desk.reads, row.application.subject).filter(kind="REAPPLY").last(),
        }


def _at(place: int) -> Callable[[object, Sequence[str]], str]:
    return lambda _listing, row: row[place]


_REMEMBERED = (
    Column("who", _("谁"), of=_at(0), phone="title"),
    Column("fact", _("情况"), of=_at(1)),
    Column("value", _("值"), of=_at(2)),
    Column("source", _("来源"), of=_at(3)),
)


def _coming(row: Renewal, view: RenewalView, labels: Mapping[str, object]) -> Outlook | None:
    """What the next plan would give on what is on record today; None without a plan or without an award."""
    pack = next_pack(row.application.pack_version.scheme, row.until_date)
    if pack is None or not view.awards or row.state not in (RenewalState.OPEN, RenewalState.CONFIRMED):
        return None
    return coming(view, foreseen([row], {row.application_id: pack})[row.pk], pack, labels)
