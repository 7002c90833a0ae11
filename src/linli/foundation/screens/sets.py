"""One act on the rows ticked in a list: a preview that was tried, one press, and a receipt that stays (docs/adr/0046).

A list says which acts (:class:`Deed`); preview, confirmation and receipt come from here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.clock import now
from linli.foundation.screens import cells, navigation
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import act_of, actor, add_refusal, render_page, sentence, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import counted, joined, money_text, pack_text
from linli.foundation.screens.undoing import undo_of
from linli.foundation.trail import drafts, logs
from linli.foundation.trail.acts import ActRepeated, OpenAct, patiently, rehearsal, watched
from linli.kernel.act import Act
from linli.kernel.bilingual import Text
from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError

RECEIPT = "receipt"
# Pages of the room that writes letters: one, and some to print (``only`` in the address).
LETTER, LETTERS = "letter_detail", "letter_print"
_KEY_DIGITS = 32
_NOT_SAID = frozenset({"csrfmiddlewaretoken", "act_key", "row"})


class RowChanged(DomainError):
    """What the preview showed of the row is not what it says now: nobody decides what they did not see."""

    message = _("预览之后有变动，没有办理；请看过最新情况再办")


@dataclass(frozen=True)
class Deed:
    """An act on rows: ``words`` on its button, ``run`` with their ids and what the list's form says.

    ``asks``: the form is about it. ``whole``: one sheet of paper, one batch: all of them or none. ``then`` leads on
    from what the act gave: words and an address.
    """

    code: str
    words: object
    run: Callable[[Act, Sequence[int], Mapping[str, Any]], Any]
    main: bool = True
    asks: bool = True
    whole: bool = False
    then: Callable[[Any], tuple[object, str]] | None = None


def together(operation: Callable[..., Any], named: str) -> Callable[[Act, Sequence[int], Mapping[str, Any]], Any]:
    """What runs an operation that takes ids by a name, and what the form says by the fields' names."""
    return lambda act, ids, said: operation(act, **{named: ids}, **said)


class Outcome(NamedTuple):
    """What came of it, or would: the refusals by row, the acts that took effect, what the act gave."""

    refused: Mapping[int, DomainError]
    acts: Sequence[OpenAct]
    result: Any

    @property
    def papers(self) -> list[tuple[str, Text]]:
        """The letters written: number and title."""
        return [paper for one in self.acts for paper in one.papers]


def carried_out(act: Act, deed: Deed, ids: Sequence[int], said: Mapping[str, Any]) -> Outcome:
    """All in one act; where that is refused, one by one, so that one row does not hold up the others."""
    with watched() as acts:
        result, refusal = _tried(act, deed, ids, said)
        refused = dict.fromkeys(ids, refusal) if refusal else {}
        if refusal and not deed.whole and len(ids) > 1:
            # Each row gets a key of its own, made from the form's: the same form sent twice takes effect once.
            alone = {pk: _tried(_keyed(act, pk), deed, [pk], said)[1] for pk in ids}
            refused = {pk: no for pk, no in alone.items() if no}
    told = {pk: no for pk, no in refused.items() if no}
    return Outcome(told, acts, result)


def rehearsed(act: Act, deed: Deed, ids: Sequence[int], said: Mapping[str, Any]) -> Outcome:
    """What would come of it now: the act itself runs, and is undone."""

    def tried() -> Outcome:
        with rehearsal():
            return carried_out(replace(act, key=""), deed, ids, said)

    return patiently(tried)


def _tried(act: Act, deed: Deed, ids: Sequence[int], said: Mapping[str, Any]) -> tuple[Any, DomainError | None]:
    try:
        return deed.run(act, ids, said), None
    except ActRepeated:
        return None, None
    except DomainError as error:
        logs.refusal(error)
        return None, error


def _keyed(act: Act, pk: int) -> Act:
    return replace(act, key=act.key and digest(f"{act.key}|{pk}")[:_KEY_DIGITS])


def posted(listing: Any) -> HttpResponse:
    """What a list answers to its buttons: the preview, the receipt, or itself with what stands in the way."""
    request: HttpRequest = listing.request
    deed = next((one for one in listing.deeds() if one.code == request.POST.get("deed", one.code)), None)
    if deed is None:
        raise PermissionDenied
    form = listing.form(request.POST) if deed.asks else forms.Form(request.POST)
    if form.is_valid():
        answer = _confirmed(listing, deed, form) if "chosen" in request.POST else _preview(listing, deed, form)
        if answer:
            return answer
    for error in () if deed.asks else form.non_field_errors():
        messages.error(request, str(error))
    page: HttpResponse = listing.page(form if deed.asks else None, status=422)
    return page


def _preview(listing: Any, deed: Deed, form: forms.Form) -> HttpResponse | None:
    request = listing.request
    asked = [pk for text in request.POST.getlist("row") if (pk := whole_number(text))]
    rows = [row for row in listing.picked(asked) if listing.ticks(row)]
    if not rows:
        return _nobody(request, form, asked)
    by_id = {int(listing.ticks(row)): row for row in rows}
    found = rehearsed(act_of(request), deed, list(by_id), form.cleaned_data)
    if _about_form(deed, form, found):
        return None
    listing.note(rows)
    going = [row for pk, row in by_id.items() if pk not in found.refused]
    left = [(listing.label(by_id[pk]), sentence(no)) for pk, no in found.refused.items()]
    gone = len(set(asked)) - len(rows)
    left += [(counted("%(count)s 项", gone), gettext("已办理，或须由他人办理"))] if gone else []
    where, shown = listing.read(going)
    kept = {
        "deed": deed.code,
        "rows": [
            (int(listing.ticks(row)), listing.label(row), listing.sums(row), _looks(listing, row)) for row in going
        ],
        "sums": listing.sum_labels(),
        "left": left,
        "read": (where if isinstance(where, int) else where.chain, listing.subject(), shown),
        "back": request.get_full_path(),
    }
    context = {
        "head": Head(gettext("预览：%(step)s") % {"step": deed.words}, trail=[(listing.head().title, kept["back"])]),
        "deed": deed,
        "submit": counted("确认办理 %(count)s 项", len(going)),
        "facts": [*_said(form), *_sums(kept["sums"], kept["rows"]), *_letters(found.papers)],
        "columns": _previewed(listing),
        "lines": listing.drawn(going, _previewed(listing)),
        "left": left,
        "sent": [(name, value) for name, some in request.POST.lists() if name not in _NOT_SAID for value in some],
        "chosen": _signer(request).sign_object(kept, compress=True),
        "back": kept["back"],
    }
    return render_page(request, "set_preview.html", context)


def _nobody(request: HttpRequest, form: forms.Form, asked: Sequence[int]) -> HttpResponse | None:
    """Nothing was ticked, or somebody else did it meanwhile."""
    if not asked:
        form.add_error(None, gettext("请至少选择一项"))
        return None
    messages.info(request, gettext("所选的都已办理，或须由他人办理"))
    return redirect(request.get_full_path())


def _about_form(deed: Deed, form: forms.Form, found: Outcome) -> bool:
    """Whether the refusal is of what was typed, or of a set that goes as one: then the form says it."""
    first = next(iter(found.refused.values()), None)
    if first is None or not (deed.whole or first.field in form.fields):
        return False
    add_refusal(form, first)
    return True


def _confirmed(listing: Any, deed: Deed, form: forms.Form) -> HttpResponse:
    request, act = listing.request, act_of(listing.request)
    try:
        kept = _signer(request).unsign_object(request.POST["chosen"])
    except signing.BadSignature as error:
        raise BadRequest from error
    if kept["deed"] != deed.code or not act.key:
        raise BadRequest
    to = reverse(RECEIPT, args=[act.key])
    if drafts.find(act.by.pk, to) is None:
        found = _as_previewed(listing, act, deed, kept["rows"], form.cleaned_data)
        drafts.keep(act.by.pk, to, json.dumps(told := _receipt(deed, kept, found)), at=now())
        level = messages.WARNING if told["left"] else messages.SUCCESS
        messages.add_message(request, level, _done_words(len(told["done"])), undo_of(request, found.acts, kept["back"]))
    return redirect(to)


def _as_previewed(
    listing: Any, act: Act, deed: Deed, rows: Sequence[tuple[Any, ...]], said: Mapping[str, Any]
) -> Outcome:
    """Carry out what was previewed; a row that says something else by now stays, and with it what goes as one."""
    looked = {pk: looks for pk, _label, _sums, looks in rows}
    now = {int(listing.ticks(row)): _looks(listing, row) for row in listing.picked(list(looked))}
    changed = {pk for pk, looks in now.items() if looks != looked[pk]}
    left: dict[int, DomainError] = dict.fromkeys(looked if deed.whole and changed else changed, RowChanged())
    ids = [pk for pk in looked if pk not in left]
    found = carried_out(act, deed, ids, said) if ids else Outcome({}, (), None)
    return found._replace(refused={**found.refused, **left})


def _previewed(listing: Any) -> list[Any]:
    """The columns of a preview: no buttons."""
    return [one for one in listing.shown_columns() if one.label]


def _looks(listing: Any, row: Any) -> str:
    """What a preview shows of a row, as one digest."""
    [line] = listing.drawn([row], _previewed(listing))
    shown: str = digest([listing.sums(row), [str(cell) for _column, cell in line]])
    return shown[:_KEY_DIGITS]


def _receipt(deed: Deed, kept: Mapping[str, Any], found: Outcome) -> dict[str, Any]:
    done = [row for row in kept["rows"] if row[0] not in found.refused]
    late = [(label, sentence(found.refused[pk])) for pk, label, *_rest in kept["rows"] if pk in found.refused]
    return {
        "title": str(deed.words),
        "done": [label for _pk, label, *_rest in done],
        "facts": _sums(kept["sums"], done),
        "left": [*late, *kept["left"]],
        "papers": [(number, pack_text(title)) for number, title in found.papers],
        "read": kept["read"],
        "back": kept["back"],
        "then": [str(part) for part in deed.then(found.result)] if deed.then and found.result is not None else None,
    }


def _done_words(number: int) -> str:
    return counted("%(count)s 项已办理", number)


def _said(form: forms.Form) -> list[tuple[object, str]]:
    """What the form says, in words."""
    found: list[tuple[object, str]] = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        offered = {str(one): words for one, words in getattr(bound.field, "choices", ())}
        words = offered.get(str(bound.data), value)
        if words not in (None, "", []):
            found.append((bound.label, cells.plain(words, "DATE")))
    return found


def _sums(labels: Sequence[object], rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    totals = [sum(sums[at] or 0 for _pk, _label, sums, _looks in rows) for at, _name in enumerate(labels)]
    found = [(str(name), money_text(fen)) for name, fen in zip(labels, totals, strict=True)]
    return [(gettext("合计"), counted("%(count)s 项", len(rows))), *found]


def _letters(papers: Sequence[tuple[str, Text]]) -> list[tuple[str, str]]:
    titles = [pack_text(title) for _number, title in papers]
    counts = [f"{title} × {titles.count(title)}" for title in dict.fromkeys(titles)]
    return [(gettext("将出具文书"), joined(counts))] if counts else []


def _signer(request: HttpRequest) -> signing.Signer:
    return signing.Signer(salt=f"set|{actor(request).pk}|{request.path}")


@pages_at("my_work", lambda person, _on: person, lambda _person: True)
def receipt(request: HttpRequest, person: Any, key: str) -> HttpResponse:
    """What was done, for how much, the letters to print, and what was not done and why. Its own person's alone."""
    found = drafts.find(person.pk, request.path)
    if found is None:
        raise Http404
    told = json.loads(found.content)
    where, subject, shown = told["read"]
    if shown:
        note_read(request, where=where, subject=subject, shown=shown)
    numbers = ",".join(number for number, _title in told["papers"])
    to_print = navigation.link(request, LETTERS) if numbers else ""
    more = [Action(told["then"][0], told["then"][1])] if told["then"] else []
    more += [Action(gettext("打印全部文书"), f"{to_print}?only={numbers}")] if to_print else []
    head = Head(
        gettext("已办理：%(step)s") % {"step": told["title"]},
        _done_words(len(told["done"])),
        actions=[*more, Action(gettext("下一项"), told["back"], main=True)],
    )
    papers = [cells.linked(request, LETTER, number, f"{number} {title}") for number, title in told["papers"]]
    return render_page(request, "set_receipt.html", {"head": head, "told": told, "papers": papers})
