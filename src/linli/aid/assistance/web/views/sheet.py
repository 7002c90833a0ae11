"""The assessor's sheet: declare, visit, sign, close. It shows no identity number, account or address."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.aid.assistance import operations
from linli.aid.assistance.queries.assessor_sheet import Sheet, present_sheet, sheet, sheet_of_others
from linli.aid.assistance.queries.screens import Preview, preview
from linli.aid.assistance.web.desk import Own, attempt
from linli.aid.assistance.web.forms import SignForm
from linli.aid.assistance.web.presenters import listed
from linli.aid.assistance.web.sheets import amounts_of, changes_of, fields_of, visit_form, visit_of
from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.drafting import begins, keep_for, slot
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import act_of, not_found, onward, render_page, today, version_of
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import joined, joined_by_dot

# Whoever signs or completes sends the sheet as well, which has always this field.
_CARRIED = "visited_date"
# What each step says once it is taken.
_DONE: Mapping[str, object] = {
    "declare": _("已声明，可以填写调查表"),
    "visit": _("调查表已保存"),
    "sign": _("已签名"),
    "complete": _("评估已完成"),
}


@pages_at("my_work", Own, lambda _desk: True)
@require_http_methods(["GET", "POST"])
def assessment_sheet(request: HttpRequest, desk: Own, assessment_id: int) -> HttpResponse:
    """One page for one visit; the button pressed says which of its four steps is meant."""
    seen = sheet(desk.person.pk, assessment_id, desk.on)
    if seen is None:
        return _to_present(request, desk, assessment_id)
    step = request.POST.get("step", "")
    expected = preview(assessment_id, desk.on)
    forms_by_step = _forms(request, seen, expected, step)
    form = forms_by_step.get(step)
    if (
        form is not None
        and form.is_bound
        and step != "visit"
        and _is_unsaved(request, seen, expected, forms_by_step["visit"])
    ):
        form.add_error(None, gettext("有改动还没有保存。请先保存调查表，看过算出的金额，再办这一步"))
    draft = slot(desk.person.pk, request.path, forms_by_step["visit"], version=seen.version)
    if form is not None and form.is_valid() and _take(request, seen, expected, step, form):
        if step == "visit" and draft:
            draft.drop()
        messages.success(request, str(_DONE[step]))
        still = sheet(desk.person.pk, assessment_id, desk.on)
        return redirect(request.get_full_path() if still else onward(request, reverse("my_work")))
    shown = [one.key for one in seen.members]
    note_read(request, where=0, subject=f"application:{seen.number}", shown=shown)
    # Nobody can say to be no kin of a family that is not named.
    family = joined([one.name for one in seen.members])
    lead = joined_by_dot(family, seen.place, seen.number, listed(seen.groups))
    head = Head(gettext("入户调查表"), lead, [(seen.number, "")])
    context = {"head": head, "sheet": seen, "errors": form, "draft": draft, **_context(seen, expected, forms_by_step)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "assistance/assessment_sheet.html", context, status=status)


def _to_present(request: HttpRequest, desk: Own, assessment_id: int) -> HttpResponse:
    """From the sheet of a team that was changed to that of the present one, with what was typed as its draft. Raises
    Http404 for whom no open sheet of the case names.
    """
    present = present_sheet(desk.person.pk, assessment_id)
    if not present or sheet(desk.person.pk, present, desk.on) is None:
        not_found(sheet_of_others, NOWHERE, assessment_id, desk.person.pk)
        raise Http404
    address = reverse("assessment_sheet", args=[present])
    told = gettext("评估小组已更换，这是新小组的调查表")
    if request.method == "POST":
        keep_for(request, address)
        told = gettext("评估小组已更换，刚才没有保存；填写的内容在新小组的这张调查表里，请核对后保存")
    messages.warning(request, told)
    return redirect(address)


def _forms(request: HttpRequest, seen: Sheet, expected: Preview, step: str) -> dict[str, forms.Form]:
    """The page's forms, the one that was sent filled with what was typed."""

    # Signing and completing send the sheet as it stands on the page.
    typed = request.POST if step == "visit" or (step in _DONE and _CARRIED in request.POST) else None
    return {
        "declare": forms.Form(request.POST if step == "declare" else None),
        "visit": visit_form(seen, expected, typed, today()),
        "sign": SignForm(
            request.POST if step == "sign" else None, initial={"dissent": request.POST.get("dissent", "")}
        ),
        "complete": forms.Form(request.POST if step == "complete" and seen.may_complete else None),
    }


def _is_unsaved(request: HttpRequest, seen: Sheet, expected: Preview, visit: forms.Form) -> bool:
    """Whether something on the sheet was sent otherwise than it is kept. Of a page that somebody overtook the act says
    so itself.
    """
    if not visit.is_bound or version_of(request) != seen.version:
        return False
    kept = begins(visit_form(seen, expected, None, today()))
    return any(_plain(visit[name].data) != _plain(shown) for name, shown in kept.items())


def _plain(said: object) -> str:
    if isinstance(said, list):
        said = said[-1] if said else ""
    return "" if said is None else str(said).strip().replace("\r\n", "\n")


def _context(seen: Sheet, expected: Preview, by_step: dict[str, forms.Form]) -> dict[str, object]:
    visit = by_step["visit"]
    return {
        "visit": visit,
        "sign": by_step["sign"],
        "members": [(member, fields_of(visit, member.key, member.facts)) for member in seen.members],
        "household": fields_of(visit, "", seen.household_facts),
        "amounts": amounts_of(visit, expected),
        "dues": expected.dues,
        "missing": listed(expected.missing),
        "changes": changes_of(seen),
    }


def _take(request: HttpRequest, seen: Sheet, expected: Preview, step: str, form: forms.Form) -> bool:
    act, pk, version = act_of(request), seen.assessment_id, version_of(request) or 0
    data = form.cleaned_data
    if step == "declare":
        return attempt(form, lambda: operations.declare_no_kinship(act, assessment_id=pk))[0]
    if step == "sign":
        dissent = data["dissent"]
        return attempt(form, lambda: operations.sign(act, assessment_id=pk, version=version, dissent=dissent))[0]
    if step == "visit":
        visit = visit_of(seen, expected, data)
        return attempt(form, lambda: operations.record_visit(act, assessment_id=pk, visit=visit, version=version))[0]
    return attempt(form, lambda: operations.complete(act, assessment_id=pk))[0]
