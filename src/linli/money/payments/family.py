"""What this room brings to a family's page (docs/adr/0040): of each award the last and the next payment, and what came
back from the bank. Whoever reads an award reads what was paid on it.
"""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import chip, state_chip
from linli.foundation.screens.families import Asking, Happened, Part, Window
from linli.foundation.screens.texts import day_text, money_text, month_text
from linli.foundation.screens.work import Todo
from linli.kernel.period import Month
from linli.kernel.tones import Tone
from linli.money.awards.family import awards, may_write
from linli.money.awards.queries import schedules, taken_months
from linli.money.awards.rules.schedule import NOTHING, rest
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem
from linli.money.payments.queries import payments_of, returned_of, settled_before, uncorrected

_UNDER_WAY = (ItemState.PROPOSED, ItemState.APPROVED, ItemState.IN_TRANSIT)


def part(asking: Asking) -> Part:
    """Notes on the family's awards, and accounts that money came back from."""
    numbers = {row.pk: row.number for row in asking.once(awards)}
    if not numbers:
        return Part()
    lines: dict[int, list[PaymentItem]] = {pk: [] for pk in numbers}
    for item in payments_of(numbers):
        lines[item.award_id].append(item)
    nexts = _nexts(lines, asking.on.year)
    back = returned_of(numbers)
    notes: dict[str, list[object]] = {number: [*_paid(lines[pk]), *nexts.get(pk, ())] for pk, number in numbers.items()}
    for item in back:
        for key in (numbers[item.award_id], str(item.account)):
            notes.setdefault(key, []).append(_returned(item))
    waits = [_correction(asking, item) for item in uncorrected(back) if may_write(asking, item.award)]
    return Part(waits=waits, notes=notes)


def _paid(items: Sequence[PaymentItem]) -> Iterator[object]:
    """The last payment, and what is on its way."""
    paid = [item for item in items if item.state == ItemState.PAID]
    if paid:
        last = {"what": _month(paid[-1]), "day": day_text(paid[-1].paid_date)}
        yield gettext("上次发放 %(what)s，%(day)s 到账") % last
    for item in items:
        if item.state in _UNDER_WAY:
            yield format_html(
                "{} {}", gettext("办理中 %(what)s") % {"what": _month(item)}, state_chip(ItemState(item.state))
            )


def _month(item: PaymentItem) -> str:
    return f"{month_text(Month.of(item.month_date))} {money_text(item.amount_fen)}"


def _nexts(items: Mapping[int, Sequence[PaymentItem]], year: int) -> dict[int, list[str]]:
    """The first month of each award in the year that is due and that no batch took up or proposes."""
    taken = taken_months(items)
    found = {}
    for pk, due in schedules(items).items():
        under_way = {Month.of(item.month_date) for item in items[pk] if item.state in _UNDER_WAY}
        rests = ((month, rest(fen, taken.get((pk, month), NOTHING))) for month, fen in sorted(due.items()))
        open_ones = ((month, fen) for month, fen in rests if fen > 0 and month.year == year and month not in under_way)
        first = next(open_ones, None)
        if first:
            what = f"{month_text(first[0])} {money_text(first[1])}"
            found[pk] = [gettext("下次发放 %(what)s") % {"what": what}]
    return found


def _returned(item: PaymentItem) -> object:
    words = gettext("银行退回 %(what)s：%(why)s") % {"what": _month(item), "why": item.return_text or item.return_code}
    return format_html("{}", chip(words, Tone.LATE))


def _correction(asking: Asking, item: PaymentItem) -> Todo:
    """Money came back, and nobody wrote down another account since."""
    return Todo(
        "RETURNED",
        _("更正收款账户"),
        item.unit_key,
        "account_new",
        query=f"?unit={item.unit_key}",
        verb=pgettext_lazy("verb", "更正"),
        who=asking.family.named(item.unit_key),
        because=item.return_text or _("银行退回"),
    )


def story(asking: Asking, window: Window) -> Iterator[Happened]:
    """What the bank paid and sent back."""
    told = {ItemState.PAID: gettext("银行付讫"), ItemState.RETURNED: gettext("银行退回")}
    for row in settled_before(asking.once(awards), list(told), window.before, window.most):
        if row.settled_date is not None:
            yield Happened(row.settled_date, told[ItemState(row.state)], None, _month(row), row.return_text)
