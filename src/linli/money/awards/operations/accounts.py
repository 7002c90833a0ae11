"""Payee accounts: proposed by one person, confirmed by another, held when changed."""

import logging
import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Max, Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import blind_index, open_sealed, seal
from linli.foundation.data.locks import locked
from linli.foundation.screens.texts import pack_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.foundation.trail.behind import Behind, forged_behind
from linli.ground.users.operations.looking import look
from linli.ground.users.queries import check_step, check_system
from linli.ground.users.queries import rows_behind as rows_of_users
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.law.policies.queries import work_calendar
from linli.money.awards.codes import AccountState, HolderRelation
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations.holders import (
    HolderUnknown,
    NewAccount,
    check_holders,
    check_shared,
    holders_of,
)
from linli.money.awards.operations.letters import tell_stopped
from linli.money.awards.permissions import check_unmask
from linli.money.awards.queries import (
    account_obstacle,
    confirmed_date,
    day_after_hold,
    payee_hold_days,
    stopped_or_restarted,
)
from linli.money.awards.steps import ACCOUNT
from linli.registry.residents.queries import rows_behind as rows_of_units
from linli.registry.residents.queries import who_was_there

_log = logging.getLogger("linli.awards")
_label = lazy(pack_text, str)
_DIGITS = re.compile(r"\d{8,32}")


class AccountMalformed(DomainError):
    """An account number is 8 to 32 digits; blanks are taken out."""

    message = _("账号应为 8 至 32 位数字")


class AccountIncomplete(DomainError):
    """Holder and bank are named."""

    message = _("请填写户名和开户银行")


class AccountNotWritable(DomainError):
    """The bank's payment file cannot hold the holder's name or the bank's; the card says how the bank writes it."""

    message = _(
        "%(bank)s的代发文件（%(encoding)s 编码）写不出「%(signs)s」。请按银行卡上印的户名填写"
        "（银行写不出的字，卡上印的是拼音或替代字），居民姓名不必改动"
    )


class AccountTooLong(DomainError):
    """The holder's name or the bank's is longer than its column in the bank's payment file."""

    message = _("「%(text)s」超过%(bank)s代发文件的 %(width)s 字节。请按银行卡上印的户名、银行的简称填写")


class AccountUnchanged(DomainError):
    """The account proposed is the one in use, in every word: nothing is put right and no basis is named."""

    message = _("该账户与现用账户相同；核对后重新登记的，请在“委托书或证明”一栏写明核对依据")


class AccountNotFound(DomainError):
    """No such version of an account."""

    message = _("找不到该账户")


class HolderDied(HolderUnknown):
    """Who is said to hold the account died: whoever writes it down need not guess why the registry knows no such."""

    message = _("“%(name)s”已于 %(day)s 去世，不能再收款：请登记其他人的账户")


class HolderLeft(HolderUnknown):
    """Who is said to hold the account lived in the household until a day."""

    message = _("“%(name)s”已于 %(day)s 离开该家庭，不再是家庭成员：请登记其他人的账户，或先更正登记")


@act
@surely
def propose_account(act: Act, *, accounts: Sequence[NewAccount]) -> list[PayeeAccount]:
    """Write down accounts; a proposal not yet confirmed is replaced by the newer one.

    Raises NotPermitted, AccountIncomplete, AccountMalformed, AccountNotWritable, AccountTooLong, AccountUnchanged,
    HolderUnknown, ProxyPaperMissing.
    """
    check_step(act, ACCOUNT, "propose", accounts)
    numbers = [_clean(one) for one in accounts]
    holders = _holders(accounts, act.on)
    units = {one.unit_key for one in accounts}
    known = {row.unit_key: row for row in _versions_locked(units) if row.state == AccountState.CONFIRMED}
    indexes = [blind_index("payee_account", number) for number in numbers]
    if any(one.unit_key in known and _is_same(known[one.unit_key], one, index)
           for one, index in zip(accounts, indexes, strict=True)):  # fmt: skip
        raise AccountUnchanged(field="account_number")
    PayeeAccount.objects.filter(unit_key__in=units, state=AccountState.PROPOSED).update(state=AccountState.REPLACED)
    versions = dict(
        PayeeAccount.objects.filter(unit_key__in=units)
        .values("unit_key")
        .annotate(newest=Max("version"))
        .values_list("unit_key", "newest")
    )
    rows = []
    for one, number, index, (relation, holder_id) in zip(accounts, numbers, indexes, holders, strict=True):
        row = PayeeAccount(
            row_key=secrets.token_hex(16),
            unit_key=one.unit_key,
            version=versions.get(one.unit_key, 0) + 1,
            holder_name=one.holder_name.strip(),
            relation=relation,
            holder_id=holder_id,
            basis=one.basis.strip(),
            bank_name=one.bank_name.strip(),
            account_index=index,
            account_last4=number[-4:],
            proposed_by_id=act.by.pk,
            proposed_at=act.at,
            **one.stamp.columns(),
        )
        row.account_envelope = seal(number, aad=row.account_aad)
        rows.append(row)
    rows = PayeeAccount.objects.bulk_create(rows)
    audit.record(act, where=rows[0].stamp, subject=f"payee:{rows[0].unit_key}", lines=[str(row) for row in rows])
    return rows


@act
@surely
def confirm_account(
    act: Act, *, account_ids: Sequence[int], shared: Mapping[int, int] | None = None
) -> list[PayeeAccount]:
    """Another person confirms accounts. A unit's first one is usable at once; a changed one is held.

    ``shared``: of each account (id) how many other units the person was shown under the same number.

    The hold is as many full working days after the confirmation as the packs in force say; the account is usable on
    the day after the last of them. Raises AccountNotFound, NotPermitted, StepNotPossible, SamePerson, HolderUnstated,
    HolderDead, HolderGone, AccountShared, and AccountNotWritable or AccountTooLong for one that was written down before
    a bank's layout changed.
    """
    wanted = set(account_ids)
    units = set(PayeeAccount.objects.filter(pk__in=wanted).values_list("unit_key", flat=True))
    rows = [row for row in _versions_locked(units, wanted) if row.pk in wanted]
    if len(rows) < len(wanted):
        raise AccountNotFound
    check_step(act, ACCOUNT, "confirm", rows)
    build_on(_behind(rows))
    check_holders(rows, act.on)
    sharing = check_shared(rows, shared or {})
    for row in rows:
        _check_writable(row.holder_name, row.bank_name)
    changed = set(
        PayeeAccount.objects.filter(
            unit_key__in=[row.unit_key for row in rows], confirmed_by_id__isnull=False
        ).values_list("unit_key", flat=True)
    )
    before = PayeeAccount.objects.filter(unit_key__in=units, state__in=(AccountState.CONFIRMED, AccountState.STOPPED))
    before.update(state=AccountState.REPLACED)
    held_until = day_after_hold(work_calendar(), act.on, payee_hold_days(act.on))
    for row in rows:
        row.state = AccountState.CONFIRMED
        row.confirmed_by_id, row.confirmed_at = act.by.pk, act.at
        row.usable_date = held_until if row.unit_key in changed else act.on
        row.shared_units = sharing[row.pk]
    fields = ["state", "confirmed_by_id", "confirmed_at", "usable_date", "shared_units"]
    PayeeAccount.objects.bulk_update(rows, fields)
    audit.record(act, where=rows[0].stamp, subject=f"payee:{rows[0].unit_key}", lines=[str(row) for row in rows])
    return rows


def _holders(accounts: Sequence[NewAccount], on: date) -> list[tuple[str, int | None]]:
    """What each holder is to the unit. Raises HolderUnknown, as HolderDied or HolderLeft of who was there once."""
    try:
        return holders_of(accounts, on)
    except HolderUnknown as unknown:
        name = str(unknown.details["name"])
        for one in accounts:
            asked = one.holder_name.strip() == name and one.relation != HolderRelation.PROXY
            gone = who_was_there(one.unit_key, name, on) if asked else None
            if gone is not None and (gone.died or one.relation != HolderRelation.GUARDIAN):
                kind = HolderDied if gone.died else HolderLeft
                raise kind(**unknown.details, field=unknown.field, day=gone.day) from unknown
        raise


def _behind(rows: Sequence[PayeeAccount]) -> Behind:
    """Who wrote the accounts down, whose they are to be, and for whom."""
    holders = Behind({"residents_resident": {row.holder_id for row in rows if row.holder_id is not None}})
    return holders | rows_of_users({row.proposed_by_id for row in rows}) | rows_of_units({row.unit_key for row in rows})


def _versions_locked(units: Collection[str], also: Collection[int] = ()) -> Iterable[PayeeAccount]:
    """Every version of the units' accounts that may still change, and the rows named, locked in order of their keys:
    who proposes changes an older one and who confirms a newer one, so each would wait for the other.
    """
    living = Q(unit_key__in=units) & ~Q(state=AccountState.REPLACED)
    return locked(PayeeAccount.objects.filter(living | Q(pk__in=also)))


@act
def recompute_holds(act: Act) -> list[PayeeAccount]:
    """A table of working days was loaded: accounts still held get their first usable day by the calendar as it is now.

    The hold is as long as the packs said when the account was confirmed. An account whose day has come stays usable.
    Returns those that changed. The product does this. Raises NotPermitted.
    """
    check_system(act)
    calendar = work_calendar()
    changed = []
    for row in locked(PayeeAccount.objects.filter(state=AccountState.CONFIRMED, usable_date__gt=act.on)):
        confirmed = confirmed_date(row)
        before, row.usable_date = row.usable_date, day_after_hold(calendar, confirmed, payee_hold_days(confirmed))
        if row.usable_date != before:
            changed.append(row)
    PayeeAccount.objects.bulk_update(changed, ["usable_date"])
    audit.record(
        act, where=0, subject=f"holds:{act.on.isoformat()}", lines=[[str(row), row.usable_date] for row in changed]
    )
    return changed


@act
def stop_accounts(act: Act, *, on: date) -> list[PayeeAccount]:
    """Accounts of those who died by the day, or are member or guardian no more, are stopped and the family is written
    to; no payment went there since it was recorded. An account whose holder turned out to live, or is again what they
    were, goes on. The product does this. Raises NotPermitted.
    """
    check_system(act)
    stop, restart = stopped_or_restarted(on)
    # Whose holder came back to life behind the product's back stays stopped, and holds up nobody else's.
    sound = [row for row in restart if not forged_behind(_behind([row]))]
    if len(sound) < len(restart):
        _log.error(
            "accounts rest on rows that no act wrote and stay stopped", extra={"accounts": len(restart) - len(sound)}
        )
    restart = sound
    rows = [*stop, *restart]
    for row in stop:
        row.state, row.stopped_date = AccountState.STOPPED, on
    PayeeAccount.objects.bulk_update(stop, ["state", "stopped_date"])
    _restart(restart)
    if stop:
        tell_stopped(act, accounts=stop)
    audit.record(
        act,
        where=rows[0].stamp if rows else 0,
        subject=f"payees:{on.isoformat()}",
        lines=[[str(row), row.state] for row in rows],
    )
    return rows


@within_act
def restart_accounts_of(act: Act, *, holder_id: int) -> None:
    """The accounts of somebody who did not die or leave go on, within the act that puts it right."""
    _stop, restart = stopped_or_restarted(act.on)
    _restart([row for row in restart if row.holder_id == holder_id])


def _restart(rows: Sequence[PayeeAccount]) -> None:
    build_on(_behind(rows))
    for row in rows:
        row.state, row.stopped_date = AccountState.CONFIRMED, None
    PayeeAccount.objects.bulk_update(rows, ["state", "stopped_date"])


@act
def unmask_account(act: Act, *, account_id: int, purpose: str, detail: str = "", urgent: bool = False) -> str:
    """The full account number, shown for a purpose that is written down. Raises NotPermitted, PurposeUnknown,
    LooksSpent, UrgentLooksSpent.
    """
    row = PayeeAccount.objects.get(pk=account_id)
    check_unmask(act, row.stamp)
    note = look(act, purpose=purpose, detail=detail, urgent=urgent)
    audit.record(act, where=row.stamp, subject=f"payee:{row.unit_key}", note={**note, "version": row.version})
    return open_sealed(row.account_envelope, aad=row.account_aad)


def _is_same(row: PayeeAccount, one: NewAccount, index: str) -> bool:
    """Whether the version in use says all of the new one: the banks' refusal may have been of a name alone."""
    told = (one.holder_name.strip(), one.bank_name.strip(), one.basis.strip())
    return row.account_index == index and (row.holder_name, row.bank_name, row.basis) == told


def _clean(one: NewAccount) -> str:
    if not one.holder_name.strip():
        raise AccountIncomplete(field="holder_name")
    if not one.bank_name.strip():
        raise AccountIncomplete(field="bank_name")
    _check_writable(one.holder_name.strip(), one.bank_name.strip())
    number = re.sub(r"[\s-]", "", one.account_number)
    if not number.isascii() or _DIGITS.fullmatch(number) is None:
        raise AccountMalformed(field="account_number")
    return number


def _check_writable(holder_name: str, bank_name: str) -> None:
    """Raises AccountNotWritable, AccountTooLong by the field: at release one name would stop everybody's money."""
    found = account_obstacle(holder_name, bank_name)
    if found is None:
        return
    field, why = found
    bank = _label(why.bank)
    if why.signs:
        raise AccountNotWritable(field=field, bank=bank, encoding=why.encoding, signs=why.signs)
    text = holder_name if field == "holder_name" else bank_name
    raise AccountTooLong(field=field, bank=bank, text=text, width=why.width)
