"""Apply from home: a page that says what is needed, one thing per page, check answers, hand in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.operations import receive
from linli.aid.assistance.operations.drafts import discard_draft, save_draft
from linli.aid.assistance.queries.screens import draft
from linli.aid.assistance.web.scheme import scheme_in_force
from linli.aid.assistance.web.steps import FORM, Steps, home_of, may_apply
from linli.foundation.clock import now
from linli.foundation.screens.pages import act_of, actor, add_refusal, no_store, perform, render_page, today
from linli.kernel.errors import DomainError


@login_required
@require_GET
def my_apply(request: HttpRequest) -> HttpResponse:
    """办事指南: who it is for, what to bring, how long it takes; then begin, or go on where one stopped."""
    steps, scheme = _steps(request)
    pack = steps.pack
    figures = pack.parameters_on(today())
    limits = [
        (one.label, figures[one.days], pack.parameters[one.days].basis.legal_basis)
        for code, one in pack.deadlines.items()
        if code in ("intake_answer", "decision")
    ]
    context = {
        "pack": pack,
        "scheme": scheme,
        "limits": limits,
        "base": [paper for paper in pack.papers.values() if paper.demanded == "ALWAYS"],
        "groups": [(group, [pack.papers[code].label for code in group.papers]) for group in pack.groups.values()],
        "first": steps.first_open,
        "started": bool(steps.said),
    }
    return _page(request, "assistance/my_apply.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_apply_step(request: HttpRequest, code: str) -> HttpResponse:
    """One page of the form; what is sent is kept at once."""
    steps, _scheme = _steps(request)
    if code not in steps.codes:
        raise Http404
    posted = request.method == "POST"
    form = steps.form(code, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid() and _keep(request, steps, code, form):
        again = Steps(steps.pack, steps.home, draft(actor(request).pk, FORM))
        # Whoever came from the check page goes back to it, unless the change opened new questions.
        target = again.first_open if request.POST.get("back") == "check" else again.after(code)
        return redirect("my_apply_check") if target == "check" else redirect("my_apply_step", code=target)
    codes = steps.codes
    context = {
        "form": form,
        "code": code,
        "pack": steps.pack,
        "paper": steps.pack.papers.get(code),
        "kept": steps.said.get("papers", {}).get(code, {}),
        "place": codes.index(code) + 1,
        "count": max(len(codes), 4) + 1,
        "before": steps.before(code),
        "back": request.POST.get("back") or request.GET.get("back", ""),
    }
    return _page(request, "assistance/my_apply_step.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def my_apply_check(request: HttpRequest) -> HttpResponse:
    """Check the answers, then hand in."""
    steps, scheme = _steps(request)
    if not steps.said:
        # Handed in a moment ago by another press of the same button, or nothing begun.
        return redirect("my_applications")
    if steps.first_open != "check":
        return redirect("my_apply_step", code=steps.first_open)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        person = actor(request)
        done, made = perform(form, lambda: receive(act_of(request), scheme=scheme, applications=[steps.application()]))
        if done:
            discard_draft(person.pk, FORM)
            if not made:
                return redirect("my_applications")
            messages.success(request, gettext("已收到您的申请，受理编号 %(number)s") % {"number": made[0].number})
            return redirect("my_application", number=made[0].number)
    context = {"form": form, "lines": steps.summary(), "pack": steps.pack}
    return _page(request, "assistance/my_apply_check.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["POST"])
def my_apply_discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and begin anew."""
    discard_draft(actor(request).pk, FORM)
    messages.success(request, gettext("上次填的已删除"))
    return redirect("my_applications")


def _steps(request: HttpRequest) -> tuple[Steps, str]:
    """The form as it stands; 404 for an account of nobody who lives here."""
    person = actor(request)
    if not may_apply(person, today()):
        raise Http404
    scheme, pack = scheme_in_force(today())
    return Steps(pack, home_of(person, today()), draft(person.pk, FORM)), scheme


def _keep(request: HttpRequest, steps: Steps, code: str, form: Form) -> bool:
    try:
        said = steps.with_answer(code, form)
    except DomainError as error:
        add_refusal(form, error)
    if form.errors:
        return False
    save_draft(actor(request).pk, FORM, said, at=now())
    return True


def _page(request: HttpRequest, page: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    vars(request)["nav_key"] = "my_applications"
    return no_store(render_page(request, page, context, status=status))
