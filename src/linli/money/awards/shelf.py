"""What this room adds to what is shared: the words of its acts, its invariants, what waits in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.measures import measures
from linli.foundation.screens import families
from linli.foundation.screens.finding import MOST, Found, Kind, Wanted, kinds, last_four, numbered, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.texts import counted, day_text, joined, joined_by_dot, money_text, pack_text
from linli.foundation.screens.work import SOON, Pile, Todo, Work, awaiting, listed, work
from linli.foundation.trail import words
from linli.foundation.trail.invariants import invariants
from linli.foundation.trail.keeping import Kept, kept
from linli.ground.notifications.queries import done_since
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.kernel.steps import Workflow
from linli.law.policies.queries import work_calendar
from linli.money.awards import family, queries
from linli.money.awards.codes import PROPOSERS, AccountState, AdjustmentState, HolderLoss
from linli.money.awards.models import DueMark, PayeeAccount, ReviewOccasion
from linli.money.awards.operations.changes import set_amount
from linli.money.awards.operations.dues import reckon_dues
from linli.money.awards.operations.receivables import book_recovery, waive_claim
from linli.money.awards.operations.redetermining import keep_above
from linli.money.awards.permissions import CHANGERS, READERS
from linli.money.awards.queries import Award
from linli.money.awards.queries.adjustments import waiting_adjustments
from linli.money.awards.queries.holders import units_paid_to
from linli.money.awards.queries.measures import ON_THE_BOOKS
from linli.money.awards.steps import ACCOUNT, ADJUSTMENT, AMOUNT, AWARD, CLOSING, KEEP, RECEIVABLE, RECOVERY, WAIVER
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.operations import Kind as Proposed
from linli.money.ledger.operations import kinds as kinds_of_proposals
from linli.money.ledger.queries import waiting_of, waiting_within
from linli.registry.residents.queries import head_names
from linli.registry.residents.queries.near import entrusted

entrusted.put({"awards.accounts": units_paid_to})
words.acts.put(
    {
        "awards.propose_amount": pgettext_lazy("audit", "提出调整待遇金额"),
        "awards.propose_waiver": pgettext_lazy("audit", "提出免予追回"),
        "awards.complete_review": pgettext_lazy("audit", "完成定期复核"),
        "awards.confirm_account": pgettext_lazy("audit", "确认收款账户"),
        "awards.end": pgettext_lazy("audit", "终止待遇"),
        "awards.end_departed": pgettext_lazy("audit", "去世或迁出终止待遇"),
        "awards.expire_awards": pgettext_lazy("audit", "记录期满的待遇"),
        "awards.fall_due_reviews": pgettext_lazy("audit", "定期复核到期"),
        "awards.propose_account": pgettext_lazy("audit", "登记收款账户"),
        "awards.recompute_holds": pgettext_lazy("audit", "重新计算账户保护期"),
        "awards.propose_recovery": pgettext_lazy("audit", "登记追回多付款"),
        "awards.adopt_adjustments": pgettext_lazy("audit", "按规则调整待遇"),
        "awards.dismiss_adjustments": pgettext_lazy("audit", "维持待遇不变"),
        "awards.keep_day": pgettext_lazy("audit", "记录已重新核对的日期"),
        "awards.recalculate": pgettext_lazy("audit", "按现有情况重新计算"),
        "awards.redetermine": pgettext_lazy("audit", "标准或年龄变化后重新核定"),
        "awards.resume": pgettext_lazy("audit", "恢复待遇"),
        "awards.stop_accounts": pgettext_lazy("audit", "停用户名人已死亡或不再代领的账户"),
        "awards.suspend": pgettext_lazy("audit", "暂停待遇"),
        "awards.unmask_account": pgettext_lazy("audit", "查看完整账号"),
    }
)
words.subjects.put(
    {
        "award": pgettext_lazy("audit", "待遇"),
        "payee": pgettext_lazy("audit", "收款对象"),
        "payees": pgettext_lazy("audit", "收款账户"),
        "accounts": pgettext_lazy("audit", "收款账户清单"),
        "awards": pgettext_lazy("audit", "待遇清单"),
        "adjustments": pgettext_lazy("audit", "重新核定清单"),
        "preview": pgettext_lazy("audit", "重新核定推算"),
        "receivables": pgettext_lazy("audit", "应收回清单"),
        "reviews": pgettext_lazy("audit", "定期复核"),
        "departed": pgettext_lazy("audit", "去世或迁出"),
        "expired": pgettext_lazy("audit", "期满待遇"),
        "holds": pgettext_lazy("audit", "账户保护期"),
        "redetermined": pgettext_lazy("audit", "重新核定"),
    }
)


def _reviews(authority: Authority, on: date) -> Iterator[Pile]:
    scope = authority.scope(Role.COMMUNITY_DIRECTOR)
    if not scope:
        return
    rows = AWARD.of_others(queries.reviews_due(scope).filter(review_due_date__isnull=False), authority, on)
    after_soon = work_calendar().add_working_days(on, SOON + 1).date
    soon = Q(review_due_date__gte=on, review_due_date__lt=after_soon)
    late = Count("pk", filter=Q(review_due_date__lt=on))
    counts = rows.order_by().aggregate(total=Count("pk"), late=late, soon=Count("pk", filter=soon))
    if counts["total"]:
        yield Pile("REVIEW_AWARD", _("定期和变化复核"), first=lambda number: _reviewed(rows[:number], on), **counts)


def _reviewed(rows: QuerySet[Award], on: date) -> Sequence[Todo]:
    calendar, awards = work_calendar(), list(rows.select_related("household"))
    heads = head_names(award.household_id for award in awards)
    occasions = queries.review_occasions(awards)
    dues = {award.review_due_date or on for award in awards}  # many reviews fall due on the same day
    left = {due: calendar.working_days_between(on, due) for due in dues}
    return [_review(award, heads, occasions.get(award.pk, ()), left, on) for award in awards]


def _review(
    award: Award,
    heads: Mapping[int, str],
    occasions: Sequence[ReviewOccasion],
    left: Mapping[date, int],
    on: date,
) -> Todo:
    due = award.review_due_date or on
    return Todo(
        "REVIEW_AWARD",
        _("变化复核") if occasions else _("定期复核"),
        award.number,
        "award_detail",
        (award.number,),
        verb=pgettext_lazy("verb", "复核"),
        who=heads.get(award.household_id, ""),
        place=award.unit_key,
        because=occasions[-1].get_kind_display() if occasions else _("到了复核日期"),
        colour="RED" if due < on else "AMBER",
        days_left=left[due],
        due_date=due,
    )


def _accounts(authority: Authority, on: date) -> Iterator[Pile]:
    """Accounts to confirm that somebody else wrote down, and those whose holder died, or is member or guardian no
    more: nobody is paid there, and nobody may confirm them.
    """
    scope = authority.scope(Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
    proposed = queries.confirmable(queries.payee_accounts(scope), on)
    proposed = proposed.exclude(proposed_by_id__in=authority.accounts(on)) if scope else proposed
    proposed = ACCOUNT.of_others(proposed, authority, on)
    because = _("由另一人登记，确认后才能发放")
    confirm, verb = _("确认收款账户"), pgettext_lazy("verb", "确认")
    yield from _pile(proposed, "ACCOUNT.CONFIRM", confirm, verb, because, "account_list", on)
    scope = authority.scope(Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)
    to_replace = ACCOUNT.of_others(queries.to_replace(scope, on), authority, on)
    replace, verb = _("更换收款账户"), pgettext_lazy("verb", "更换")
    yield from _pile(to_replace, "ACCOUNT.REPLACE", replace, verb, None, "account_new", on)


def _pile(
    rows: QuerySet[PayeeAccount], kind: str, title: object, verb: object, because: object, page: str, on: date
) -> Iterator[Pile]:
    """``because``: why each of them waits; None: what became of its holder."""

    def first(number: int) -> Sequence[Todo]:
        found = list(rows.order_by("unit_key", "pk")[:number])
        lost = {} if because is not None else queries.lost_holders((row.pk for row in found), on)
        return [_account(row, because or _why(row, lost.get(row.pk))) for row in found]

    def _account(row: PayeeAccount, because: object) -> Todo:
        who, query = row.holder_name, f"?unit={row.unit_key}" if page == "account_new" else ""
        return Todo(kind, title, row.unit_key, page, query=query, verb=verb, who=who, because=because)

    total = rows.count()
    if total:
        yield Pile(kind, title, total, first)


def _why(row: PayeeAccount, loss: HolderLoss | None) -> object:
    """Why another account is asked for in the place of this one."""
    if loss is None:
        return _("没有注明户名人与领取人的关系，登记的账户不能确认")
    return loss.refused if row.state == AccountState.PROPOSED else loss.because


def _owed(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(*RECOVERY.step("propose").roles)
    waiting = waiting_within(scope, CLOSING) if scope else []
    open_ones = queries.open_receivables(scope)
    open_ones = open_ones.exclude(pk__in=waiting) if waiting else open_ones
    sums = queries.owed(RECEIVABLE.of_others(open_ones, authority, on))
    if sums.number:
        days = (on - (sums.oldest or on)).days
        because = counted("最早的一笔 %(day)s 列入，已 %(days)s 天", days, day=day_text(sums.oldest), days=days)
        much = counted("共 %(count)s 笔，%(fen)s", sums.number, fen=money_text(sums.fen))
        yield Todo("OWED", _("收回多付款项"), much, "receivable_list", because=because)


def _adjustments(authority: Authority, on: date) -> Iterator[Todo]:
    """Awards of which the rules say another amount, where a person, facts or the budget are waited for."""
    scope = authority.scope(Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
    asked = waiting_within(scope, [ProposalKind.KEEP]) if scope else []
    counts = waiting_adjustments(
        scope, lambda rows: ADJUSTMENT.of_others(rows.exclude(pk__in=asked) if asked else rows, authority, on)
    )
    if counts:
        because = joined(f"{AdjustmentState(state).label} {number}" for state, number in counts.items())
        much = counted("共 %(count)s 项", sum(counts.values()))
        title = _("审定重新核定的待遇")
        yield Todo("ADJUSTMENTS", title, much, "adjustment_list", verb=pgettext_lazy("verb", "审定"), because=because)


def _second(flow: Workflow, kind: ProposalKind) -> Work:
    """What of a kind waits for the second person."""
    return awaiting(flow, kind.label, "proposal_detail", {"confirm": waiting_of(kind)})


kinds_of_proposals.put(
    {
        ProposalKind.AMOUNT: Proposed(AMOUNT, set_amount),
        ProposalKind.WAIVER: Proposed(WAIVER, waive_claim),
        ProposalKind.KEEP: Proposed(KEEP, keep_above),
        ProposalKind.RECOVERY: Proposed(RECOVERY, book_recovery),
    }
)
work.put(
    {
        "awards.amounts": _second(AMOUNT, ProposalKind.AMOUNT),
        "awards.waivers": _second(WAIVER, ProposalKind.WAIVER),
        "awards.recoveries": _second(RECOVERY, ProposalKind.RECOVERY),
        "awards.kept": _second(KEEP, ProposalKind.KEEP),
        "awards.reviews": _reviews,
        "awards.accounts": _accounts,
        "awards.owed": listed(_owed),
        "awards.adjustments": listed(_adjustments),
    }
)
families.parts.put({"awards": family.part})
families.stories.put({"awards": family.story})
invariants.put({"awards": queries.invariants})
done_since.put(dict.fromkeys(sorted({*queries.ACCOUNT_STOPPED.values()}), queries.account_since))
kept.put({queries.DUES: Kept(DueMark, "award_id", reckon_dues, at_once=500)})
measures.put({"awards.on_the_books": ON_THE_BOOKS})


def _of_family(text: str) -> str:
    """Numbers by which those know a family who do not know its name: household, resident, application."""
    return next((number for reads in _FAMILY if (number := reads(text))), "")


def _found_awards(wanted: Wanted) -> Iterator[Found]:
    labels = queries.programme_labels(wanted.on)
    for row in queries.awards(wanted.scope, text=wanted.text)[:MOST]:
        lead = joined_by_dot(pack_text(labels.get(row.programme, row.programme)), row.unit_key)
        state, page = row.standing_on(wanted.on), "award_detail"
        yield Found(row.number, page, (row.number,), lead=lead, state=state, where=row.stamp, shows=row.number)


def _found_accounts(wanted: Wanted) -> Iterator[Found]:
    """Accounts by their last digits; by name for those who know the family, masked for others."""
    for row in queries.payee_accounts(wanted.scope, text=wanted.text)[:MOST]:
        holder = wanted.person.named(row.stamp, row.holder_name)
        query = f"?q={row.unit_key}&state={row.state}"
        title, lead = f"**** {row.account_last4}", joined_by_dot(holder, row.unit_key, row.bank_name)
        state = AccountState(row.state)
        yield Found(title, "account_list", (), query, lead, state, where=row.stamp, shows=row.unit_key)


_FAMILY = (series("H", 6, yearly=False), series("R", 6, yearly=False), series("JZ"))
_AWARD = pgettext_lazy("audit", "待遇")
numbered("awards.award", _AWARD, READERS, series("DY"), "award_detail", queries.awards)
kinds.put(
    {
        "awards.of_family": Kind(_AWARD, READERS, _of_family, _found_awards),
        "awards.account": Kind(_("收款账户"), READERS, last_four, _found_accounts),
    }
)
habits.put(
    {
        "awards.propose": Habit(Rhythm.WEEK, PROPOSERS, _("登记和更正收款账户，退回的款先看账户。"), "account_list"),
        "awards.confirm": Habit(
            Rhythm.WEEK,
            ACCOUNT.step("confirm").roles,
            _("确认别人登记的收款账户，自己登记的由别人确认。"),
            "account_list",
        ),
        "awards.adjust": Habit(
            Rhythm.WEEK, CHANGERS, _("家庭情况变了的，看规则算出的调整，决定照办还是不照办。"), "adjustment_list"
        ),
        "awards.recover": Habit(
            Rhythm.MONTH, RECOVERY.step("propose").roles, _("登记收回的多发款。"), "receivable_list"
        ),
    }
)
