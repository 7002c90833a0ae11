"""Letters that wait to be delivered, one letter in both languages, its PDF, and how it arrived."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens import navigation
from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.cells import shown
from linli.foundation.screens.exporting import show_pdf
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import found_or_404, there
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.ground.notifications import queries
from linli.ground.notifications.codes import LetterState
from linli.ground.notifications.models import Delivery
from linli.ground.notifications.operations import record_delivery, undo_delivery
from linli.ground.notifications.permissions import DELIVERERS, can_deliver, can_undo
from linli.ground.notifications.queries import Letter
from linli.ground.notifications.web.forms import DeliveryForm
from linli.ground.notifications.web.lists import PRINTED, LetterList, addressed, case_number, where
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk, pages_for

_UNDO = pgettext_lazy("audit", "撤销送达登记")
LANGUAGES = ("zh-hans", "en")

# A page for whoever may read letters anywhere.
reading = pages_for("assistance", *REGISTRY_ROLES)


@reading
def letter_print(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The oldest letters that wait, or those that ``only`` names, in one file, in the reader's language."""
    only = request.GET.get("only", "").split(",")
    waiting = LetterList(request, desk).query()
    rows = list((waiting.filter(number__in=only) if any(only) else waiting)[:PRINTED])
    if not rows:
        raise Http404
    chains = {row.stamp.chain for row in rows}
    where = chains.pop() if len(chains) == 1 else 0
    note_read(request, where=where, subject="letters:print", shown=[row.number for row in rows])
    return show_pdf(queries.letters_pdf(rows, get_language() or LANGUAGES[0]), "letters.pdf")


class LetterPage(ActPage[Desk, Letter]):
    """One letter in both languages, and how it arrived."""

    title, submit, done = "", _("记录送达"), _("%(number)s 已记录送达")
    form = DeliveryForm
    operation = record_delivery
    of = "letter_ids"
    today = "delivered_date"
    leads = "letter_detail"
    by = "number"
    template = "notifications/letter_detail.html"
    secret = True

    def find(self, number: str) -> Letter:
        return _letter_or_404(self.request, self.desk, number)

    def may(self) -> bool:
        self.may_record = can_deliver(self.desk.person, self.row.stamp)
        self.deliveries = list(self.row.deliveries.order_by("pk"))
        return self.may_record or self.request.method != "POST"

    def head(self) -> Head:
        found = self.row
        case, paper = case_number(found), reverse("letter_pdf", args=[found.number])
        about = [(case, navigation.link(self.request, "application_detail", case))] if case else []
        return Head(
            found.title,
            joined_by_dot(found.number, queries.sender_of(found), day_text(found.issued_date)),
            [(gettext("待送达文书"), reverse("letter_list")), *about, (found.number, "")],
            LetterState.DELIVERED if self.deliveries else LetterState.WAITING,
            [
                *self.undo(),
                Action(gettext("英文 PDF"), f"{paper}?language=en"),
                Action(gettext("打印中文 PDF"), paper, main=True),
            ],
        )

    def undo(self) -> list[Action]:
        """What takes a delivery back that was recorded by mistake."""
        may = self.deliveries and can_undo(self.desk.person, self.deliveries)
        return [button(_UNDO, "letter_undo", self.row.number)] if may else []

    def more(self) -> Mapping[str, Any]:
        desk = self.desk
        # What has arrived is carried nowhere any more.
        delivers = NOWHERE if self.deliveries else desk.person.scope(*DELIVERERS)
        who = queries.addressees_of([self.row], delivers, desk.on).get(self.row.pk)
        whom = shown(addressed(desk, who), "TEXT", self.request)
        since = {} if self.deliveries else queries.said_since([self.row], desk.on)
        return {
            "content": self.row.content,
            "facts": [
                *([(gettext("收件人"), whom), (gettext("住址"), where(who))] if who else []),
                *((gettext("出具以后"), words) for words in since.values()),
            ],
            "deliveries": self.deliveries,
            "may_record": self.may_record and not self.deliveries,
        }


class UndoDeliveryPage(ActPage[Desk, Letter]):
    """A delivery that was recorded by mistake is taken back, also long after."""

    title = _UNDO
    lead = _("%(number)s 重新列入待送达文书；原来的登记留在审计记录里。")
    done = _("%(number)s 的送达登记已撤销")
    operation = undo_delivery
    of = "delivery_ids"
    leads = "letter_detail"
    by = "number"

    def find(self, number: str) -> Letter:
        found = _letter_or_404(self.request, self.desk, number)
        if found.delivery is None:
            raise Http404
        return found

    def pk(self) -> int:
        return self.delivery().pk

    def delivery(self) -> Delivery:
        """What is undone."""
        return there(self.row.delivery)

    def may(self) -> bool:
        return can_undo(self.desk.person, [self.delivery()])


@reading
def letter_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The letter as a PDF with the place of the seal; ?language=en for the English one."""
    found = _letter_or_404(request, desk, number)
    wished = request.GET.get("language", LANGUAGES[0])
    language = wished if wished in LANGUAGES else LANGUAGES[0]
    return show_pdf(queries.letter_pdf(found, language), f"{number}.pdf")


def _letter_or_404(request: HttpRequest, desk: Desk, number: str) -> Letter:
    found = found_or_404(queries.letter, desk.reads, number)
    note_read(request, where=found.stamp, subject=found.subject, shown=[number])
    return found
