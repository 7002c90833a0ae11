"""办件进度: follow an application by its receipt number and four signs, without log-in; the stage and nothing else."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.aid.assistance.operations import look_up
from linli.aid.assistance.queries.deadlines import Progress
from linli.aid.assistance.queries.deadlines import progress as progress_of
from linli.foundation.clock import now
from linli.foundation.screens.front import visitor
from linli.foundation.screens.pages import no_store, render_page
from linli.foundation.screens.texts import counted, day_text
from linli.foundation.trail.tries import Tries, TriesOfADay
from linli.kernel.act import SYSTEM, Act

# Who mistypes may try again; who guesses ten thousand endings of one number, or many numbers, may not.
_NUMBER_SOON, _NUMBER_TODAY = Tries("progress", 5, minutes=15), TriesOfADay("progress", 20)
_ADDRESS = Tries("progress from", 30, minutes=15)
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
    if not _answered(request, number):
        return _page(request, ProgressForm(), refusal=gettext("查得太多，请过一会儿再来。"), status=_TOO_MANY)
    if not look_up(Act(SYSTEM, now()), number=number, digits=form.cleaned_data["digits"].upper()):
        # What was typed is not shown again: two refusals are the same page.
        return _page(request, ProgressForm(), refusal=gettext("编号或后四位不对，请核对后再查。"), status=_REFUSED)
    return _page(request, ProgressForm(), found=progress_of(number), number=number)


def _answered(request: HttpRequest, number: str) -> bool:
    """Whether this try is still answered; every counter counts it, whatever the others say."""
    at = now()
    counted_by = [_NUMBER_SOON.count(number, at), _NUMBER_TODAY.count(number, at)]
    return all([*counted_by, _ADDRESS.count(visitor(request), at)])


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
