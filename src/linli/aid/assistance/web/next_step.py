"""What a family does next, in one sentence: what lies with them first, then what they wait for."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from linli.aid.assistance.queries.listing import OwnApplication
from linli.aid.assistance.queries.words import state_text
from linli.foundation.screens.heads import Action
from linli.foundation.screens.texts import counted, day_text, money_text, month_text
from linli.money.awards.codes import Standing
from linli.money.payments.queries.own import OwnAward


def next_step(cases: Sequence[OwnApplication], money: Sequence[OwnAward]) -> tuple[str, Action | None]:
    """The sentence, and the button that does it where a page can."""
    return _theirs(cases, money) or (_awaited(cases, money), None)


def _theirs(cases: Sequence[OwnApplication], money: Sequence[OwnAward]) -> tuple[str, Action | None] | None:
    lacking = next((case for case in cases if case.under_way and case.missing), None)
    if lacking is not None:
        address = reverse("application_papers", args=[lacking.number])
        words = counted("请补交 %(count)s 份材料。", len(lacking.missing))
        if lacking.lapses_date:
            words += gettext("最迟%(day)s。") % {"day": day_text(lacking.lapses_date)}
        return words, Action(gettext("补交材料"), address, main=True)
    if any(one.came_back for one in money):
        return gettext("有一笔钱被银行退回。请打电话核对收款账户。"), None
    running = [one for one in money if one.standing in (Standing.ACTIVE, Standing.UPCOMING)]
    if any(not one.has_account for one in running):
        return gettext("收款账户还不能用。请打电话问社区。"), None
    return None


def _awaited(cases: Sequence[OwnApplication], money: Sequence[OwnAward]) -> str:
    open_case = next((case for case in cases if case.clock and case.under_way), None)
    if open_case is not None and open_case.clock is not None:
        now = {"state": state_text(open_case.state, open_case.step), "day": day_text(open_case.clock.due_date)}
        return gettext("现在不用办什么。%(state)s，最迟%(day)s答复。") % now
    lasts = [_until(one, money) for one in money if one.standing == Standing.ACTIVE]
    if lasts:
        return gettext("现在不用办什么。待遇到%(day)s，之前会复核。") % {"day": day_text(min(lasts))}
    begins = [one.first_date for one in money if one.standing == Standing.UPCOMING]
    if begins:
        return gettext("现在不用办什么。待遇从%(day)s起。") % {"day": day_text(min(begins))}
    return gettext("有困难可以申请，也可以打电话问。")


def _until(award: OwnAward, money: Sequence[OwnAward]) -> date:
    """The last day on which what an award gives goes on: one that is granted already may follow it without a gap."""
    last = award.last_date
    following = (one for one in money if one.standing == Standing.UPCOMING)
    for one in sorted(following, key=lambda one: one.first_date):
        same = (one.programme, one.unit_key) == (award.programme, award.unit_key)
        if same and one.first_date <= last + timedelta(days=1):
            last = max(last, one.last_date)
    return last


def coming(award: OwnAward) -> str:
    """What comes next of an award, in words; empty where nothing does."""
    if award.coming is None or award.standing not in (Standing.ACTIVE, Standing.UPCOMING):
        return ""
    month, fen = award.coming
    return gettext("接下来发%(month)s：%(fen)s") % {"month": month_text(month), "fen": money_text(fen)}
