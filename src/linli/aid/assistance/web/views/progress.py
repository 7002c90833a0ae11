"""办件进度: follow an application by its receipt number and four signs, without log-in; the stage and nothing else.

Who guesses the signs is held off, and holds nobody else off by it (ADR 0054).
"""

from datetime import datetime
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.aid.assistance.operations import look_up
from linli.aid.assistance.queries.deadlines import Progress
from linli.aid.assistance.queries.deadlines import progress as progress_of
from linli.foundation.clock import now
from linli.foundation.screens.front import network_of, visitor
from linli.foundation.screens.pages import no_store, render_page
from linli.foundation.screens.texts import counted, day_text
from linli.foundation.trail.tries import Tries, TriesOfADay
from linli.kernel.act import SYSTEM, Act

# Who mistypes may try again; who guesses ten thousand endings of one number, or many numbers, may not.
_THERE_SOON: Final = Tries("progress of a number from a place", 5, minutes=15)
_THERE_TODAY: Final = TriesOfADay("progress of a number from a place", 10)
_PLACE: Final = Tries("progress from", 30, minutes=15)
_NUMBER: Final = TriesOfADay("progress of a number", 40)
# When that is spent: a place that has not failed today, of a network in which few others have.
_FIRST: Final = TriesOfADay("progress of a number from a place, first", 1)
_NETWORK: Final = TriesOfADay("progress of a number from a network", 16)
_REFUSED, _TOO_MANY = 422, 429


class ProgressForm(forms.Form):
    """What stands on the receipt, and what only the applicant knows."""

    number = forms.RegexField(
        r"^[A-Za-z]{2}-[0-9]{4}-[0-9]{4,8}$",
        label=_("回执编号"),
        max_length=20,
        error_messages={"required": _("请填写回执编号"), "invalid": _("编号如 JZ-2026-0001")},
    )
    digits = forms.RegexField(
        r"^[0-9]{3}[0-9Xx]$",
        label=_("身份证号后四位"),
        max_length=4,
        error_messages={"required": _("请填写后四位"), "invalid": _("请填四位数字，末位可以是 X")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """Asked and answered on one page, which nobody keeps. An unknown number and wrong signs get the same page."""
    form = ProgressForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=_REFUSED)
    number = form.cleaned_data["number"].upper()
    attempt = _Attempt(number, visitor(request), now())
    if not attempt.answered:
        return _page(request, ProgressForm(), refusal=gettext("查得太多，请过一会儿或明天再来。"), status=_TOO_MANY)
    if not look_up(Act(SYSTEM, now()), number=number, digits=form.cleaned_data["digits"].upper()):
        # What was typed is not shown again: two refusals are the same page.
        return _page(request, ProgressForm(), refusal=gettext("编号或后四位不对，请核对后再查。"), status=_REFUSED)
    attempt.give_back()
    return _page(request, ProgressForm(), found=progress_of(number), number=number)


class _Attempt:
    """One try of a number from a place, counted before the signs are looked at, so that tries at the same moment count
    as well; whether it is answered. What one counter refuses the next does not count.
    """

    def __init__(self, number: str, place: str, at: datetime) -> None:
        self._at = at
        self._counted: list[tuple[Tries | TriesOfADay, str]] = []
        there = f"{number}|{place}"
        by_place = ((_THERE_SOON, there), (_THERE_TODAY, there), (_PLACE, place))
        self.answered = all(self._by(tries, key) for tries, key in by_place) and self._by_number(number, place)

    def give_back(self) -> None:
        """Nothing was guessed: nothing counts."""
        for tries, key in self._counted:
            tries.give_back(key, self._at)

    def _by_number(self, number: str, place: str) -> bool:
        """Whether the number has tries left today; when it has none, whether strangers alone used them up."""
        first = self._by(_FIRST, f"{number}|{place}")
        return self._by(_NUMBER, number) or (first and self._by(_NETWORK, f"{number}|{network_of(place)}"))

    def _by(self, tries: Tries | TriesOfADay, key: str) -> bool:
        self._counted.append((tries, key))
        return tries.count(key, self._at)


def _page(
    request: HttpRequest,
    form: ProgressForm,
    *,
    found: Progress | None = None,
    number: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "found": found,
        "provisional": bool(found and found.due and found.provisional),
        "number": number,
        "steps": _steps(found) if found else [],
        "facts": _facts(found) if found else [],
    }
    response = render_page(request, "assistance/progress.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return no_store(response)


def _steps(found: Progress) -> list[dict[str, object]]:
    states = ["done"] * found.passed + ["now"] + [""] * len(found.steps)
    return [{"label": label, "state": state} for label, state in zip(found.steps, states, strict=False)]


def _facts(found: Progress) -> list[tuple[object, object]]:
    if found.over:
        return [(gettext("现在"), gettext("已办结，结果写在送达的文书上。")), (gettext("办结"), day_text(found.since))]
    return [
        (gettext("现在"), found.steps[found.passed]),
        (gettext("自何时"), day_text(found.since)),
        (gettext("等您补交"), counted("%(count)s 份材料", found.papers) if found.papers else ""),
        (gettext("最迟补交"), day_text(found.bring_by)),
        (gettext("最迟答复"), day_text(found.due)),
    ]
