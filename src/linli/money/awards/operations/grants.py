"""Grant awards: the decision's promise on the budget."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.numbering import take_labels
from linli.foundation.data.scope import Stamp
from linli.foundation.trail.acts import build_on, within_act
from linli.foundation.trail.behind import Behind
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.money.awards.codes import ChangeKind, Unit
from linli.money.awards.models import Award, AwardChange, AwardMember
from linli.money.awards.queries import account_keys, has_confirmed_account
from linli.money.awards.rules.schedule import promised_months
from linli.money.ledger.operations import AmountNotPositive, Promise, commit
from linli.money.ledger.queries import lines_by_id
from linli.registry.residents.queries import named_residents, named_units


class PayeeAccountMissing(DomainError):
    """Nothing is granted before it is known where to pay."""

    message = _("请先确认收款账户：%(units)s")


class AwardOverlapping(DomainError):
    """A person is protected once by a programme on any day; whose award it is, is not told."""

    message = _("%(residents)s 在该期间已享受此项待遇，不能重复批准")


class PeriodEmpty(DomainError):
    """An award covers at least one month of the fund's year."""

    message = _("待遇起止月份不正确：至少发放一个月，且在资金年度内")


class MembersMissing(DomainError):
    """An award protects at least one person."""

    message = _("请指明待遇保障的人员")


@dataclass(frozen=True)
class Grant:
    """One award to grant. Months default to the one after the decision through the last of the fund's year."""

    programme: str
    unit: Unit
    unit_key: str  # household or resident number
    household_id: int
    resident_id: int | None  # of a person's award
    member_ids: tuple[int, ...]  # residents protected
    amount_fen: int
    line_id: int
    application_number: str
    stamp: Stamp
    determination_id: int | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    review_due_date: date | None = None
    renews_id: int | None = None  # the award that this one goes on from


@within_act
def grant(act: Act, *, grants: Sequence[Grant]) -> list[Award]:
    """Grant a set of awards and commit their months in the fund's year; the caller checked who may decide.

    Raises PayeeAccountMissing, MembersMissing, AmountNotPositive, PeriodEmpty, AwardOverlapping, BudgetExhausted.
    """
    if not grants:
        return []
    lines = lines_by_id([one.line_id for one in grants])
    periods = [_period(one, act.on, lines[one.line_id].fund.year) for one in grants]
    _check(grants, periods, act.on)
    numbers = take_labels("DY", act.on.year, len(grants))
    awards = Award.objects.bulk_create(
        [
            Award(
                number=number,
                programme=one.programme,
                unit=one.unit,
                unit_key=one.unit_key,
                household_id=one.household_id,
                resident_id=one.resident_id,
                amount_fen=one.amount_fen,
                valid_from=start,
                valid_until=until,
                line=lines[one.line_id],
                application_number=one.application_number,
                determination_id=one.determination_id,
                granted_date=act.on,
                renews_id=one.renews_id,
                review_due_date=one.review_due_date,
                **one.stamp.columns(),
            )
            for number, one, (start, until) in zip(numbers, grants, periods, strict=True)
        ]
    )
    _protect(awards, grants)
    _record(act, awards)
    _commit(act, awards)
    return awards


def _period(one: Grant, on: date, year: int) -> tuple[date, date]:
    first = one.first_month or Month.of(on).plus(1)
    last = one.last_month or Month(year, 12)
    if last < first or first.year != year:
        raise PeriodEmpty(field="first_month")
    return first.first_day, last.plus(1).first_day


def _check(grants: Sequence[Grant], periods: Sequence[tuple[date, date]], on: date) -> None:
    if any(one.amount_fen <= 0 for one in grants):
        raise AmountNotPositive(field="amount")
    if not all(one.member_ids for one in grants):
        raise MembersMissing
    units = {one.unit_key for one in grants}
    # Where it is to be paid, and what protects the people already.
    protected = {"awards_awardmember.resident_id": {pk for one in grants for pk in one.member_ids}}
    build_on(Behind({"awards_payeeaccount": account_keys(units)}, protected))
    missing = sorted(units - has_confirmed_account(units, on))
    if missing:
        raise PayeeAccountMissing(field="account", units=Listed(named_units(missing)))
    _check_overlaps(grants, periods)


def _check_overlaps(grants: Sequence[Grant], periods: Sequence[tuple[date, date]]) -> None:
    taken: dict[tuple[int, str], list[tuple[date, date]]] = defaultdict(list)
    rows = AwardMember.objects.filter(resident_id__in={pk for one in grants for pk in one.member_ids})
    for row in rows.filter(valid_from__lt=F("valid_until")):
        taken[(row.resident_id, row.programme)].append((row.valid_from, row.valid_until))
    twice: set[int] = set()
    for one, (start, until) in zip(grants, periods, strict=True):
        for resident_id in one.member_ids:
            spans = taken[(resident_id, one.programme)]
            if any(start < other_until and other_start < until for other_start, other_until in spans):
                twice.add(resident_id)
            spans.append((start, until))
    if twice:
        raise AwardOverlapping(residents=Listed(named_residents(twice)))


def _protect(awards: Sequence[Award], grants: Sequence[Grant]) -> None:
    members = [
        AwardMember(
            award=award,
            resident_id=resident_id,
            programme=award.programme,
            valid_from=award.valid_from,
            valid_until=award.valid_until,
        )
        for award, one in zip(awards, grants, strict=True)
        for resident_id in one.member_ids
    ]
    # In order of resident: the database locks each person while it checks.
    AwardMember.objects.bulk_create(sorted(members, key=lambda member: (member.resident_id, member.programme)))


def _record(act: Act, awards: Sequence[Award]) -> None:
    AwardChange.objects.bulk_create(
        [
            AwardChange(
                award=award,
                seq=1,
                kind=ChangeKind.GRANTED,
                effective_date=award.valid_from,
                until_date=award.valid_until,
                amount_fen=award.amount_fen,
                by_id=act.by.pk,
                at=act.at,
            )
            for award in awards
        ]
    )


def _commit(act: Act, awards: Sequence[Award]) -> None:
    by_fund: dict[int, list[Promise]] = defaultdict(list)
    for award in awards:
        fund = award.line.fund
        months = promised_months(Month.of(award.valid_from), Month.of(award.last_date), fund.year)
        by_fund[fund.pk].append(Promise(award.line_id, award.amount_fen * months, award.number))
    for fund_id, promises in sorted(by_fund.items()):
        commit(act, fund_id=fund_id, promises=promises, subject=_subject(promises))


def _subject(promises: Sequence[Promise]) -> str:
    first, last = promises[0].reference, promises[-1].reference
    return f"awards:{first}" if first == last else f"awards:{first}..{last}"
