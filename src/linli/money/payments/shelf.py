"""What this room adds to what is shared: the words of its acts, its invariants, what waits in it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.measures import measures
from linli.foundation.screens import families
from linli.foundation.screens.finding import Found, Kind, Wanted, kinds
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import counted, day_text, money_text, month_text
from linli.foundation.screens.work import Pile, Todo, awaiting, listed, work
from linli.foundation.trail import words
from linli.foundation.trail.invariants import invariants
from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.ground.users.queries import Authority
from linli.kernel.text import plain_number
from linli.kernel.tones import Tone
from linli.money.awards.codes import PROPOSERS
from linli.money.ledger.codes import JournalKind, ProposalKind
from linli.money.ledger.operations import Kind as Proposed
from linli.money.ledger.operations import Undoing, undoings, words_kept
from linli.money.ledger.operations import kinds as proposed
from linli.money.ledger.queries import funds, waiting_of
from linli.money.payments import family, queries
from linli.money.payments.codes import BatchState
from linli.money.payments.models import PaymentItem
from linli.money.payments.operations.late import book_late_return, keep_paid, not_kept, not_owed_again, owed_again
from linli.money.payments.permissions import READERS
from linli.money.payments.queries.measures import FEN_PAID, MONEY_BACK, UNITS_PAID
from linli.money.payments.steps import BATCH, CAME_BACK, ITEM

words.acts.put(
    {
        "payments.approve": pgettext_lazy("audit", "复核发放批次"),
        "payments.cancel": pgettext_lazy("audit", "取消发放批次"),
        "payments.import_return": pgettext_lazy("audit", "导入银行回盘"),
        "payments.propose": pgettext_lazy("audit", "提出发放批次"),
        "payments.reconcile_month": pgettext_lazy("audit", "核对月份并锁定"),
        "payments.reissue": pgettext_lazy("audit", "重新发放退回款"),
        "payments.take_file": pgettext_lazy("audit", "取走银行文件"),
        "payments.propose_late_return": pgettext_lazy("audit", "登记付讫后退回，等待复核"),
        "payments.release": pgettext_lazy("audit", "放款"),
        "payments.write_off": pgettext_lazy("audit", "核销退回款"),
    }
)
words.subjects.put(
    {
        "batches": pgettext_lazy("audit", "批次清单"),
        "months": pgettext_lazy("audit", "待发月份"),
        "lines": pgettext_lazy("audit", "发放明细"),
        "batch": pgettext_lazy("audit", "发放批次"),
        "returned": pgettext_lazy("audit", "退回款项"),
        "arrears": pgettext_lazy("audit", "欠付清单"),
    }
)
words.parts.put(
    {
        "file": pgettext_lazy("audit", "银行文件"),
    }
)


# State → whose hand it waits for, what he does, in words and on the button, and why.
_HANDS: Mapping[str, tuple[Role, object, object, object]] = {
    BatchState.PROPOSED: (
        Role.FINANCE_CHECKER,
        _("复核发放批次"),
        pgettext_lazy("batch", "复核"),
        _("经办已提出，等待另一人复核"),
    ),
    BatchState.APPROVED: (
        Role.FINANCE_RELEASER,
        pgettext_lazy("verb", "放款"),
        pgettext_lazy("verb", "放款"),
        _("已复核，等待第三人放款"),
    ),
    BatchState.RELEASED: (
        Role.FINANCE_RELEASER,
        _("导入银行回盘"),
        pgettext_lazy("verb", "导入"),
        _("银行文件已发出，等待回盘"),
    ),
}


def _batches(authority: Authority, on: date) -> Iterator[Todo]:
    for state, (role, title, verb, because) in _HANDS.items():
        scope = authority.scope(role)
        for batch in BATCH.of_others(queries.batches(scope, state=state), authority, on) if scope else ():
            if state == BatchState.RELEASED or not authority.is_one_of((batch.maker_id, batch.checker_id), on):
                page, number = "batch_detail", batch.number
                yield Todo(f"BATCH.{state}", title, number, page, (number,), verb=verb, because=because)


def _unproposed(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_MAKER)
    for one in queries.unproposed(funds(scope), on) if scope else ():
        because = _unproposed_words(one)
        yield Todo(
            "UNPROPOSED",
            _("编制发放批次"),
            one.fund.name,
            "batch_new",
            verb=pgettext_lazy("verb", "编制"),
            because=because,
        )


def _unproposed_words(one: queries.Outlook) -> str:
    month, fen = month_text(one.month), money_text(one.ready_fen)
    if one.is_short:
        return counted("%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s；资金不足", one.ready, month=month, fen=fen)
    return counted("%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s", one.ready, month=month, fen=fen)


def _returned(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_MAKER)
    back = queries.returned_sums(scope)
    if back.number:
        days = (on - (back.oldest or on)).days
        because = counted("最早的一笔 %(day)s 退回，已 %(days)s 天", days, day=day_text(back.oldest), days=days)
        much = counted("共 %(count)s 笔，%(fen)s", back.number, fen=money_text(back.fen))
        yield Todo("RETURNED", _("重新发放退回款项"), much, "returned_list", because=because)


def _to_correct(authority: Authority, on: date) -> Iterator[Pile]:
    """Accounts to which the bank could not pay, for who writes accounts down: nothing goes out again before."""
    scope = authority.scope(*PROPOSERS)
    rows = ITEM.of_others(queries.to_correct(scope), authority, on) if scope else None
    total = rows.count() if rows is not None else 0
    kind, title, verb = "ACCOUNT.CORRECT", _("更正收款账户"), pgettext_lazy("verb", "更正")

    def one(row: PaymentItem) -> Todo:
        query, who = f"?unit={row.unit_key}", authority.named(row.award.stamp, row.account.holder_name)
        why = row.return_text or _("银行退回")
        return Todo(kind, title, row.unit_key, "account_new", query=query, verb=verb, who=who, because=why)

    if rows is not None and total:
        yield Pile(kind, title, total, lambda number: [one(row) for row in rows[:number]])


proposed.put({ProposalKind.CAME_BACK: Proposed(CAME_BACK, book_late_return, queries.whose_line)})
words_kept.put({"payments": queries.words_of_lines})
undoings.put(
    {
        JournalKind.LATE_RETURN: Undoing(JournalKind.LATE_UNDONE, not_kept, keep_paid),
        JournalKind.RECOVERY: Undoing(JournalKind.RECOVERY_UNDONE, not_owed_again, owed_again),
    }
)
_CAME_BACK = {"confirm": waiting_of(ProposalKind.CAME_BACK)}
work.put(
    {
        "payments.to_correct": _to_correct,
        "payments.batches": listed(_batches),
        "payments.unproposed": listed(_unproposed),
        "payments.returned": listed(_returned),
        "payments.came_back": awaiting(CAME_BACK, ProposalKind.CAME_BACK.label, "proposal_detail", _CAME_BACK),
    }
)
families.parts.put({"payments": family.part})
families.stories.put({"payments": family.story})
invariants.put({"payments": queries.invariants})
lights.put({"payments.returned": Light(_("退回款项"), MONEY_BACK, OFFICER_ROLES, Tone.LATE)})
measures.put({"payments.units_paid": UNITS_PAID, "payments.fen_paid": FEN_PAID})

# Strokes in the number of a line of a batch.
_WITH_LINE = 4
_BATCH = re.compile(r"FF([0-9]{4})([0-9]{2})([0-9]{1,4}?)(?:([0-9]{4}))?")


def _batch_number(text: str) -> str:
    """ff202631, FF-2026-03-1: a batch; FF-2026-03-1-0002: one of its lines, as the bank writes it."""
    found = _BATCH.fullmatch(plain_number(text))
    if not found:
        return ""
    year, month, batch, line = found.groups()
    return "-".join(filter(None, ["FF", year, month, str(int(batch)), line]))


def _found(wanted: Wanted) -> Iterator[Found]:
    """The batch with the number; for one of its lines narrowed to the award that it pays."""
    *batch, line = wanted.text.split("-") if wanted.text.count("-") == _WITH_LINE else (*wanted.text.split("-"), "")
    for row in queries.batches(wanted.scope).filter(number="-".join(batch)):
        paid = queries.items(row.pk).filter(seq=int(line)).first() if line else None
        query = f"?q={paid.award.number}" if paid else ""
        if paid or not line:
            yield Found(row.number, "batch_detail", (row.number,), query, where=row.stamp)


kinds.put({"payments.batch": Kind(pgettext_lazy("audit", "发放批次"), READERS, _batch_number, _found, whole=True)})
_MAKER, _CHECKER, _RELEASER = (Role.FINANCE_MAKER,), (Role.FINANCE_CHECKER,), (Role.FINANCE_RELEASER,)
habits.put(
    {
        "payments.returned": Habit(Rhythm.WEEK, _MAKER, _("退回的款，账户更正后重新发放。"), "returned_list"),
        "payments.propose": Habit(Rhythm.MONTH, _MAKER, _("编制当月批次，先补欠付，再发当月。"), "batch_new"),
        "payments.approve": Habit(Rhythm.MONTH, _CHECKER, _("逐笔核对别人编制的批次，再复核通过。"), "batch_list"),
        "payments.reconcile": Habit(Rhythm.MONTH, _CHECKER, _("上月账和银行对账单对平，锁定月份。"), "reconcile"),
        "payments.write_off": Habit(Rhythm.WEEK, _CHECKER, _("看退回的款，发不出去的核销。"), "returned_list"),
        "payments.release": Habit(
            Rhythm.MONTH, _RELEASER, _("放款，把银行文件交给银行；回盘文件导回来。"), "batch_list"
        ),
        "payments.came_back": Habit(Rhythm.WEEK, _RELEASER, _("银行付讫后又退回的，登记到批次。"), "batch_list"),
        "payments.owed": Habit(
            Rhythm.MONTH,
            (Role.COMMUNITY_DIRECTOR, *OFFICER_ROLES, Role.AUDITOR),
            _("看哪些月份还欠着家庭，钱什么时候够。"),
            "arrears_list",
        ),
    }
)
