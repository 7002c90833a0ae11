"""Letters on a family's page (docs/adr/0040): the room that says which subjects are the family's asks for them."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Button, Cell
from linli.foundation.screens.families import OVER, Asking, Card, Happened, Line, Part, Window
from linli.foundation.screens.pages import returning
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.foundation.screens.work import Todo
from linli.ground.notifications.codes import DeliveryMethod, LetterState
from linli.ground.notifications.permissions import can_deliver
from linli.ground.notifications.queries import Letter, letters_of
from linli.ground.users.codes import REGISTRY_ROLES

PLACE = 30


def handed_over(letter: Letter, on: date, back: str) -> Button:
    """The button that records a letter as handed over today, with who signed for it; then back to a page."""
    today = {"method": DeliveryMethod.HAND.value, "delivered_date": on.isoformat()}
    address = returning(reverse("letter_detail", args=[letter.number]), back)
    return Button(gettext("当面送达"), address, hidden=today, reason=("receipt", gettext("签收人")))


def letters(asking: Asking, subjects: Sequence[str]) -> Part:
    """Letters about the subjects, newest first: those to deliver, and those that arrived."""
    rows = letters_of(asking.person.scope(*REGISTRY_ROLES), subjects)
    waiting = list(rows.filter(deliveries__isnull=True))
    arrived = list(rows.filter(deliveries__isnull=False)[:OVER])
    mine = [row for row in reversed(waiting) if can_deliver(asking.person, row.stamp)]
    return Part(
        [
            Card(
                PLACE,
                pgettext("page", "文书"),
                [_line(asking, row) for row in waiting],
                [_line(asking, row) for row in arrived],
                aside=True,
            )
        ],
        [_todo(row) for row in mine],
        shows=[row.number for row in (*waiting, *arrived)],
    )


def _line(asking: Asking, row: Letter) -> Line:
    what = Cell(
        pack_text(row.title),
        ("letter_detail", row.number),
        asking.back,
        meta=(joined_by_dot(row.number, day_text(row.issued_date)),),
    )
    done = row.delivery
    if done is not None:
        told = joined_by_dot(day_text(done.delivered_date), DeliveryMethod(done.method).label, done.receipt)
        return Line(what, Cell(LetterState.DELIVERED, meta=(told,)))
    may = can_deliver(asking.person, row.stamp)
    buttons = [handed_over(row, asking.on, asking.request.path)] if may else []
    return Line(what, Cell(LetterState.WAITING, buttons=buttons))


def _todo(row: Letter) -> Todo:
    title, verb, because = _("送达文书"), pgettext_lazy("verb", "送达"), _("送到当事人手里才算告知")
    return Todo("LETTER", title, row.number, "letter_detail", (row.number,), verb=verb, because=because)


def story(asking: Asking, subjects: Sequence[str], window: Window) -> Iterator[Happened]:
    """Letters that were written and that arrived."""
    rows = letters_of(asking.person.scope(*REGISTRY_ROLES), subjects)
    for row in rows.filter(issued_date__lt=window.before)[: window.most]:
        yield Happened(row.issued_date, gettext("发出文书"), row.issued_by_id, pack_text(row.title))
    for row in rows.filter(deliveries__delivered_date__lt=window.before)[: window.most]:
        done = row.delivery
        if done is not None:
            note = joined_by_dot(pack_text(row.title), DeliveryMethod(done.method).label, done.receipt)
            yield Happened(done.delivered_date, gettext("文书送达"), done.recorded_by_id, note)
