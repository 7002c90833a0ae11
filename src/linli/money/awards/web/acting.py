"""Act: suspend, resume, change, end and review an award; adjust it; accounts and claims."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage, Said, UnmaskPage
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import found_or_404, today, version_of
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.steps import Bound, Fields, plainly, step_at_once
from linli.foundation.screens.texts import joined_by_dot, money_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.queries import cited
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState, HolderLoss
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import Ending, NewAccount
from linli.money.awards.permissions import can_change, can_unmask
from linli.money.awards.queries.adjustments import by_registry
from linli.money.awards.queries.comparing import compared
from linli.money.awards.queries.foresight import given_by_rules
from linli.money.awards.steps import ACCOUNT, RECOVERY, WAIVER
from linli.money.awards.web.comparing import COMPARED
from linli.money.awards.web.desk import covered_months, open_months, reading
from linli.money.awards.web.forms import (
    AccountForm,
    AmountForm,
    EndForm,
    MonthForm,
    RecalculateForm,
    RecoveryForm,
    ReviewForm,
    SharedForm,
    WaiverForm,
)
from linli.money.ledger.models import Proposal

# --- act: suspend, resume, change, end and review an award -----------------------------------------


class AwardAct(ActPage[Desk, Award]):
    """An act on an award; then back to it."""

    finds = queries.award
    leads = "award_detail"
    by = "number"
    versioned = True
    called = {"amount": "amount_fen"}

    def may(self) -> bool:
        return can_change(self.desk.person, self.row.stamp)

    def fill(self) -> Any:
        form = super().fill()
        packs = [pack for pack in queries.packs_in_force(today()) if self.row.programme in pack.programmes]
        form.clauses = cited(form.rests_on, packs)
        return form

    def head(self) -> Head:
        award = self.row
        amount = gettext("每月 %(fen)s") % {"fen": money_text(award.amount_fen)}
        lead = joined_by_dot(award.number, f"{award.get_unit_display()} {award.unit_key}", amount)
        return Head(self.title, lead, self.trail())


class MonthAct(AwardAct):
    """An act from a month on; 403 when every month is settled, as no page offers it then."""

    form = MonthForm

    def months(self) -> list[Month]:
        return open_months(self.row)

    def offers(self) -> Mapping[str, Any]:
        months = self.months()
        if not months:
            raise PermissionDenied
        return {"effective_date": months}

    def initial(self) -> Mapping[str, Any]:
        return {"effective_date": str(Month.of(self.desk.on).plus(1))}


Suspend = MonthAct.doing(operations.suspend, "award_ids", title=_("暂停待遇"), done=_("已暂停"))
Resume = MonthAct.doing(operations.resume, "award_ids", title=_("恢复待遇"), done=_("已恢复"))


class ChangeAmount(MonthAct):
    """Ask for another amount; another person confirms it."""

    title, submit, done = _("调整金额"), _("提出，等待复核"), _("已提出，由另一人复核后生效")
    form = AmountForm
    operation = operations.propose_amount
    of = "award_id"
    template = "awards/award_amount.html"

    def to(self, result: Proposal | None) -> str:
        return reverse("proposal_detail", args=[result.number]) if result else self.home()

    def more(self) -> Mapping[str, Any]:
        months = self.months()
        fen = given_by_rules(self.row, self.desk.on, min(max(Month.of(self.desk.on).plus(1), months[0]), months[-1]))
        return {"rules_fen": fen, "award": self.row}


class End(AwardAct):
    """End the award on a day."""

    title, done = _("终止待遇"), _("已终止")
    form = EndForm
    today = "effective_date"
    danger = True

    def run(self, act: Act, said: Said) -> object:
        return operations.end(act, endings=[Ending(self.row.pk, **said)], version=version_of(self.request))


class Review(AwardAct):
    """Complete a review that has fallen due."""

    title, done = _("完成复核"), _("复核已记录")
    form = ReviewForm
    operation = operations.complete_review
    of = "award_id"
    versioned = False
    template = "awards/award_review.html"

    def may(self) -> bool:
        note_read(self.request, where=self.row.stamp, subject=f"award:{self.row.number}")
        return super().may()

    def initial(self) -> Mapping[str, Any]:
        occasions = queries.review_occasions([self.row]).get(self.row.pk, [])
        planned = [one.planned_date for one in occasions if one.planned_date and one.planned_date > self.desk.on]
        return {"next_due_date": min(planned, default=None)}

    def more(self) -> Mapping[str, Any]:
        award, on = self.row, self.desk.on
        first = _suggested(award, covered_months(award), self.desk)
        said = by_registry(award, on, first).rows if award.determination_id else ()
        return {"columns": COMPARED, "rows": compared(award, on), "said": said}


class Recalculate(MonthAct):
    """Ask the rules with what is registered today, from a month on: what they would change, and then doing it.

    The months that were paid already too.
    """

    title = _("按规则重新计算")
    form = RecalculateForm
    operation = operations.recalculate
    of = "award_id"
    template = "awards/award_recalculate.html"

    def months(self) -> list[Month]:
        return covered_months(self.row)

    def _asked(self) -> Month:
        months = self.months()
        asked = (month for month in months if str(month) == self.request.GET.get("from"))
        return next(asked, _suggested(self.row, months, self.desk))

    def initial(self) -> Mapping[str, Any]:
        return {"effective_date": str(self._asked())}

    def told(self, result: Any) -> str:
        return gettext("已按规则调整") if result else gettext("重新计算的结果没有变化")

    def more(self) -> Mapping[str, Any]:
        sent = self.filled.cleaned_data.get("effective_date") if self.filled.is_bound else None
        first = Month.of(sent) if sent else self._asked()
        return {"months": self.months(), "first": first, "preview": by_registry(self.row, self.desk.on, first)}


def _suggested(award: Award, months: Sequence[Month], desk: Desk) -> Month:
    """The month after what happened last, where the review has an occasion; else the one that comes."""
    occasions = queries.review_occasions([award]).get(award.pk, [])
    wanted = Month.of(occasions[-1].happened_date if occasions else desk.on).plus(1)
    return min(max(wanted, months[0]), months[-1])


# --- payee accounts: proposed by one person, confirmed by another; the full number only for a purpose ---


class NewAccountPage(ActPage[Desk, None]):
    """Write down an account for a household or a resident within reach."""

    title, submit, done = _("登记收款账户"), _("登记，等待确认"), _("账户已登记，等待另一人确认")
    form = AccountForm
    leads = "account_list"
    above = _("收款账户")
    secret = True

    def options(self) -> Mapping[str, Any]:
        return {"within": self.desk.reads, "on": self.desk.on}

    def find(self) -> None:
        self.unit = self.request.GET.get("unit", "")
        self.last = next(iter(queries.accounts(self.desk.reads, [self.unit])), None) if self.unit else None
        lost = queries.lost_holders([self.last.pk], self.desk.on) if self.last else {}
        self.loss = lost.get(self.last.pk) if self.last else None

    def initial(self) -> Mapping[str, Any]:
        """What the unit's last account says already, but its number: a correction changes little. Nothing of one whose
        holder died or is not what they were: another person's account is asked for.
        """
        known, last = ("holder_name", "relation", "basis", "bank_name"), None if self.loss else self.last
        return {"unit_key": self.unit, **({field: getattr(last, field) for field in known} if last else {})}

    def fill(self) -> Any:
        form = super().fill()
        form.clauses = cited(form.rests_on, queries.packs_in_force(self.desk.on))
        return form

    def head(self) -> Head:
        return Head(self.title, _told(self.desk, self.last, self.loss), self.trail())

    def run(self, act: Act, said: Said) -> object:
        return operations.propose_account(act, accounts=[NewAccount(**said)])


@reading
def account_confirm(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """The second person confirms."""
    row = found_or_404(queries.account, desk.reads, account_id)
    return step_at_once(request, ACCOUNT, BOUND, desk, row, "confirm", to=reverse("account_list"))


def _told(desk: Desk, last: PayeeAccount | None, loss: HolderLoss | None) -> str:
    """Which account the new one takes the place of, and what became of its holder."""
    if last is None:
        return ""
    holder, state = desk.person.named(last.stamp, last.holder_name), AccountState(last.state).label
    account = joined_by_dot(holder, last.bank_name, f"**** {last.account_last4}", state, loss.label if loss else "")
    return gettext("上次登记的账户：%(account)s") % {"account": account}


class UnmaskAccount(UnmaskPage[Desk, PayeeAccount]):
    """Ask for the purpose; show the number once, on a page that nothing keeps."""

    title, submit, done = _("查看完整账号"), _("显示完整账号"), _("本次查看已记录。60 秒后自动离开本页。")
    finds = queries.account
    operation = operations.unmask_account
    of = "account_id"
    leads = "account_list"
    above = _("收款账户")

    def may(self) -> bool:
        return can_unmask(self.desk.person, self.row.stamp)

    def head(self) -> Head:
        unit, bank = self.row.unit_key, self.row.bank_name
        return Head(self.title, joined_by_dot(unit, bank), [*self.trail(), (unit, "")])


# --- what was paid too much: listed, recovered, waived ---------------------------------------------


@reading
def receivable_step(request: HttpRequest, desk: Desk, receivable_id: int, code: str) -> HttpResponse:
    """It is written down that the money came back, or asked that the claim is given up."""
    row = found_or_404(queries.receivable, desk.reads, receivable_id)
    to = reverse("receivable_list")
    flow = WAIVER if code == "waive" else RECOVERY
    return step_at_once(request, flow, {"propose": BOUND[code]}, desk, row, "propose", to=to)


# --- steps that the button of a row takes -----------------------------------------------------------


def _confirm(act: Act, row: PayeeAccount, said: Fields) -> object:
    shared = {} if said["shared"] is None else {row.pk: said["shared"]}
    return operations.confirm_account(act, account_ids=[row.pk], shared=shared)


BOUND = {
    "confirm": Bound(lambda _desk, _row, *data: SharedForm(*data), _confirm),
    "recover": plainly(operations.propose_recovery, "receivable_id", RecoveryForm),
    "waive": plainly(operations.propose_waiver, "receivable_id", WaiverForm),
}
