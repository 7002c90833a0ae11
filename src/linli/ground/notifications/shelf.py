"""What this room adds to what is shared: words of the trail, letters that wait to be brought, a part of the year."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.data.keyset import number_of
from linli.foundation.data.scope import NOWHERE
from linli.foundation.living import Scene, parts
from linli.foundation.screens.finding import Found, Kind, Wanted, kinds, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.foundation.screens.undoing import undoable
from linli.foundation.screens.work import Pile, Todo, Together, together, work
from linli.foundation.trail import words
from linli.foundation.trail.invariants import invariants
from linli.ground.notifications.codes import DeliveryMethod, LetterState
from linli.ground.notifications.operations import record_delivery, undo_delivery
from linli.ground.notifications.permissions import DELIVERERS
from linli.ground.notifications.queries import LETTERS_TO_DELIVER, addressees_of, letter, undelivered
from linli.ground.notifications.queries import invariants as own_invariants
from linli.ground.users.codes import OFFICER_ROLES, REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, authority
from linli.kernel.tones import Tone

_FRIDAY = 4

words.acts.put(
    {
        "notifications.record_delivery": pgettext_lazy("audit", "登记送达"),
        "notifications.undo_delivery": pgettext_lazy("audit", "撤销送达登记"),
    }
)
undoable.put({"notifications.record_delivery": lambda act, ids: undo_delivery(act, delivery_ids=ids)})


def _deliveries(scene: Scene) -> Callable[[date], None]:
    """Letters of the week are handed over on Fridays."""

    def live(day: date) -> None:
        if day.weekday() != _FRIDAY:
            return
        clerk = scene.act(Role.COMMUNITY_WORKER, day, 17, turn=day.toordinal())
        letter_ids = list(undelivered(authority(clerk).scope()).values_list("pk", flat=True)[:400])
        if letter_ids:
            by_hand = DeliveryMethod.HAND
            record_delivery(clerk, letter_ids=letter_ids, method=by_hand, delivered_date=day, receipt="本人签收")

    return live


parts.put({"notifications.deliveries": _deliveries})
words.subjects.put({"letters": pgettext_lazy("audit", "待送达文书")})
words.parts.put({"print": pgettext_lazy("audit", "打印")})


def _waiting(person: Authority, on: date) -> Iterator[Pile]:
    """Letters to bring, the oldest first."""
    scope = person.scope(*DELIVERERS)
    rows = undelivered(scope)
    title, verb, because = _("送达文书"), pgettext_lazy("verb", "送达"), _("送到当事人手里才算告知")

    def first(number: int) -> Sequence[Todo]:
        page = list(rows[:number])
        to = addressees_of(page, scope, on)
        who = {pk: one.name for pk, one in to.items()}
        place = {pk: one.way for pk, one in to.items()}
        return [
            Todo(
                "LETTER",
                title,
                row.number,
                "letter_detail",
                (row.number,),
                verb=verb,
                who=who.get(row.pk, ""),
                place=place.get(row.pk, ""),
                because=because,
            )
            for row in page
        ]

    total = number_of(rows) if scope else 0
    if total:
        yield Pile("LETTER", title, total, first)


work.put({"notifications.letters": _waiting})
together.put({"LETTER": Together(_("打印、送达全部文书"), "letter_list", roles=DELIVERERS)})
invariants.put({"notifications": own_invariants})
lights.put({"notifications.undelivered": Light(_("待送达文书"), LETTERS_TO_DELIVER, OFFICER_ROLES, Tone.SOON)})


def _letters(wanted: Wanted) -> Iterator[Found]:
    """The letter with the number: to whom it went, if they live in reach, then the letter itself."""
    row = letter(wanted.scope, wanted.text)
    if row is not None:
        one = addressees_of([row], NOWHERE, wanted.on).get(row.pk)
        if one and wanted.scope.covers(one.stamp):
            lead, kind = joined_by_dot(one.number, one.place), pgettext_lazy("found", "收件人")
            page = "resident_detail"
            yield Found(one.name, page, (one.number,), lead=lead, where=one.stamp, shows=one.number, kind=kind)
        state = LetterState.DELIVERED if row.delivery else LetterState.WAITING
        lead = joined_by_dot(row.number, day_text(row.issued_date))
        title, page = pack_text(row.title), "letter_detail"
        yield Found(title, page, (row.number,), lead=lead, state=state, where=row.stamp, shows=row.number)


kinds.put(
    {"notifications.letter": Kind(pgettext_lazy("found", "文书"), REGISTRY_ROLES, series("WS"), _letters, whole=True)}
)
habits.put(
    {
        "notifications.deliver": Habit(
            Rhythm.DAY, DELIVERERS, _("把待送达的文书送到家，登记怎样送达。"), "letter_list"
        ),
    }
)
