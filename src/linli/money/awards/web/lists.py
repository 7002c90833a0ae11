"""The lists of awards: awards, payee accounts, what the rules say anew, what was paid too much."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Button, Cell
from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Choices, Filter
from linli.foundation.screens.heads import Action, action
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.sets import Deed, together
from linli.foundation.screens.texts import counted, day_text, joined, joined_by_dot, money_text
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk
from linli.kernel.tones import Tone, tone_of
from linli.money.awards import operations, queries
from linli.money.awards.codes import (
    AccountState,
    AdjustmentState,
    HolderLoss,
    ReceivableState,
    Standing,
)
from linli.money.awards.models import Adjustment, Award, PayeeAccount, Receivable
from linli.money.awards.permissions import (
    can_unmask,
)
from linli.money.awards.queries import adjustments as reads
from linli.money.awards.steps import ACCOUNT, ADJUSTMENT, CLOSING, RECOVERY, WAIVER
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.queries import waiting_for
from linli.registry.residents.queries import search

R = TypeVar("R")
# So many people may bear the name that was typed.
_NAMED = 200
# So many others of one account number are named.
_TOLD = 10
WAITING = "WAITING"
_OVER = (Standing.ENDED, Standing.EXPIRED)


class _ByProgramme(Listing[Desk, R]):
    """A list of awards, or of what belongs to one each: its rows name programmes."""

    def award(self, row: Any) -> Award:
        """The award of a row."""
        found: Award = row.award
        return found

    @cached_property
    def labels(self) -> Mapping[str, object]:
        """What programmes are called."""
        return queries.programme_labels(self.desk.on)

    def programme(self, row: Any) -> object:
        """What the award's programme is called."""
        code = self.award(row).programme
        return self.labels.get(code, code)

    def reading(self, row: R) -> tuple[Stamp, str]:
        return self.award(row).stamp, self.award(row).number


class AwardList(_ByProgramme[Award]):
    """Awards in the order they were granted: by state, programme, open review, and number or name."""

    name = "awards"
    title = _("待遇")
    nothing = (_("还没有待遇"), _("救助申请批准后在此显示"))
    not_found = _("没有符合条件的待遇")
    payees: Mapping[str, PayeeAccount]

    def award(self, row: Any) -> Award:
        found: Award = row
        return found

    def unit(self, row: Award) -> str:
        return f"{row.get_unit_display()} {row.unit_key}"

    def holder(self, row: Award) -> str | None:
        payee = self.payees.get(row.unit_key)
        return self.desk.person.named(payee.stamp, payee.holder_name) if payee else None

    def standing(self, row: Award) -> Standing:
        return row.standing_on(self.desk.on)

    def state(self, row: Award) -> Cell:
        due = row.review_opened_date and self.standing(row) not in _OVER
        return Cell(self.standing(row), chips=[(gettext("复核到期"), Tone.SOON)] if due else [])

    def by_name(self) -> bool:
        """Finance staff know no names."""
        return bool(self.desk.person.scope(*REGISTRY_ROLES))

    def hint(self) -> str:
        return gettext("姓名、待遇、家庭、居民或申请编号") if self.by_name() else gettext("待遇、家庭、居民或申请编号")

    def programmes(self) -> Choices:
        return list(self.labels.items())

    filters = (
        Filter("q", _("查找"), hint=hint),
        Filter("state", _("状态"), Standing.choices),
        Filter("programme", _("项目"), programmes),
        Filter("review", pgettext_lazy("award", "复核"), [("due", _("复核到期"))]),
    )
    columns = (
        Column("number", _("编号"), to="award_detail", phone="title"),
        Column("programme", _("项目"), of=_ByProgramme.programme),
        Column("unit", _("领取单位"), of=unit),
        Column("holder", _("收款人"), of=holder),
        Column("amount_fen", _("每月"), "YUAN", sort=("amount_fen",), total=True),
        Column("valid_from", _("起"), "DATE", sort=("valid_from",), phone=""),
        Column("last_date", _("止"), "DATE", sort=("valid_until",), phone=""),
        Column("application_number", _("申请"), only="excel"),
        Column("review_due_date", _("下次复核"), "DATE", only="excel"),
        Column("state", _("状态"), "STATE", of=standing, cell=state, phone="state"),
    )

    def query(self) -> QuerySet[Award]:
        asked, text = self.asked, self.asked["q"]
        named = text and self.by_name() and not any(letter.isdigit() for letter in text)
        return queries.awards(
            self.desk.reads,
            standing=(Standing(asked["state"]), self.desk.on) if asked["state"] else None,
            programme=asked["programme"],
            text="" if named else text.upper(),
            units=self._units(text) if named else None,
            review_due=bool(asked["review"]),
        )

    def _units(self, text: str) -> set[str]:
        """Numbers of the residents whom the text names, and of their households."""
        hits = search(self.desk.person.scope(*REGISTRY_ROLES), text, limit=_NAMED)
        return {number for hit in hits for number in (hit.number, hit.household_number) if number}

    def load(self, found: Sequence[Award]) -> None:
        self.payees = queries.payees([row.unit_key for row in found])

    def summary(self) -> str:
        asked = self.asked
        if asked["q"] or asked["review"]:
            count, active, fen = queries.monthly_sums(self.query(), self.desk.on)
        else:
            standing = Standing(asked["state"]) if asked["state"] else None
            count, active, fen = queries.kept_sums(
                self.desk.reads, self.desk.on, standing=standing, programme=asked["programme"]
            )
        return counted(
            "共 %(count)s 项，其中发放中 %(active)s 项，每月 %(fen)s", count, active=active, fen=money_text(fen)
        )


class AccountList(Listing[Desk, PayeeAccount]):
    """Accounts by state, those that wait for a second person first; by number or last four digits."""

    name = "accounts"
    title = _("收款账户")
    lead = _("由登记人以外的另一人确认；变更的账户在保护期后启用。")
    adds = (_("登记账户"), "account_new")
    nothing = (_("没有待确认的账户"), _("其他账户可按状态查看"))
    not_found = _("没有符合条件的账户")
    lost: Mapping[int, HolderLoss]
    sharing: Mapping[int, queries.Sharing]

    def unit(self, row: PayeeAccount) -> Cell:
        changed = [(gettext("变更"), Tone.SOON)] if row.version > 1 else []
        return Cell(row.unit_key, ("award_list",), query=f"?q={row.unit_key}", chips=changed)

    def holder(self, row: PayeeAccount) -> str:
        return self.desk.person.named(row.stamp, row.holder_name)

    def holder_cell(self, row: PayeeAccount) -> Cell:
        relation = row.get_relation_display() if row.relation else gettext("关系未注明")
        lost = [self.lost[row.pk]] if row.pk in self.lost else []
        return Cell(self.holder(row), meta=(relation, row.basis), chips=lost)

    def number(self, row: PayeeAccount) -> Cell:
        address = reverse("account_unmask", args=[row.pk]) if can_unmask(self.desk.person, row.stamp) else ""
        shared = _shared(self.sharing[row.pk], self.desk.person.named) if row.pk in self.sharing else ""
        return Cell(f"**** {row.account_last4}", reveal=(address, pgettext("bank", "账号")), notice=shared)

    def proposed(self, row: PayeeAccount) -> Cell:
        return Cell(self.hands.get(row.proposed_by_id, ""), meta=(day_text(row.proposed_at),))

    def state(self, row: PayeeAccount) -> Cell:
        state = AccountState(row.state)
        if state != AccountState.CONFIRMED or row.usable_date is None:
            return Cell(state)
        waits = row.pk in self.lost or row.usable_date > self.desk.on
        since = gettext("%(day)s 起可用") % {"day": day_text(row.usable_date)}
        return Cell(chips=[(state.label, Tone.SOON if waits else tone_of(state))], meta=(since,))

    def confirm(self, row: PayeeAccount) -> Cell:
        if row.state != AccountState.PROPOSED or not ACCOUNT.allows(self.desk.person, "confirm", row, self.desk.on):
            return Cell()
        if self.is_refused(row):
            return Cell(gettext("不能确认，请另行登记"), ("account_new",), query=f"?unit={row.unit_key}")
        units = self.sharing[row.pk].units if row.pk in self.sharing else 0
        words = gettext("已核对共用，确认") if units else gettext("确认")
        address = reverse("account_confirm", args=[row.pk])
        return Cell(buttons=[Button(words, address, main=True, hidden={"shared": units})])

    def is_refused(self, row: PayeeAccount) -> bool:
        """Whether nobody may confirm it: the holder is not what they were, or nothing says what they are."""
        return row.pk in self.lost or not row.relation

    filters = (
        Filter("q", _("查找"), hint=_("家庭、居民编号或账号后四位")),
        Filter("state", _("状态"), AccountState.choices, default=AccountState.PROPOSED),
    )
    columns = (
        Column("unit_key", _("领取单位"), cell=unit, phone="title"),
        Column("holder", _("户名"), of=holder, cell=holder_cell),
        Column("get_relation_display", _("与领取人关系"), only="excel"),
        Column("account_last4", _("账号尾号"), cell=number),
        Column("bank_name", _("开户银行")),
        Column("proposed_by_id", _("登记人"), "HAND", only="excel"),
        Column("proposed_at", pgettext_lazy("account", "登记"), "DATE", cell=proposed),
        Column("confirmed_at", _("确认日期"), "DATE", only="excel"),
        Column("usable_date", _("启用日期"), "DATE", only="excel"),
        Column("state", _("状态"), "STATE", cell=state, codes=AccountState, phone="state"),
        Column("confirm", cell=confirm, only="page"),
    )

    flow = ACCOUNT
    does = (Deed("confirm", _("确认所选账户"), together(operations.confirm_account, "account_ids"), asks=False),)

    def ticks(self, row: PayeeAccount) -> str:
        """Those that share a number are confirmed one by one, each beside what it shares; what is refused is not."""
        return "" if row.pk in self.sharing or self.is_refused(row) else super().ticks(row)

    def query(self) -> QuerySet[PayeeAccount]:
        return queries.payee_accounts(self.desk.reads, state=self.asked["state"], text=self.asked["q"].upper())

    def load(self, found: Sequence[PayeeAccount]) -> None:
        self.sharing = queries.sharings(self.desk.reads, [row for row in found if row.state in queries.LIVE])
        self.lost = queries.lost_holders((row.pk for row in found), self.desk.on)

    def reading(self, row: PayeeAccount) -> tuple[Stamp, str]:
        return row.stamp, str(row)

    def label(self, row: PayeeAccount) -> str:
        return joined_by_dot(row.unit_key, self.holder(row), f"**** {row.account_last4}")

    def more(self, found: Sequence[PayeeAccount]) -> dict[str, Any]:
        return {"provisional": bool(queries.provisional_holds(found, self.desk.on))}


def _shared(sharing: queries.Sharing, named: Callable[[Stamp, str], str]) -> str:
    """Who else is paid to the number: named as far as the reader sees them."""
    told = counted("同一账号还用于另外 %(count)s 个领取单位", sharing.units)
    if sharing.seen:
        seen = [f"{one.unit_key} {named(one.stamp, one.holder_name)}" for one in sharing.seen[:_TOLD]]
        told += gettext("：") + joined(seen)
        told += gettext("等") if len(sharing.seen) > _TOLD else ""
    if sharing.elsewhere:
        told += gettext("；") + counted("其中 %(count)s 个不在您的范围内", sharing.elsewhere)
    return told


class ReceivableList(_ByProgramme[Receivable]):
    """What was paid too much, the oldest first: what is open, or what became of the rest."""

    name = "receivables"
    title = _("应收回的多付款项")
    lead = _("待遇终止后仍发放的月份，自动列入。退还时请在银行摘要中写待遇编号，月末据此对账。")
    asks = queries.receivables
    nothing = (_("没有应收回的款项"), "")
    not_found = _("没有符合条件的款项")

    waiting: Mapping[int, str]

    def load(self, found: Sequence[Receivable]) -> None:
        self.waiting = waiting_for(CLOSING, (row.pk for row in found))

    def act(self, row: Receivable) -> Cell:
        if row.pk in self.waiting:
            return Cell(gettext("已提出，待复核"), ("proposal_detail", self.waiting[row.pk]))
        paper = ("paper", gettext("银行回单"))
        recover = Button(gettext("登记收回"), reverse("receivable_recover", args=[row.pk]), reason=paper)
        reason = ("note", gettext("免收理由"))
        waive = Button(gettext("提出免收"), reverse("receivable_waive", args=[row.pk]), reason=reason)
        person, on = self.desk.person, self.desk.on
        offered = [(recover, RECOVERY.allows(person, "propose", row, on))]
        offered += [(waive, WAIVER.allows(person, "propose", row, on))]
        return Cell(buttons=[button for button, may in offered if may])

    filters = (Filter("state", _("状态"), ReceivableState.choices, default=ReceivableState.OPEN),)
    columns = (
        Column("award.number", pgettext_lazy("one", "待遇"), to="award_detail", phone="title"),
        Column("programme", _("项目"), of=_ByProgramme.programme),
        Column("month.month_date", _("月份"), "MONTH"),
        Column("amount_fen", _("金额"), "YUAN", sort=("amount_fen",), total=True),
        Column("get_reason_display", _("原因")),
        Column("raised_date", _("列入日期"), "DATE", phone=""),
        Column("closed_date", _("办结日期"), "DATE", only="excel"),
        Column("state", _("状态"), "STATE", meta=("closed_date", "note"), codes=ReceivableState, phone="state"),
        Column("note", _("说明"), only="excel"),
        Column("act", cell=act, only="page"),
    )

    def summary(self) -> str:
        sums = queries.owed(self.query())  # type: ignore[arg-type]  # a query
        return counted("共 %(count)s 笔，%(fen)s", sums.number, fen=money_text(sums.fen))


class AdjustmentList(_ByProgramme[Adjustment]):
    """Adjustments newest first; whoever changes awards follows the rules for those ticked, or leaves them."""

    name = "adjustments"
    title = _("重新核定的待遇")
    lead = _("标准、年龄或家庭情况变化后，系统每天按规则重新核定正在发放的待遇；须由人审定的在此办理。")
    order = ("-pk",)
    asks = reads.adjustments
    nothing = (_("没有待审定的变化"), "")
    not_found = _("没有符合条件的变化")

    asked_for: Mapping[int, str]

    def load(self, found: Sequence[Adjustment]) -> None:
        self.asked_for = waiting_for((ProposalKind.KEEP,), (row.pk for row in found))

    def kept(self, row: Adjustment) -> Cell:
        """That it stays was proposed: it is not proposed again."""
        number = self.asked_for.get(row.pk)
        return Cell(gettext("已提出维持不变，待复核"), ("proposal_detail", number)) if number else Cell()

    def back(self, row: Adjustment) -> int | None:
        return row.back_fen or None

    filters = (Filter("state", _("状态"), [(WAITING, _("待办的")), *AdjustmentState.choices], default=WAITING),)
    columns = (
        Column("award.number", pgettext_lazy("one", "待遇"), to="award_detail", phone="title"),
        Column("award.unit_key", _("领取单位"), only="excel"),
        Column("programme", _("项目"), of=_ByProgramme.programme),
        Column("get_cause_display", _("原因"), meta=("cause_date",)),
        Column("cause_date", _("变化日期"), "DATE", only="excel"),
        Column("effective_date", _("生效月份"), "MONTH"),
        Column("before_fen", _("原金额"), "YUAN"),
        Column("after_fen", _("应为"), "YUAN"),
        Column("back", _("补发或多发"), "YUAN", of=back, total=True),
        Column("state", _("状态"), "STATE", meta=("missing", "note"), codes=AdjustmentState, phone="state"),
        Column("missing", _("缺少情况"), only="excel"),
        Column("note", _("说明"), only="excel"),
        Column("kept", cell=kept, only="page"),
    )

    flow = ADJUSTMENT
    asking = NoteForm
    does = (
        Deed("adopt", _("按规则调整所选"), together(operations.adopt_adjustments, "adjustment_ids")),
        Deed("dismiss", _("所选维持不变"), together(operations.dismiss_adjustments, "adjustment_ids"), main=False),
    )

    def summary(self) -> str:
        sums = reads.adjustment_sums(self.query())  # type: ignore[arg-type]  # a query
        back, monthly = money_text(sums.back_fen), money_text(sums.monthly_fen)
        return counted(
            "共 %(count)s 项，每月合计变化 %(monthly)s，以前月份 %(back)s", sums.number, monthly=monthly, back=back
        )

    def actions(self) -> Sequence[Action]:
        return action(self.request, gettext("预览某日的变化"), "adjustment_preview")


class PreviewList(_ByProgramme[reads.PreviewRow]):
    """What a day will bring, award by award, by the law and the birthdays known today; nothing is written."""

    name = "preview"
    title = _("到某日谁的待遇会变化")
    lead = _("按今天已知的标准、生日和情况推算，不作任何改动。")
    template = "awards/adjustment_preview.html"
    nothing = (_("请选择日期"), "")
    not_found = _("到这一天没有待遇会变化")

    def back(self, row: reads.PreviewRow) -> int | None:
        return row.back_fen or None

    filters = (Filter("on", _("到哪一天"), kind="day"),)
    columns = (
        Column("award.number", pgettext_lazy("one", "待遇"), to="award_detail", phone="title"),
        Column("award.unit_key", _("领取单位"), only="excel"),
        Column("programme", _("项目"), of=_ByProgramme.programme),
        Column("cause_label", _("原因"), meta=("finding.piece.cause_date",)),
        Column("finding.piece.cause_date", _("变化日期"), "DATE", only="excel"),
        Column("finding.first", _("生效月份"), "MONTH"),
        Column("finding.before_fen", _("原金额"), "YUAN"),
        Column("finding.fen", _("应为"), "YUAN"),
        Column("back", _("补发或多发"), "YUAN", of=back, total=True),
        Column("way_label", _("办理方式"), meta=("missing",)),
        Column("missing", _("缺少情况"), only="excel"),
    )

    @cached_property
    def preview(self) -> reads.Preview | None:
        """All of it; None before a day is chosen."""
        asked = self.asked["on"]
        return reads.preview(self.desk.reads, max(date.fromisoformat(asked), self.desk.on)) if asked else None

    def query(self) -> Sequence[reads.PreviewRow]:
        return sorted(self.preview.rows, key=self.token) if self.preview else ()

    def token(self, row: reads.PreviewRow) -> str:
        return f"{row.award.pk:012}_{row.finding.first}"

    def summary(self) -> str:
        if self.preview is None:
            return ""
        back, monthly = money_text(self.preview.back_fen), money_text(self.preview.monthly_fen)
        return counted(
            "共 %(count)s 项，每月合计变化 %(monthly)s，以前月份 %(back)s",
            len(self.preview.rows),
            monthly=monthly,
            back=back,
        )

    def more(self, found: Sequence[reads.PreviewRow]) -> dict[str, Any]:
        return {"effects": self.preview.lines if self.preview and found else ()}
