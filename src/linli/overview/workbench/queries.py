"""What waits for a person, from every room, in one list; and the audit trail of the person's areas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.queries.renewals import renewal_work
from linli.aid.assistance.queries.worklist import WorkItem, work_items
from linli.foundation.screens.texts import day_text, joined, money_text, month_text
from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.ground.areas.queries import ids_within, without_office
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.ground.users.queries import names as user_names
from linli.kernel.masking import mask_name
from linli.law.policies.queries import work_calendar
from linli.money.awards.codes import AdjustmentState
from linli.money.awards.queries import (
    open_receivables,
    owed,
    proposed_accounts,
    review_occasions,
    reviews_due,
    to_replace,
)
from linli.money.awards.queries.adjustments import waiting_adjustments
from linli.money.ledger.codes import CarryOverState
from linli.money.ledger.queries import carry_overs, funds, open_months, proposed_carry_overs, unspent
from linli.money.payments.codes import BatchState
from linli.money.payments.queries import Outlook, batches, returned_sums, unproposed
from linli.overview.workbench.codes import SUBJECTS
from linli.overview.workbench.next_year import to_do
from linli.registry.residents.queries import head_names

LIMIT = 200
# A yearly review that is due within so many days is urgent.
_SOON = timedelta(days=30)
# Until this month the restricted money of the year before is somebody's work.
_CARRIED_BY = 3
_HANDS: Mapping[str, tuple[Role, object, object]] = {
    BatchState.PROPOSED: (Role.FINANCE_CHECKER, _("复核发放批次"), _("经办已提出，等待另一人复核")),
    BatchState.APPROVED: (Role.FINANCE_RELEASER, _("放款"), _("已复核，等待第三人放款")),
    BatchState.RELEASED: (Role.FINANCE_RELEASER, _("导入银行回盘"), _("银行文件已发出，等待回盘")),
}


@dataclass(frozen=True)
class Todo:
    """One row of my work. ``url`` is the name and arguments of the page that does it."""

    title: object
    subject: str
    who: str
    place: str
    because: object
    url: tuple[str, tuple[object, ...]]
    colour: str = ""  # GREEN, AMBER, RED, PAUSED, or "" when no law sets a date
    days_left: int = 0
    due_date: date | None = None
    provisional: bool = False
    article: str = ""
    kind: str = ""
    query: str = ""  # what the page shall already know


def waiting(authority: Authority, on: date) -> list[Todo]:
    """Everything that waits for the person, by legal deadline; what has none comes last."""
    rows = [
        *(_case(item) for item in work_items(authority.scope(), authority, on)),
        *_reviews(authority, on),
        *_renewals(authority, on),
        *_next_year(authority, on),
        *_offices(authority),
        *_accounts(authority),
        *_accounts_to_replace(authority, on),
        *_batches(authority),
        *_unproposed(authority, on),
        *_returned(authority, on),
        *_unreconciled(authority, on),
        *_owed(authority, on),
        *_adjustments(authority),
        *_carry_overs(authority, on),
    ]
    return sorted(rows, key=lambda row: (row.due_date or date.max, row.subject))


def trail(
    authority: Authority, *, subject: str = "", before: int = 0, day: date | None = None, limit: int = audit.PAGE
) -> Sequence[AuditLine]:
    """The newest audit entries of the areas where the person is auditor, names filled in; narrowed to a day.

    ``subject`` may be the whole key ("application:JZ-2026-0001") or the number alone, as people know it.
    """
    chains = ids_within(authority.scope(Role.AUDITOR))
    subjects = [subject, *(f"{kind}:{subject}" for kind in SUBJECTS)] if subject else []
    lines = audit.lines(chains, subjects=subjects, before=before, day=day, limit=limit)
    names = user_names(line.actor_id for line in lines)
    return [line.named(names.get(line.actor_id or 0, "")) for line in lines]


def _case(item: WorkItem) -> Todo:
    seat = item.assessment_id is not None
    return Todo(
        item.step.label,
        item.number,
        item.applicant,
        item.place,
        item.deadline or item.because,
        ("assessment_sheet", (item.assessment_id,)) if seat else (item.page, (item.number,)),
        item.colour,
        item.days_left,
        item.due_date,
        item.provisional,
        item.article,
        item.step.value,
    )


def _reviews(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.COMMUNITY_DIRECTOR)
    if not scope:
        return
    calendar = work_calendar()
    awards = list(reviews_due(scope).select_related("household"))
    heads = head_names(award.household_id for award in awards)
    occasions = review_occasions(awards)
    left: dict[date, int] = {}  # many reviews fall due on the same day
    for award in awards:
        due = award.review_due_date
        if due is None:
            continue
        if due not in left:
            left[due] = calendar.working_days_between(on, due)
        yield Todo(
            _("变化复核") if occasions.get(award.pk) else _("定期复核"),
            award.number,
            mask_name(heads.get(award.household_id, "")),
            award.unit_key,
            occasions[award.pk][-1].get_kind_display() if occasions.get(award.pk) else _("到了复核日期"),
            ("award_detail", (award.number,)),
            "RED" if due < on else "AMBER",
            left[due],
            due,
            kind="REVIEW_AWARD",
        )


def _renewals(authority: Authority, on: date) -> Iterator[Todo]:
    """The yearly review is one line of the office, due on the day of its most urgent family."""
    work = renewal_work(authority)
    if not work:
        return
    calendar = work_calendar()
    for one in work:
        words = (
            ngettext("%(count)s 户待核实", "%(count)s 户待核实", one.number)
            if one.state == RenewalState.OPEN
            else ngettext("%(count)s 户须重新申请，还没有申请", "%(count)s 户须重新申请，还没有申请", one.number)
            if one.state == RenewalState.REAPPLY
            else ngettext("%(count)s 户待决定", "%(count)s 户待决定", one.number)
        )
        yield Todo(
            _("年度复核"),
            words % {"count": one.number},
            "",
            "",
            _("待遇到期前办完"),
            ("renewal_list", ()),
            "RED" if one.due_date < on else "AMBER" if one.due_date - on <= _SOON else "GREEN",
            calendar.working_days_between(on, one.due_date),
            one.due_date,
            kind="RENEWALS",
        )


def _next_year(authority: Authority, on: date) -> Iterator[Todo]:
    """What the coming year still needs from this person; the whole list stands on its page."""
    for line in to_do(authority, on):
        left = work_calendar().working_days_between(on, line.due_date)
        colour = "RED" if line.due_date < on else "GREEN"
        yield Todo(
            line.title,
            line.subject,
            "",
            "",
            line.words,
            ("next_year", ()),
            colour,
            left,
            line.due_date,
            kind="NEXT_YEAR",
        )


def _offices(authority: Authority) -> Iterator[Todo]:
    """Letters and posters have blanks where nobody has entered how the office is reached: one line for all."""
    scope = authority.scope(Role.ADMINISTRATOR)
    missing = without_office(scope) if scope else []
    if missing:
        words = ngettext("%(count)s 个社区", "%(count)s 个社区", len(missing)) % {"count": len(missing)}
        because = gettext("文书和公示上须写明；未登记前留空待填")
        yield _of_office(_("登记办公电话和地址"), words, because, "area_list", "OFFICES")


def _accounts(authority: Authority) -> Iterator[Todo]:
    scope = authority.scope(Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
    if not scope:
        return
    for account in proposed_accounts(scope)[:LIMIT]:
        if account.proposed_by_id != authority.user_id:
            yield Todo(
                _("确认收款账户"),
                account.unit_key,
                mask_name(account.holder_name),
                "",
                _("由另一人登记，确认后才能发放"),
                ("account_list", ()),
                kind="ACCOUNT",
            )


def _accounts_to_replace(authority: Authority, on: date) -> Iterator[Todo]:
    """The holder died: nobody is paid there any more until the family brings another account."""
    scope = authority.scope(Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)
    if not scope:
        return
    for account in to_replace(scope, on)[:LIMIT]:
        yield Todo(
            _("更换收款账户"),
            account.unit_key,
            mask_name(account.holder_name),
            "",
            _("户名人已死亡，原账户不再付款"),
            ("account_new", ()),
            kind="ACCOUNT",
            query=f"?unit={account.unit_key}",
        )


def _batches(authority: Authority) -> Iterator[Todo]:
    for state, (role, title, because) in _HANDS.items():
        scope = authority.scope(role)
        if not scope:
            continue
        for batch in batches(scope, state=state)[:LIMIT]:
            if authority.user_id not in (batch.maker_id, batch.checker_id) or state == BatchState.RELEASED:
                yield Todo(title, batch.number, "", "", because, ("batch_detail", (batch.number,)), kind="BATCH")


def _of_office(title: object, subject: str, because: str, page: str, kind: str) -> Todo:
    """What waits for an office as a whole is one line with its number: on the page behind it each one is told."""
    return Todo(title, subject, "", "", because, (page, ()), kind=kind)


def _unproposed(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_MAKER)
    if not scope:
        return
    for one in unproposed(funds(scope), on):
        yield _of_office(_("编制发放批次"), one.fund.name, _unproposed_words(one), "batch_new", "UNPROPOSED")


def _unproposed_words(one: Outlook) -> str:
    words = (
        ngettext(
            "%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s；资金不足",
            "%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s；资金不足",
            one.ready,
        )
        if one.is_short
        else ngettext(
            "%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s",
            "%(month)s还没有批次：%(count)s 笔可发，共 %(fen)s",
            one.ready,
        )
    )
    return words % {"month": month_text(one.month), "count": one.ready, "fen": money_text(one.ready_fen)}


def _returned(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_MAKER)
    if not scope:
        return
    back = returned_sums(scope)
    if not back.number:
        return
    days = (on - (back.oldest or on)).days
    because = ngettext("最早的一笔 %(day)s 退回，已 %(days)s 天", "最早的一笔 %(day)s 退回，已 %(days)s 天", days)
    because = because % {"day": day_text(back.oldest), "days": days}
    yield _of_office(_("重新发放退回款项"), _how_much(back.number, back.fen), because, "returned_list", "RETURNED")


def _unreconciled(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_CHECKER)
    if not scope:
        return
    mine = funds(scope)
    left = open_months(mine, on)
    for fund in mine:
        months = left[fund.pk]
        if not months:
            continue
        one, several = _("%(month)s已结束，还没有与银行对账"), _("%(month)s等 %(count)s 个月已结束，还没有与银行对账")
        words = several if len(months) > 1 else one
        because = words % {"month": month_text(months[0]), "count": len(months)}
        yield _of_office(_("月末对账"), fund.name, because, "reconcile", "UNRECONCILED")


def _owed(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_CHECKER)
    if not scope:
        return
    sums = owed(open_receivables(scope))
    if not sums.number:
        return
    days = (on - (sums.oldest or on)).days
    because = ngettext("最早的一笔 %(day)s 列入，已 %(days)s 天", "最早的一笔 %(day)s 列入，已 %(days)s 天", days)
    because = because % {"day": day_text(sums.oldest), "days": days}
    yield _of_office(_("收回多付款项"), _how_much(sums.number, sums.fen), because, "receivable_list", "OWED")


def _adjustments(authority: Authority) -> Iterator[Todo]:
    """Awards of which the rules say another amount, where a person, facts or the budget are waited for."""
    scope = authority.scope(Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
    counts = waiting_adjustments(scope) if scope else {}
    if counts:
        words = joined(f"{AdjustmentState(state).label} {number}" for state, number in counts.items())
        number = sum(counts.values())
        much = ngettext("共 %(count)s 项", "共 %(count)s 项", number) % {"count": number}
        yield _of_office(_("审定重新核定的待遇"), much, words, "adjustment_list", "ADJUSTMENTS")


def _carry_overs(authority: Authority, on: date) -> Iterator[Todo]:
    """Restricted money of the year before: to propose for the maker in spring, to approve for another person."""
    scope = authority.scope(Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
    for row in proposed_carry_overs(scope) if scope else ():
        if row.proposed_by_id != authority.user_id:
            words = _("由另一人提出，批准后记账")
            page: tuple[str, tuple[object, ...]] = ("carry_over_detail", (row.number,))
            yield Todo(_("批准限定用途资金结转"), row.number, "", "", words, page, kind="CARRY_OVER")
    makes = authority.scope(Role.FINANCE_MAKER)
    if not makes or on.month > _CARRIED_BY:
        return
    for fund in (one for one in funds(makes) if one.year == on.year - 1):
        left = sum(one.free_fen for one in unspent(fund) if one.target)
        if left and not any(one.state == CarryOverState.PROPOSED for one in carry_overs(fund)):
            because = _("上年限定用途资金还有 %(fen)s") % {"fen": money_text(left)}
            page = ("carry_over_list", (fund.code,))
            yield Todo(_("结转限定用途资金"), fund.name, "", "", because, page, kind="CARRY_OVER")


def _how_much(number: int, fen: int) -> str:
    words = ngettext("共 %(count)s 笔，%(fen)s", "共 %(count)s 笔，%(fen)s", number)
    return words % {"count": number, "fen": money_text(fen)}
