"""The list of cases, one case, why its result is as it is, and the steps taken on it one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.aid.assistance.codes import ApplicationState, PublicationState
from linli.aid.assistance.permissions import RECEIVE
from linli.aid.assistance.queries.compared import without_account
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.papers import PaperView, overdue_of
from linli.aid.assistance.queries.screens import budget_outlook
from linli.aid.assistance.queries.together import TOGETHER
from linli.aid.assistance.queries.turns import sheets_of
from linli.aid.assistance.queries.words import left, sheet_words, state_text
from linli.aid.assistance.steps import CASE
from linli.aid.assistance.web.desk import case_or_404, looks_at, readable, reading
from linli.aid.assistance.web.lists import ApplicationList
from linli.aid.assistance.web.presenters import (
    current_assessment,
    earlier_visits,
    ended_by,
    lacking,
    listed,
    paper_lines,
    posting,
    progress,
    supplement_letter,
    takes_papers,
    unsure,
    waits_for,
)
from linli.aid.assistance.web.steps import BOUND, chosen, prepared_publication
from linli.aid.assistance.web.story import story
from linli.aid.assistance.web.why import beside, departed, why
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import chip, linked, unbroken
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import render_page, sentence, there, version_of
from linli.foundation.screens.reminding import waits
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.ground.users.queries import why_not
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step
from linli.kernel.tones import Tone, tone_of
from linli.law.policies.queries import cited, pack_of
from linli.money.awards.queries import awards_of_application


@reading
@require_GET
def application_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cases in my area, newest first, filtered."""
    listing = ApplicationList(request, desk)
    listing.together = [step for code in TOGETHER if desk.person.holds(*(step := CASE.step(code)).roles)]
    return listing.response()


@reading
@require_GET
def application_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One case: where it stands, why, what it needs, what happened, and the next step."""
    case = case_or_404(request, desk, number)
    shown = _case_context(case, desk)
    held = waits(CASE, desk.person, case.standing, desk.on, "application_detail")
    context = {**shown, "head": _head(case, shown), "facts": _facts(request, case), "waits": held}
    return render_page(request, "assistance/application_detail.html", context)


@reading
@require_GET
def application_reasons(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The reason chain alone, to print for the family."""
    case = case_or_404(request, desk, number)
    return render_page(request, "assistance/application_reasons.html", {"case": case, "why": why(case)})


class CaseStep(ActPage[Desk, ApplicationDetail]):
    """One step on one case: what it means, its form, and what it rests on beside it."""

    lead = "%(applicant)s · %(number)s · %(state)s"
    done = _("%(number)s：%(step)s，已完成")
    leads = "application_detail"
    by = "number"
    template = "assistance/application_deed.html"

    def find(self, number: str, code: str) -> ApplicationDetail:
        case = case_or_404(self.request, self.desk, number)
        self.step = there(next((step for step in CASE.steps if step.path == code and step.code in BOUND), None))
        self.title, self.bound = self.step.label, BOUND[self.step.code]
        return case

    def may(self) -> bool:
        return CASE.elsewhere(self.desk.person, self.step.code, self.row.standing) is None

    def fill(self) -> Form:
        sent = [self.request.POST] if self.request.method == "POST" else []
        return self.bound.form(self.desk, self.row, *sent)

    def response(self) -> HttpResponse:
        """The page; where the step cannot be taken now, the case, which says why."""
        why_not_now = why_not(self.desk.person, CASE, self.step.code, self.row.standing, self.desk.on)
        if self.request.method == "GET" and why_not_now is not None:
            messages.info(self.request, sentence(readable(why_not_now)))
            return redirect(self.home())
        return super().response()

    def places(self, error: DomainError) -> Sequence[tuple[BaseForm, DomainError]]:
        return [(self.filled, readable(error))]

    def run(self, act: Act, said: Said) -> object:
        return self.bound.run(act, chosen(self.row, version_of(self.request)), said)

    def words(self) -> Mapping[str, object]:
        case = self.row
        state = state_text(case.state, case.step)
        return {"applicant": case.applicant, "number": case.number, "step": self.step.label, "state": state}

    def trail(self) -> Sequence[tuple[object, str]]:
        return [*super().trail(), (self.title, "")]

    def more(self) -> Mapping[str, Any]:
        case, on = self.row, self.desk.on
        shown = {**_case_context(case, self.desk), "step": self.step, "version": case.version}
        if self.step.code == "supplement":
            shown["letter"] = supplement_letter(case, on)
        if self.step.code == "grant":
            shown["outlook"] = budget_outlook(self.desk.reads, [case.application_id], on)
        return shown


def _head(case: ApplicationDetail, shown: Mapping[str, Any]) -> Head:
    """The one main action is the sheet of the person's own, then the step that the case waits for."""
    lead = format_html(
        '{} <span class="meta">{}</span>{}<span class="meta block">{}</span>',
        left(case.clock),
        unbroken(joined_by_dot(case.place, case.household)),
        format_html_join("", '<span class="block">{} <span class="meta">{}</span></span>', _broken(shown["promises"])),
        shown["waits_for"],
    )
    first = [replace(shown["main"], main=True)] if shown["main"] else []
    if shown["may_fill_sheet"]:
        sheet = reverse("assessment_sheet", args=[shown["assessment"].assessment_id])
        step = shown["sheet_step"]
        first = [Action(sheet_words(step), sheet, main=step is not None)]
    return Head(
        joined_by_dot(case.applicant, listed(case.groups)),
        lead,
        [(case.number, "")],
        (shown["state_text"], tone_of(case.state)),
        [button(gettext("打印申请表"), "application_form_pdf", case.number), *first],
    )


def _broken(promises: Iterable[PaperView]) -> Iterator[tuple[str, str]]:
    """Papers that were promised and did not come."""
    for paper in promises:
        day = day_text(paper.promised_date)
        yield chip(gettext("材料承诺逾期"), Tone.LATE), joined_by_dot(pack_text(paper.label), day)


def _facts(request: HttpRequest, case: ApplicationDetail) -> list[tuple[object, object]]:
    """Who applied, when and how."""
    received = joined_by_dot(day_text(case.received_date), case.channel.label, case.received_by)
    return [
        (gettext("编号"), linked(request, "resident_detail", case.applicant_number)),
        (gettext("家庭"), linked(request, "household_detail", case.household)),
        (gettext("收到"), received),
        (gettext("识别途径"), f"{pack_text(case.identified_how)} {case.identified_by}"),
        (gettext("代办人"), case.proxy),
        (gettext("自述"), case.statement),
    ]


def _case_context(case: ApplicationDetail, desk: Desk) -> dict[str, Any]:
    offered = CASE.offered(desk.person, case.standing, desk.on)
    actions = [_action(case, step) for step in offered if step.code in BOUND or step.code == "post"]
    assessment = current_assessment(case)
    waiting = sheets_of(desk.person.user_id, [case.application_id])
    seated = assessment is not None and desk.person.user_id in {seat.user_id for seat in assessment.seats}
    happened = [(one.kind, one.at.astimezone(CHINA_TIME).date()) for one in case.events]
    missing = lacking(case.papers)
    main = actions[0] if offered and offered[0].is_main(case.standing) else None
    pack = pack_of(case.pack_version_id)
    accounts = without_account(case, desk.on)
    return {
        "case": case,
        "steps": progress(case.state, ended_by(happened)),
        "papers": paper_lines(case.papers),
        "complete": len(case.papers) - len(missing),
        "missing": missing,
        "state_text": state_text(case.state, case.step),
        "why": (said := why(case)),
        "departed": departed(case, said.names),
        "compared": (known := beside(case, desk.on)),
        "no_account": [unit for unit, waits in accounts.items() if not waits],
        "account_waits": [unit for unit, waits in accounts.items() if waits],
        "twice": any(row.twice for row, _name, _chip in known),
        "story": story(case, looks_at(case)),
        "publications": [
            (one, posting(PublicationState(one.state), one.last_date, desk.on)) for one in case.publications
        ],
        "assessment": assessment,
        "earlier_visits": earlier_visits(case),
        "provisional": unsure(case),
        "clauses": cited({one.because: f"deadlines.{one.because}" for one in case.clocks}, [pack]),
        "may_fill_sheet": seated and case.state == ApplicationState.ASSESSING and not case.standing.is_over,
        "sheet_step": waiting.get(case.application_id, (0, None))[1],
        "main": main,
        "waits_for": "" if main else waits_for(case),
        "others": [action for action in actions if action is not main],
        "may_record_papers": desk.person.may(case.stamp, *RECEIVE) and takes_papers(case),
        "promises": overdue_of(case.state, case.papers, desk.on),
        "awards": awards_of_application(desk.reads, case.number),
    }


def _action(case: ApplicationDetail, step: Step) -> Action:
    """Where a step is taken: on its own page, but a publication is posted on the publication's."""
    posts = step.code == "post"
    address = (
        reverse("publication_detail", args=[prepared_publication(case)])
        if posts
        else reverse("application_deed", args=[case.number, step.path])
    )
    return Action(step.label, address, danger=step.danger)
