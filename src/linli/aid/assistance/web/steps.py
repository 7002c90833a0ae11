"""The steps of a case on pages: form and act of each. Whose they are and when is in ``assistance.steps``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.aid.assistance import operations
from linli.aid.assistance.codes import AssessorCapacity, Proposal, PublicationState
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
    people = candidates(case.stamp, case.household_id, desk.on)
    roles = map(AssessorCapacity, pack_of(case.pack_version_id).assessment_roles)
    return f.TeamForm(*data, candidates={role: _named(people[role]) for role in roles})


def _named(people: Sequence[Candidate]) -> list[tuple[int, str]]:
    """Who may be chosen, with a word beside those who will be refused."""
    kin = gettext("%(name)s（亲属，应回避）")
    return [(one.user_id, kin % {"name": one.name} if one.is_kin else one.name) for one in people]


def _team(act: Act, on: Chosen, data: Fields) -> object:
    team = {AssessorCapacity(code): user_id for code, user_id in data.items() if user_id}
    return operations.form_team(act, application_id=on.ids[0], team=team)


def _opinion(act: Act, on: Chosen, data: Fields) -> object:
    proposal = Proposal(data["proposal"])
    return operations.give_opinion(act, application_ids=on.ids, proposal=proposal, text=data["text"])


def _object(act: Act, on: Chosen, data: Fields) -> object:
    told = {"content": data["content"], "objector": data["objector"]}
    return operations.take_objection(act, application_id=on.ids[0], **told)


def _answer_objection(act: Act, on: Chosen, data: Fields) -> object:
    upheld = data["upheld"] == "yes"
    return operations.answer_objection(act, objection_id=on.objection_id, upheld=upheld, answer=data["answer"])


def _take_back(code: str) -> Callable[[Act, Chosen, Fields], object]:
    return lambda act, on, data: operations.take_back(act, application_ids=on.ids, code=code)


BOUND: Mapping[str, Bound] = {
    "withdraw": Bound(
        lambda desk, case, *data: f.WithdrawForm(*data),
        lambda act, on, data: operations.withdraw(act, application_id=on.ids[0], reason=data["reason"]),
    ),
    **{
        code: Bound(lambda desk, case, *data: f.ConfirmForm(*data), _take_back(code))
        for code in ("restore", "take_back_opinion", "take_back_review")
    },
    "team": Bound(_team_form, _team),
    "answer_objection": Bound(lambda desk, case, *data: f.ObjectionAnswerForm(*data), _answer_objection),
    "accept": Bound(
        lambda desk, case, *data: f.ConfirmForm(*data),
        lambda act, on, data: operations.accept(act, application_ids=on.ids),
    ),
    "supplement": Bound(
        lambda desk, case, *data: f.ConfirmForm(*data),
        lambda act, on, data: operations.ask_for_supplement(act, application_id=on.ids[0], version=on.version),
    ),
    "turn_away": Bound(
        lambda desk, case, *data: f.ReasonForm(*data),
        lambda act, on, data: operations.turn_away(
            act, application_id=on.ids[0], reason=data["reason"], version=on.version
        ),
    ),
    "opinion": Bound(lambda desk, case, *data: f.OpinionForm(*data), _opinion),
    "review": Bound(
        lambda desk, case, *data: f.ReviewForm(*data),
        lambda act, on, data: operations.review(
            act, application_ids=on.ids, agreed=data["agreed"] == "yes", text=data["text"]
        ),
    ),
    "publish": Bound(
        lambda desk, case, *data: f.ConfirmForm(*data),
        lambda act, on, data: operations.prepare(act, application_ids=on.ids),
    ),
    "object": Bound(lambda desk, case, *data: f.ObjectionForm(*data), _object),
    "grant": Bound(
        lambda desk, case, *data: f.ConfirmForm(*data),
        lambda act, on, data: operations.grant(act, application_ids=on.ids),
    ),
    "refuse": Bound(
        lambda desk, case, *data: f.ReasonForm(*data),
        lambda act, on, data: operations.refuse(act, application_ids=on.ids, reason=data["reason"]),
    ),
}
