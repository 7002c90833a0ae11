"""What this room brings to a family's page (docs/adr/0040): awards, payee accounts, what became of both."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Button, Cell
from linli.foundation.screens.families import Asking, Card, Happened, Line, Part, Window
from linli.foundation.screens.heads import Action
from linli.foundation.screens.pages import returning
from linli.foundation.screens.texts import day_text, joined_by_dot, money_text, pack_text
from linli.foundation.screens.work import Todo
from linli.foundation.trail.audit import looks
from linli.kernel.act import CHINA_TIME
from linli.kernel.tones import Tone
from linli.law.policies.queries import work_calendar
from linli.money.awards import queries
from linli.money.awards.codes import AccountState, ChangeKind, HolderLoss, Standing
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.permissions import awards_scope, can_change
from linli.money.awards.steps import ACCOUNT

MOST = 40
_OVER = (Standing.ENDED, Standing.EXPIRED)


def part(asking: Asking) -> Part:
    """Awards with their reviews, and the accounts they are paid to."""
    rows = asking.once(awards)
    over = [row.standing_on(asking.on) in _OVER for row in rows]
    labels = asking.once(_labels)
    lines = [_award(asking, row, labels) for row in rows]
    paid_to = _Accounts(asking, [row for row, is_over in zip(rows, over, strict=True) if not is_over])
    on_foot = [line for line, is_over in zip(lines, over, strict=True) if not is_over]
    past = [line for line, is_over in zip(lines, over, strict=True) if is_over]
    replaced = [paid_to.line(row) for row in paid_to.replaced]
    return Part(
        [
            Card(20, gettext("待遇"), on_foot, past),
            Card(40, gettext("收款账户"), paid_to.lines(), replaced, aside=True),
        ],
        [*(todo for row in rows for todo in _reviews(asking, row)), *paid_to.todos()],
        shows=[*(row.number for row in rows), *map(str, paid_to.rows)],
    )


def awards(asking: Asking) -> list[Award]:
    """The family's awards within the person's reach, newest first."""
    home = asking.family
    return list(queries.awards_of_family(awards_scope(asking.person), home.household_id, home.people)[:MOST])


def accounts(asking: Asking) -> list[PayeeAccount]:
    """Every version of the accounts of the family's units within the person's reach."""
    return queries.accounts(awards_scope(asking.person), asking.family.units)


def _labels(asking: Asking) -> Mapping[str, object]:
    return queries.programme_labels(asking.on)


def _award(asking: Asking, row: Award, labels: Mapping[str, object]) -> Line:
    standing = row.standing_on(asking.on)
    whose = asking.family.named(row.unit_key) or gettext("全户")
    days = f"{day_text(row.valid_from)} – {day_text(row.last_date)}"
    label = pack_text(labels.get(row.programme, row.programme))
    what = Cell(label, ("award_detail", row.number), meta=(joined_by_dot(whose, row.number, days),))
    due = [(gettext("复核到期"), Tone.SOON)] if _is_due(asking, row) else []
    monthly = gettext("每月 %(fen)s") % {"fen": money_text(row.amount_fen)}
    review = asking.action(pgettext_lazy("verb", "复核"), "award_review", row.number)
    may = due and can_change(asking.person, row.stamp)
    return Line(what, Cell(monthly, chips=[standing, *due]), review if may else [], row.number)


def _is_due(asking: Asking, row: Award) -> bool:
    return row.review_opened_date is not None and row.standing_on(asking.on) not in _OVER


def _reviews(asking: Asking, row: Award) -> Iterator[Todo]:
    """The review that has fallen due, for whoever may do it."""
    due = row.review_due_date
    if due is None or not _is_due(asking, row) or not can_change(asking.person, row.stamp):
        return
    yield Todo(
        "REVIEW_AWARD",
        _("定期复核"),
        row.number,
        "award_review",
        (row.number,),
        verb=pgettext_lazy("verb", "复核"),
        because=_("到了复核日期"),
        colour="RED" if due < asking.on else "AMBER",
        days_left=work_calendar().working_days_between(asking.on, due),
        due_date=due,
    )


def may_write(asking: Asking, award: Award) -> bool:
    """Whether the person may write down an account for the award."""
    return ACCOUNT.allows(asking.person, "propose", award, asking.on)


class _Accounts:
    """The accounts of the family's units: at most one that counts and one that waits for confirmation, each."""

    def __init__(self, asking: Asking, running: Sequence[Award]) -> None:
        self.asking, self.running = asking, {row.unit_key: row for row in running}
        scope = awards_scope(asking.person)
        self.rows = asking.once(accounts)
        self.live = [row for row in self.rows if row.state != AccountState.REPLACED]
        self.replaced = [row for row in self.rows if row.state == AccountState.REPLACED]
        self.lost = queries.lost_holders((row.pk for row in self.live), asking.on)
        self.shared = queries.sharings(scope, [row for row in self.live if row.state == AccountState.PROPOSED])

    def lines(self) -> list[Line]:
        """What counts or waits, and where something is paid and no account is known; or that none is known at all."""
        known = {row.unit_key for row in self.live}
        lacking = [(Cell(self.whose(unit)), unit) for unit in self.running if unit not in known]
        if not self.rows and not self.running:
            lacking = [(Cell(gettext("还没有登记")), unit) for unit in self.asking.family.units[:1]]
        missing = Cell(chips=[(gettext("没有收款账户"), Tone.LATE)]) if self.running else None
        return [
            *(self.line(row) for row in self.live),
            *(Line(what, missing, self.first(unit)) for what, unit in lacking if self.running or self.first(unit)),
        ]

    def first(self, unit: str) -> list[Action]:
        """The first account of the unit, for whoever may write one down."""
        return self.asking.action(gettext("登记账户"), "account_new", query=f"?unit={unit}")

    def line(self, row: PayeeAccount) -> Line:
        """One version: to whom, where, how it stands, and what this person may do about it."""
        holder = self.asking.person.named(row.stamp, row.holder_name)
        number = joined_by_dot(row.bank_name, f"**** {row.account_last4}")
        relation = row.get_relation_display() if row.relation else ""
        what = Cell(joined_by_dot(holder, relation), meta=(number, self.whose(row.unit_key)))
        live = row.state in queries.LIVE or row.state == AccountState.STOPPED
        actions = self.write(row.unit_key) if live and row.unit_key in self.running else []
        return Line(what, self.state(row), actions, str(row))

    def state(self, row: PayeeAccount) -> Cell:
        lost = [self.lost[row.pk]] if row.pk in self.lost else []
        waits = row.usable_date and row.state == AccountState.CONFIRMED and row.usable_date > self.asking.on
        since = gettext("%(day)s 起可用") % {"day": day_text(row.usable_date)} if waits else ""
        return Cell(chips=[AccountState(row.state), *lost], meta=(since,), buttons=self.confirm(row))

    def confirm(self, row: PayeeAccount) -> list[Button]:
        if row.state != AccountState.PROPOSED or row.pk in self.lost or not row.relation:
            return []
        if not ACCOUNT.allows(self.asking.person, "confirm", row, self.asking.on):
            return []
        units = self.shared[row.pk].units if row.pk in self.shared else 0
        words = gettext("已核对共用，确认") if units else gettext("确认")
        address = returning(reverse("account_confirm", args=[row.pk]), self.asking.request.path)
        return [Button(words, address, main=True, hidden={"shared": units})]

    def write(self, unit: str) -> list[Action]:
        """A new account of the unit, for whoever may write one down."""
        award = self.running[unit]
        if not may_write(self.asking, award):
            return []
        return self.asking.action(gettext("更换账户"), "account_new", query=f"?unit={unit}")

    def to_replace(self) -> dict[str, HolderLoss]:
        """Units whose account is of somebody who died or is not what they were, and of which nobody has written down
        another one.
        """
        proposed = (row for row in self.live if row.state == AccountState.PROPOSED)
        waits = {row.unit_key for row in proposed if row.pk not in self.lost}
        lost = {row.unit_key: self.lost[row.pk] for row in self.live if row.pk in self.lost}
        return {unit: lost[unit] for unit in self.running if unit in lost.keys() - waits}

    def whose(self, unit: str) -> str:
        return self.asking.family.named(unit) or gettext("全户")

    def todos(self) -> Iterator[Todo]:
        for unit, loss in self.to_replace().items():
            if self.write(unit):
                title, verb, because = _("更换收款账户"), pgettext_lazy("verb", "更换"), loss.because
                query, who = f"?unit={unit}", self.whose(unit)
                yield Todo(
                    "ACCOUNT.REPLACE", title, unit, "account_new", query=query, verb=verb, who=who, because=because
                )


def story(asking: Asking, window: Window) -> Iterator[Happened]:
    """What happened to the awards and the accounts, and who opened an award."""
    rows = {row.pk: row for row in asking.once(awards)}
    labels = asking.once(_labels)
    for one in queries.changes_before(rows, window.until, window.most):
        award = rows[one.award_id]
        label = pack_text(labels.get(award.programme, award.programme))
        fen = gettext("每月 %(fen)s") % {"fen": money_text(one.amount_fen)} if one.amount_fen else ""
        note = joined_by_dot(label, asking.family.named(award.unit_key), fen, one.note)
        yield Happened(_day(one.at), gettext("待遇：%(what)s") % {"what": ChangeKind(one.kind).label}, one.by_id, note)
    for row in asking.once(accounts):
        note = joined_by_dot(row.bank_name, f"**** {row.account_last4}")
        for title, at, by_id in (
            (gettext("登记收款账户"), row.proposed_at, row.proposed_by_id),
            (gettext("确认收款账户"), row.confirmed_at, row.confirmed_by_id),
        ):
            if at is not None and at < window.until:
                yield Happened(_day(at), title, by_id, note)
    subjects = [f"award:{row.number}" for row in rows.values()]
    for day, _act, subject, actor in looks(subjects, ["read"], before=window.before, limit=window.most):
        yield Happened(day, gettext("查看待遇"), actor, subject.partition(":")[2])


def _day(at: datetime) -> date:
    return at.astimezone(CHINA_TIME).date()
