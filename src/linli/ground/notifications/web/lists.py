"""The list of letters that wait to be delivered."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.keyset import MOST_COUNTED, number_of
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Action
from linli.foundation.screens.listings import Column, Listing, by_number
from linli.foundation.screens.sets import Deed, together
from linli.foundation.screens.texts import counted, day_text, joined_by_dot
from linli.ground.notifications.family import handed_over
from linli.ground.notifications.operations import record_delivery
from linli.ground.notifications.permissions import DELIVERERS, can_deliver
from linli.ground.notifications.queries import OLDEST_WAITING, Addressee, Letter, addressees_of, said_since, undelivered
from linli.ground.notifications.web.forms import DeliveryForm
from linli.ground.users.queries.desks import Desk
from linli.kernel.tones import Tone

# One file of letters to print: the oldest of those that wait.
PRINTED = 200


class LetterList(Listing[Desk, Letter]):
    """Letters that nobody recorded as delivered, oldest first: to whom, to which door, and one press to say so."""

    name = "letters"
    title = _("待送达文书")
    lead = _("告知书和决定书，送到当事人手里才算告知。送达后在这里记录。")
    order = OLDEST_WAITING
    nothing = (_("文书都已送达"), _("新的告知书、决定书出具后会出现在这里。"))
    not_found = _("没有这样的待送达文书")
    to: Mapping[int, Addressee]
    since: Mapping[int, object]

    def addressee(self, row: Letter) -> str:
        return self.to[row.pk].name if row.pk in self.to else ""

    def addressee_cell(self, row: Letter) -> Cell:
        return addressed(self.desk, self.to.get(row.pk))

    def door(self, row: Letter) -> str:
        return where(self.to.get(row.pk))

    def words(self, row: Letter) -> str:
        return str(row.words(get_language())["title"])

    def words_cell(self, row: Letter) -> Cell:
        meta = (joined_by_dot(row.number, case_number(row)), self.since.get(row.pk, ""))
        return Cell(self.words(row), ("letter_detail", row.number), meta=meta)

    def case(self, row: Letter) -> str:
        return case_number(row)

    def deliver(self, row: Letter) -> Cell:
        if not can_deliver(self.desk.person, row.stamp):
            return Cell()
        return Cell(buttons=[handed_over(row, self.desk.on, reverse("letter_list"))])

    filters = (Filter("q", _("查找"), hint=_("文书或申请编号")),)
    columns = (
        Column("addressee", _("收件人"), of=addressee, cell=addressee_cell, phone="title"),
        Column("door", _("住址"), of=door),
        Column("words", _("文书"), of=words, cell=words_cell),
        Column("number", _("编号"), only="excel"),
        Column("case", _("申请"), of=case, only="excel"),
        Column("issued_date", _("日期"), "DATE", phone="state"),
        Column("deliver", cell=deliver, only="page"),
    )

    def query(self) -> QuerySet[Letter]:
        return undelivered(self.desk.reads, self.asked["q"].upper())

    def load(self, found: Sequence[Letter]) -> None:
        self.to = addressees_of(found, self.desk.person.scope(*DELIVERERS), self.desk.on)
        self.since = said_since(found, self.desk.on)

    reading = by_number

    def ticks(self, row: Letter) -> str:
        return str(row.pk) if can_deliver(self.desk.person, row.stamp) else ""

    asking = DeliveryForm
    today = "delivered_date"

    def deeds(self) -> Sequence[Deed]:
        may = self.desk.person.holds(*DELIVERERS)
        return [Deed("deliver", gettext("记录送达"), together(record_delivery, "letter_ids"))] if may else ()

    def summary(self) -> str:
        number = number_of(self.query())
        if number > MOST_COUNTED:
            return gettext("%(count)s 份以上") % {"count": MOST_COUNTED}
        return counted("共 %(count)s 份", number)

    def actions(self) -> Sequence[Action]:
        if not self.query().exists():
            return ()
        address = f"{reverse('letter_print')}?{self.request.GET.urlencode()}"
        return [Action(gettext("全部打印（最多 %(most)s 份）") % {"most": PRINTED}, address, main=True)]


def addressed(desk: Desk, to: Addressee | None) -> Cell:
    """Whom a letter goes to; of somebody who has died it says so, and who moved out of reach has no page here."""
    if to is None:
        return Cell()
    died = [(gettext("%(day)s 去世") % {"day": day_text(to.died_date)}, Tone.LATE)] if to.died_date else []
    return Cell(to.name, ("resident_detail", to.number) if desk.reads.covers(to.stamp) else (), chips=died)


def where(to: Addressee | None) -> str:
    """The way to the door, as far as the reader may know it."""
    return to.way if to else ""


def case_number(row: Letter) -> str:
    """The application that a letter is about; empty for any other subject."""
    kind, _colon, number = row.subject.partition(":")
    return number if kind == "application" else ""
