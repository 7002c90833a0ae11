"""Letters that wait to be delivered, one letter in both languages, its PDF, and how it arrived."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from linli.foundation.screens import navigation
from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.cells import shown
from linli.foundation.screens.exporting import download
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.ground.notifications import queries
from linli.ground.notifications.codes import LetterState
from linli.ground.notifications.permissions import DELIVERERS, can_deliver
from linli.ground.notifications.queries import Letter
from linli.ground.notifications.web.forms import DeliveryForm
from linli.ground.notifications.web.lists import PRINTED, LetterList, addressed, case_number, delivered, where
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk, pages_for

LANGUAGES = ("zh-hans", "en")
PDF = "application/pdf"

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
    return download(queries.letters_pdf(rows, get_language() or LANGUAGES[0]), "letters.pdf", PDF, inline=True)


@reading
def letter_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One letter in both languages, and how it arrived."""
    found = _letter_or_404(request, desk, number)
    may_record = can_deliver(desk.person, found.stamp)
    if request.method == "POST" and not may_record:
        raise PermissionDenied
    form = filled(request, DeliveryForm, initial={"delivered_date": desk.on})
    deliveries = list(found.deliveries.order_by("pk"))
    to = queries.addressees_of([found], desk.person.scope(*DELIVERERS), desk.on).get(found.pk)
    facts = (
        [(gettext("收件人"), shown(addressed(desk, to), "TEXT", request)), (gettext("住址"), where(to))] if to else []
    )
    return act_page(
        request,
        form,
        lambda act: delivered(act, [found.pk], form.cleaned_data),
        head=_head(request, found, delivered=bool(deliveries)),
        submit=gettext("记录送达"),
        done=gettext("%(number)s 已记录送达") % {"number": number},
        to=reverse("letter_detail", args=[number]),
        template="notifications/letter_detail.html",
        context={
            "content": found.content,
            "facts": facts,
            "deliveries": deliveries,
            "may_record": may_record and not deliveries,
        },
        secret=True,
    )


@reading
def letter_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The letter as a PDF with the place of the seal; ?language=en for the English one."""
    found = _letter_or_404(request, desk, number)
    wished = request.GET.get("language", LANGUAGES[0])
    language = wished if wished in LANGUAGES else LANGUAGES[0]
    return download(queries.letter_pdf(found, language), f"{number}.pdf", PDF, inline=True)


def _letter_or_404(request: HttpRequest, desk: Desk, number: str) -> Letter:
    found = found_or_404(queries.letter, desk.reads, number)
    note_read(request, where=found.stamp, subject=found.subject, shown=[number])
    return found


def _head(request: HttpRequest, found: Letter, *, delivered: bool) -> Head:
    case, paper = case_number(found), reverse("letter_pdf", args=[found.number])
    about = [(case, navigation.link(request, "application_detail", case))] if case else []
    return Head(
        found.title,
        joined_by_dot(found.number, queries.sender_of(found), day_text(found.issued_date)),
        [(gettext("待送达文书"), reverse("letter_list")), *about, (found.number, "")],
        LetterState.DELIVERED if delivered else LetterState.WAITING,
        [Action(gettext("英文 PDF"), f"{paper}?language=en"), Action(gettext("打印中文 PDF"), paper, main=True)],
    )
