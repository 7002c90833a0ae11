"""Apply from home: a page that says what is needed, one thing per page, check answers, hand in."""

from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.operations import receive
from linli.aid.assistance.web.applying import Steps, draft_address, files_of, home_of, may_apply, said_by
from linli.aid.assistance.web.desk import Own, own
from linli.aid.assistance.web.presenters import listed
from linli.aid.assistance.web.scheme import Keeper, scheme_in_force
from linli.aid.assistance.web.why import running_words
from linli.foundation.clock import now
from linli.foundation.files import unsent
from linli.foundation.screens.heads import Head, button
from linli.foundation.screens.pages import act_of, add_refusal, no_store, perform, render_page, sent_only
from linli.foundation.screens.texts import pack_text
from linli.foundation.trail import drafts
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError


@own
@require_GET
def my_apply(request: HttpRequest, desk: Own) -> HttpResponse:
    """办事指南: who it is for, what to bring, how long it takes; then begin, or go on where one stopped."""
    steps, _scheme = _steps(desk)
    pack = steps.pack
    figures = pack.parameters_on(desk.on)
    limits = [
        (one.label, figures[one.days], pack.parameters[one.days].basis.legal_basis)
        for code, one in pack.deadlines.items()
        if code in ("intake_answer", "decision")
    ]
    if steps.first_open == "check":
        start = button(gettext("核对后提交"), "my_apply_check", main=True)
    else:
        words = gettext("接着填") if steps.said else gettext("开始填写")
        start = button(words, "my_apply_step", steps.first_open, main=True)
    title = pack_text(pack.form)
    context = {
        "head": Head(title, pack_text(pack.label), [(title, "")], actions=[start]),
        "limits": limits,
        "base": [paper for paper in pack.papers.values() if paper.demanded == "ALWAYS"],
        "groups": [
            (group, listed([pack.papers[code].label for code in group.papers])) for group in pack.groups.values()
        ],
        "started": bool(steps.said),
    }
    return _page(request, "assistance/my_apply.html", context)


@own
@require_http_methods(["GET", "POST"])
def my_apply_step(request: HttpRequest, desk: Own, code: str) -> HttpResponse:
    """One page of the form; what is sent is kept at once."""
    steps, _scheme = _steps(desk)
    if code not in steps.codes:
        raise Http404
    posted = request.method == "POST"
    form = steps.form(code, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid() and _keep(desk, steps, code, form):
        again = Steps(steps.pack, steps.home, said_by(desk.person))
        # Whoever came from the check page goes back to it, unless the change opened new questions.
        target = again.first_open if request.POST.get("back") == "check" else again.after(code)
        return redirect("my_apply_check") if target == "check" else redirect("my_apply_step", code=target)
    context = {
        "head": _question(steps, code),
        "form": form,
        "running": _running(steps, desk.on) if code == "groups" else [],
        "kept": steps.said.get("papers", {}).get(code, {}),
        "before": steps.before(code),
        "back": request.POST.get("back") or request.GET.get("back", ""),
    }
    return _page(request, "assistance/my_apply_step.html", context, status=422 if form.errors else 200)


@own
@require_http_methods(["GET", "POST"])
def my_apply_check(request: HttpRequest, desk: Own) -> HttpResponse:
    """Check the answers, then hand in."""
    steps, scheme = _steps(desk)
    if not steps.said:
        # Handed in a moment ago by another press of the same button, or nothing begun.
        return redirect("my_applications")
    if steps.first_open != "check":
        return redirect("my_apply_step", code=steps.first_open)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done, made = perform(form, lambda: receive(act_of(request), scheme=scheme, applications=[steps.application()]))
        if done:
            _drop(desk, steps)
            if not made:
                return redirect("my_applications")
            messages.success(request, gettext("已收到您的申请，受理编号 %(number)s") % {"number": made[0].number})
            return redirect("my_application", number=made[0].number)
    title = gettext("核对后提交")
    head = Head(title, trail=[_guide(steps), (title, "")])
    context = {"head": head, "form": form, "lines": steps.summary()}
    return _page(request, "assistance/my_apply_check.html", context, status=422 if form.errors else 200)


@own
@sent_only(lambda *_who: reverse("my_applications"))
def my_apply_discard(request: HttpRequest, desk: Own) -> HttpResponse:
    """Throw the draft away and begin anew."""
    _drop(desk, _steps(desk)[0])
    messages.success(request, gettext("上次填的已删除"))
    return redirect("my_applications")


def _running(steps: Steps, on: date) -> list[str]:
    """What the families get already that the account may apply for."""
    names = {member.number: member.name for _household, member in steps.home.people}
    return running_words({household for household, _member in steps.home.people}, names, on)


def _guide(steps: Steps) -> tuple[str, str]:
    return pack_text(steps.pack.form), reverse("my_apply")


def _question(steps: Steps, code: str) -> Head:
    """What one page asks, and which of how many it is."""
    codes, paper = steps.codes, steps.pack.papers.get(code)
    title, lead = {
        "applicant": (gettext("谁要申请？"), ""),
        "groups": (gettext("属于哪一类？"), gettext("可以选几类，一次申请。")),
        "statement": (gettext("说说您的困难"), gettext("用自己的话写，几句就行。")),
    }.get(code) or (pack_text(paper.label if paper else ""), gettext("拍清楚四个角，文字能看清。"))
    place = {"place": codes.index(code) + 1, "count": max(len(codes), 4) + 1}
    return Head(title, lead, [_guide(steps), (gettext("第 %(place)s 步，共 %(count)s 步") % place, "")])


def _steps(desk: Own) -> tuple[Steps, str]:
    """The form as it stands; 404 for an account of nobody who lives here."""
    if not may_apply(desk.person, desk.on):
        raise Http404
    scheme, pack = scheme_in_force(desk.on)
    return Steps(pack, home_of(desk.person, desk.on), said_by(desk.person)), scheme


def _keep(desk: Own, steps: Steps, code: str, form: Form) -> bool:
    keeper = Keeper(user_id=desk.person.pk, whose=f"household:{steps.household_id}", on=desk.on)
    try:
        said = steps.with_answer(code, form, keeper)
    except DomainError as error:
        add_refusal(form, error)
    if form.errors:
        return False
    drafts.keep(desk.person.pk, draft_address(), canonical_json(said), at=now())
    left = files_of(said)
    unsent.touch(left, user_id=desk.person.pk)
    unsent.drop(files_of(steps.said) - left, user_id=desk.person.pk)
    return True


def _drop(desk: Own, steps: Steps) -> None:
    """The draft and its files: they were handed in, or are not wanted any more."""
    drafts.drop(desk.person.pk, draft_address())
    unsent.drop(files_of(steps.said), user_id=desk.person.pk)


def _page(request: HttpRequest, page: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    return no_store(render_page(request, page, context, status=status))
