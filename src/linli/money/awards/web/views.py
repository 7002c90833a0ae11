"""Look: the list of awards, and one award with its history, months and accounts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.cells import linked
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import found_or_404, render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import day_text, joined_by_dot, money_text, pack_text
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.period import Month
from linli.kernel.steps import Step
from linli.money.awards import queries
from linli.money.awards.codes import AwardState, EndReason, MonthState, Standing, Unit
from linli.money.awards.models import Award, AwardMonth
from linli.money.awards.permissions import can_change, can_unmask
from linli.money.awards.queries import AwardDetail
from linli.money.awards.steps import ACCOUNT, AWARD
from linli.money.awards.web.desk import open_months, reading
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.queries import waiting_about

_OVER = (AwardState.ENDED, AwardState.EXPIRED)


@reading
def award_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One award: what is paid, to whom, and everything that happened to it."""
    detail = found_or_404(queries.award_detail, desk.reads, number)
    award, standing = detail.award, detail.award.standing_on(desk.on)
    note_read(request, where=award.stamp, subject=f"award:{number}")
    offered = AWARD.offered(desk.person, award, desk.on)
    may_change = can_change(desk.person, award.stamp) and award.state != AwardState.ENDED
    may_shift = bool(open_months(award))
    proposals = waiting_about(f"awards:{number}")
    if any(one.kind == ProposalKind.AMOUNT for one in proposals):
        offered = [step for step in offered if step.code != "amount"]  # one at a time
    context = {
        "head": _head(award, standing, desk, list(_actions(award, offered, may_shift=may_shift)) if may_change else []),
        "detail": detail,
        "award": award,
        "under_review": award.review_opened_date is not None and standing not in (Standing.ENDED, Standing.EXPIRED),
        "facts": _facts(request, award),
        "proposals": proposals,
        "months": _months(detail),
        "history": _history(detail),
        "letters": queries.letters_of_award(desk.reads, award),
        "lost": queries.lost_holders([account.pk for account in detail.accounts], desk.on),
        "provisional": bool(queries.provisional_holds(detail.accounts, desk.on)),
        # Finance staff see numbers and masked names only.
        "knows_people": desk.may(award.stamp, *REGISTRY_ROLES),
        "settled": may_change and award.state != AwardState.EXPIRED and not may_shift,
        "may_propose": ACCOUNT.allows(desk.person, "propose", award, desk.on),
        "may_unmask": can_unmask(desk.person, award.stamp),
    }
    return render_page(request, "awards/award_detail.html", context)


def _head(award: Award, standing: Standing, desk: Desk, actions: list[Action]) -> Head:
    label = pack_text(queries.programme_labels(desk.on).get(award.programme, award.programme))
    amount = gettext("每月 %(fen)s") % {"fen": money_text(award.amount_fen)}
    lead = joined_by_dot(award.number, f"{award.get_unit_display()} {award.unit_key}", amount)
    return Head(label, lead, [(award.number, "")], standing, actions)


def _actions(award: Award, offered: Sequence[Step], *, may_shift: bool) -> Iterator[Action]:
    for step in offered:
        # Months that are settled are not shifted any more; an end may lie in them.
        if may_shift or step.code == "end":
            yield button(step.label, f"award_{step.code}", award.number, main=step.is_main(award), danger=step.danger)
    if award.determination_id:
        yield button(gettext("按规则重新计算"), "award_recalculate", award.number)
    if award.review_opened_date and award.state not in _OVER:
        yield button(gettext("完成复核"), "award_review", award.number, main=True)


def _facts(request: HttpRequest, award: Award) -> list[tuple[object, object]]:
    """Labels and values of the award itself."""
    page = "resident_detail" if award.unit == Unit.PERSON else "household_detail"
    return [
        (gettext("领取单位"), linked(request, page, award.unit_key)),
        (gettext("起止"), f"{day_text(award.valid_from)} – {day_text(award.last_date)}"),
        (gettext("申请"), linked(request, "application_detail", award.application_number)),
        (gettext("预算科目"), award.line.name),
        (gettext("批准日期"), day_text(award.granted_date)),
        (gettext("下次复核"), day_text(award.review_due_date)),
    ]


def _months(detail: AwardDetail) -> list[tuple[Month, int, str, str, bool]]:
    """Each payment of each month with fen, state, batch and whether it is a supplement; then what is still due."""
    taken: dict[Month, list[AwardMonth]] = defaultdict(list)
    for row in detail.months:
        if row.state != MonthState.VOIDED:
            taken[Month.of(row.month_date)].append(row)
    lines = []
    for month in sorted({*taken, *detail.due}):
        rows = sorted(taken[month], key=lambda row: row.part)
        lines += [(month, row.amount_fen, _state_text(row), row.batch_number, row.part > 0) for row in rows]
        left = detail.left(month)
        if left:
            lines.append((month, left, "", "", bool(rows)))
    return lines


def _state_text(month: AwardMonth) -> str:
    """Where a month stands, for readers who keep no books."""
    return gettext("已列支，待到账") if month.state == MonthState.ACCRUED else str(month.get_state_display())


def _history(detail: AwardDetail) -> list[dict[str, object]]:
    """Events newest first for the timeline component."""
    known = names([change.by_id for change in detail.changes])
    reasons = dict(EndReason.choices)
    return [
        {
            "at": change.at,
            "title": joined_by_dot(
                change.get_kind_display(),
                gettext("%(day)s 起") % {"day": day_text(change.effective_date)},
                money_text(change.amount_fen or None),
                reasons.get(change.reason, ""),
            ),
            "by": known.get(change.by_id, "") or gettext("系统"),
            "note": change.note,
            "mark": True,
        }
        for change in reversed(detail.changes)
    ]
