"""The steps of a case on pages: form and act of each. Whose they are and when is in ``assistance.steps``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.forms import Form
from django.utils.translation import gettext

from linli.aid.assistance import operations
from linli.aid.assistance.codes import ApplicationState, AssessorCapacity, PublicationState
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.people import Candidate, candidates
from linli.aid.assistance.web import forms as f
from linli.foundation.screens.steps import Bound, Fields
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.law.policies.queries import pack_of


@dataclass(frozen=True)
class Chosen:
    """The applications (ids) that a step is taken on; of one, what its page showed."""

    ids: Sequence[int]
    version: int | None = None
    objection_id: int = 0


def chosen(case: ApplicationDetail, version: int | None) -> Chosen:
    """A set of one. Of objections the last: when it was answered meanwhile, or there is none, the act says so."""
    last = case.objections[-1].pk if case.objections else 0
    return Chosen([case.application_id], version, last)


def prepared_publication(case: ApplicationDetail) -> str:
    """The number of the publication that waits to be posted, empty when there is none."""
    waiting = [one.number for one in case.publications if one.state == PublicationState.PREPARED]
    return waiting[-1] if waiting else ""


def _team_form(desk: Desk, case: ApplicationDetail, *data: object) -> f.TeamForm:
    people = candidates(case.application_id, desk.on)
    roles = map(AssessorCapacity, pack_of(case.pack_version_id).assessment_roles)
    # Where a team is at work, it is what is changed.
    sheet = case.assessments[-1] if case.assessments and case.state == ApplicationState.ASSESSING else None
    present = {seat.capacity: seat.user_id for seat in sheet.seats} if sheet else {}
    return f.TeamForm(*data, candidates={role: _named(people[role]) for role in roles}, initial=present)


def _named(people: Sequence[Candidate]) -> list[tuple[int, str]]:
    """Who may be chosen, with a word beside those who will be refused."""
    withdraws = gettext("%(name)s（亲属或代办、代领人，应回避）")
    return [(one.user_id, withdraws % {"name": one.name} if one.is_own else one.name) for one in people]


def _team(operation: Callable[..., object]) -> Bound:
    """A step that names the three of the home visit."""

    def run(act: Act, on: Chosen, data: Fields) -> object:
        team = {AssessorCapacity(code): user_id for code, user_id in data.items() if user_id}
        return operation(act, application_id=on.ids[0], team=team)

    return Bound(_team_form, run)


def _answer_objection(act: Act, on: Chosen, data: Fields) -> object:
    return operations.answer_objection(act, objection_id=on.objection_id, **data)


def _form(form: Callable[..., Form]) -> Callable[..., Form]:
    """A form that needs nothing of the case."""
    return lambda _desk, _case, *data: form(*data)


def _one(operation: Callable[..., object], form: Callable[..., Form] = Form, *, versioned: bool = False) -> Bound:
    """A step on one case; the operation gets what the form says by the fields' names."""

    def run(act: Act, on: Chosen, said: Fields) -> object:
        version = {"version": on.version} if versioned else {}
        return operation(act, application_id=on.ids[0], **said, **version)

    return Bound(_form(form), run)


def _many(operation: Callable[..., object], form: Callable[..., Form] = Form, **told: object) -> Bound:
    """A step that many cases take together."""
    return Bound(_form(form), lambda act, on, said: operation(act, application_ids=on.ids, **said, **told))


BOUND: Mapping[str, Bound] = {
    "withdraw": _one(operations.withdraw, f.WithdrawForm),
    **{code: _many(operations.take_back, code=code) for code in ("restore", "take_back_opinion", "take_back_review")},
    "team": _team(operations.form_team),
    "change_team": _team(operations.change_team),
    "answer_objection": Bound(_form(f.ObjectionAnswerForm), _answer_objection),
    "accept": _many(operations.accept),
    "supplement": _one(operations.ask_for_supplement, versioned=True),
    "turn_away": _one(operations.turn_away, f.ReasonForm, versioned=True),
    "opinion": _many(operations.give_opinion, f.OpinionForm),
    "review": _many(operations.review, f.ReviewForm),
    "publish": _many(operations.prepare),
    "object": _one(operations.take_objection, f.ObjectionForm),
    "grant": _many(operations.grant),
    "refuse": _many(operations.refuse, f.ReasonForm),
}
