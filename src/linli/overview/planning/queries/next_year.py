"""What must stand before the year turns: one list, each line with who does it, by when and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.queries.renewals import next_pack, renewal_counts
from linli.foundation.screens.texts import money_text, pack_text
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, of_kind
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import packs_in_force, work_calendar
from linli.money.ledger.models import Fund
from linli.money.ledger.queries import Unspent, funds_of, proposed_out_of, unspent_of
from linli.overview.planning.models import Adoption
from linli.overview.planning.queries.versions import current_adoptions

# From this month on the next year is somebody's work.
FIRST_MONTH = 10
READERS = (
    Role.COMMUNITY_DIRECTOR,
    Role.STREET_OFFICER,
    Role.DISTRICT_OFFICER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


@dataclass(frozen=True)
class Line:
    """One thing that the next year needs. ``page`` is the name and query of the page that does it, "" for none."""

    title: object
    subject: str
    done: bool
    words: object
    role: Role
    due_date: date
    page: str = ""
    query: str = ""
    arguments: tuple[object, ...] = ()


def year_to_prepare(on: date) -> int:
    """The year that the list is about: the coming one, and until the end of March the one that has begun."""
    return on.year if on.month <= 3 else on.year + 1


def checklist(authority: Authority, on: date) -> list[Line]:
    """Everything that the year needs in the person's places, in the order in which it is done."""
    year = year_to_prepare(on)
    places = [area for area in of_kind(AreaKind.COMMUNITY) if authority.scope(*READERS).covers(area.stamp)]
    funds = funds_of([area.pk for area in places], (year - 1, year))
    living = [area for area in places if (area.pk, year - 1) in funds or (area.pk, year) in funds]
    adopted = current_adoptions([area.pk for area in living], year)
    packs = list(_packs(year))
    found = [_calendar(year)]
    for scheme, now, coming in packs:
        found.append(_pack(scheme, now, coming, year))
        found += _parameters(coming or now, year)
    carried = _carry_overs([fund for (_area, of), fund in funds.items() if of == year - 1], year)
    for area in living:
        for scheme, now, coming in packs:
            found.append(_plan(area, scheme, coming or now, year, adopted.get((area.pk, scheme))))
        found.append(_fund(area, year, funds.get((area.pk, year))))
        found += carried.get(area.pk, ())
    found += _renewals(authority, year)
    return found


def to_do(authority: Authority, on: date) -> Iterator[Line]:
    """Of the coming year's list what is not done and is this person's, from October on."""
    if FIRST_MONTH > on.month > 3 or not authority.held:
        return
    if not authority.holds(*READERS):
        return
    yield from (line for line in checklist(authority, on) if not line.done and authority.holds(line.role))


def _packs(year: int) -> Iterator[tuple[str, Pack, Pack | None]]:
    """Each scheme that pays anything: its pack of the year before, and the one that pays January."""
    for scheme, before in packs_in_force(date(year - 1, 12, 31)).items():
        if before.programmes:
            yield scheme, before, next_pack(scheme, date(year, 1, 1))


def _calendar(year: int) -> Line:
    done = work_calendar().is_published(year)
    words = _("期限按公布的放假安排计算") if done else _("未载入前，涉及该年的期限为暂定，载入后自动重新计算")
    return Line(
        _("载入放假安排"), str(year), done, words, Role.STREET_OFFICER, date(year - 1, 12, 15), "working_days_load"
    )


def _pack(scheme: str, now: Pack, coming: Pack | None, year: int) -> Line:
    words = (
        _("版本 %(version)s") % {"version": coming.version}
        if coming
        else _("用 linli plan next 按本年度方案写出，核对后用 linli pack install 安装")
    )
    due = date(year - 1, 11, 15)
    return Line(
        _("安装下一年度方案"), f"{pack_text(now.label)} {year}", coming is not None, words, Role.ADMINISTRATOR, due
    )


def _parameters(pack: Pack, year: int) -> Iterator[Line]:
    """Figures that have no value on the first day: nothing runs out unseen."""
    missing = [one for one in pack.parameters.values() if one.value_on(date(year, 1, 1)) is None]
    for one in missing:
        yield Line(
            _("补上参数"),
            pack_text(one.label),
            done=False,
            words=_("该年度 1 月 1 日起没有值"),
            role=Role.ADMINISTRATOR,
            due_date=date(year - 1, 11, 15),
        )


def _plan(area: Area, scheme: str, pack: Pack, year: int, adoption: Adoption | None) -> Line:
    words = _("版本 %(number)s") % {"number": adoption.version.number} if adoption else _("核对后保存版本并采用")
    key = scheme if pack.plan and pack.year != year else f"{scheme}-{year}"
    query = f"?scheme={key}&community={area.code}"
    title, subject = _("采用下一年度方案"), f"{area.name} {pack_text(pack.label)}"
    due = date(year - 1, 11, 30)
    return Line(title, subject, adoption is not None, words, Role.COMMUNITY_DIRECTOR, due, "plan_check", query)


def _fund(area: Area, year: int, fund: Fund | None) -> Line:
    words = fund.name if fund else _("按采用的方案设立；未设立前不能续发，也不能批准下一年度的待遇")
    query = f"?community={area.code}"
    return Line(
        _("设立下一年度资金"),
        area.name,
        fund is not None,
        words,
        Role.STREET_OFFICER,
        date(year - 1, 11, 30),
        "fund_open",
        query,
    )


def _carry_overs(funds: Sequence[Fund], year: int) -> dict[int, list[Line]]:
    """Restricted money that is left of the year before, by community; three statements for any number of funds."""
    waiting = proposed_out_of(funds)
    return {
        fund.community_id or 0: [_carry_over(fund, rows, year, waiting=fund.pk in waiting)]
        for fund, rows in zip(funds, unspent_of(funds).values(), strict=True)
        if rows
    }


def _carry_over(fund: Fund, rows: Sequence[Unspent], year: int, *, waiting: bool) -> Line:
    """Carried over when that year is over, for the same purpose."""
    left = sum(one.free_fen for one in rows)
    words = _("可结转 %(fen)s，年度结束后办理") % {"fen": money_text(left)} if left else _("没有剩余")
    return Line(
        _("结转限定用途资金"),
        fund.name,
        left == 0 and not waiting,
        _("已提出，等待批准") if waiting else words,
        Role.FINANCE_MAKER,
        date(year, 1, 31),
        "carry_over_list",
        arguments=(fund.code,),
    )


def _renewals(authority: Authority, year: int) -> Iterator[Line]:
    counts = renewal_counts(authority.scope(*READERS), date(year, 1, 1))
    if not counts:
        return
    left = counts.get(RenewalState.OPEN, 0) + counts.get(RenewalState.CONFIRMED, 0)
    words = _("还有 %(left)s 户未办完，共 %(all)s 户") % {"left": left, "all": sum(counts.values())}
    yield Line(
        _("年度复核"), str(year), left == 0, words, Role.COMMUNITY_WORKER, date(year - 1, 12, 16), "renewal_list"
    )
