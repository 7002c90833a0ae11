"""Assistance tried: the case, its publication, an objection to it, the yearly review."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, Objection, Publication, Renewal
from linli.aid.assistance.operations import (
    accept,
    answer_objection,
    ask_for_supplement,
    ask_to_reapply,
    change_team,
    confirm_renewals,
    decide_renewals,
    discard,
    end_renewals,
    expire_publications,
    form_team,
    give_opinion,
    grant,
    lapse_overdue,
    post,
    prepare,
    refuse,
    review,
    take_back,
    take_back_confirmations,
    take_objection,
    turn_away,
    withdraw,
)
from linli.aid.assistance.queries.steps import Cases
from linli.aid.assistance.steps import CASE, OBJECTION, PUBLICATION, RENEWAL
from linli.ground.users.models import User
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.operations import add_member
from tests.assistance.renewals import DEC_1, NOV_9, confirmed, decided, granted, next_fund, next_plan, opened
from tests.assistance.world import World
from tests.conftest import MONDAY, system_act
from tests.residents.people import person
from tests.steps.trying import Bench

CERTIFICATE = "LOW_INCOME_CERTIFICATE"
_TEAM = {"COMMUNITY_WORKER": "clerk", "SOCIAL_WORKER": "social", "VOLUNTEER": "volunteer"}
Way = Callable[[World], Application]


def _on(row: Any) -> date:
    """The day of the row, Monday unless its way says another."""
    day: date = vars(row).get("tried_on", MONDAY)
    return day


def _incomplete(world: World) -> Application:
    return world.received(without=[CERTIFICATE])


def _awaiting(world: World) -> Application:
    application = _incomplete(world)
    return ask_for_supplement(world.act(world.staff.clerk, hour=10), application_id=application.pk)


def _lapsed(world: World) -> Application:
    application = _awaiting(world)
    lapse_overdue(system_act(MONDAY + timedelta(days=60)))
    return application


def _turned_away(world: World) -> Application:
    return turn_away(world.act(world.staff.clerk), application_id=world.received().pk, reason="不属于本社区")


def _withdrawn(world: World) -> Application:
    return withdraw(world.act(world.staff.clerk), application_id=world.received().pk)


def _withdrawn_before(world: World) -> Application:
    application = _withdrawn(world)
    vars(application)["tried_on"] = MONDAY + timedelta(days=1)
    return application


def _assessing(world: World) -> Application:
    application = world.accepted()
    world.formed(application)
    world.second_volunteer()
    return application


def _assessed(world: World) -> Application:
    application = world.accepted()
    world.assessed(application)
    return application


def _opined(world: World, proposal: Proposal = Proposal.GRANT) -> Application:
    application = _assessed(world)
    world.opined(application, proposal=proposal)
    return application


def _to_be_refused(world: World) -> Application:
    application = _opined(world, Proposal.REFUSE)
    world.reviewed(application)
    return application


def _prepared(world: World) -> Application:
    application = world.at_review()
    prepare(world.act(world.staff.clerk, hour=17), application_ids=[application.pk])
    return application


def _over(world: World) -> Application:
    application, day = world.at_decision()
    vars(application)["tried_on"] = day
    return application


def _objected(world: World) -> Application:
    application, _day = world.at_decision()
    take_objection(world.act(world.staff.clerk, hour=18), application_id=application.pk, content="他有存款")
    return application


def _visited_again(world: World) -> Application:
    application = _objected(world)
    world.assessed(application)
    return application


def _answered(world: World, *, upheld: bool) -> Objection:
    objection = Objection.objects.get(application=_visited_again(world))
    officer = world.act(world.staff.street_officer, hour=19)
    return answer_objection(officer, objection_id=objection.pk, upheld=upheld, answer="已核实")


def _decided(world: World) -> Application:
    application = _over(world)
    world.granted(application, day=_on(application))
    return application


def _refused(world: World) -> Application:
    application = _to_be_refused(world)
    refuse(world.act(world.staff.second_officer, hour=19), application_ids=[application.pk], reason="收入高于标准")
    return application


def _changed(way: Way) -> Way:
    """The same, and a child was born since."""

    def led(world: World) -> Application:
        application = way(world)
        child = person("赵小宝", Relation.GRANDCHILD, MONDAY, order=7)
        clerk = world.act(world.staff.clerk, _on(application), 18)
        add_member(clerk, household_id=application.household_id, member=child, since=_on(application))
        return application

    return led


def _team(act: Act, case: Application) -> object:
    people = {code: User.objects.get(username=name).pk for code, name in _TEAM.items()}
    return form_team(act, application_id=case.pk, team=people)  # type: ignore[arg-type]  # codes by their values


def _other_team(act: Act, case: Application) -> object:
    people = {code: User.objects.get(username=name).pk for code, name in _TEAM.items()}
    for other in User.objects.filter(username="volunteer2"):
        people["VOLUNTEER"] = other.pk
    return change_team(act, application_id=case.pk, team=people)  # type: ignore[arg-type]  # codes by their values


def _post_its(act: Act, case: Application) -> object:
    found = Publication.objects.filter(state="PREPARED", entries__application=case).first()
    return post(act, publication_id=found.pk if found else 0, proof_note="公告栏")


def _answer_its(act: Act, case: Application) -> object:
    found = Objection.objects.filter(application=case).last()
    return answer_objection(act, objection_id=found.pk if found else 0, upheld=False, answer="查无存款")


def _seen(application: Application, on: date) -> Any:
    [case] = Cases(Application.objects.filter(pk=application.pk), on)
    return case


CASES = Bench(
    CASE,
    "aid",
    {
        "RECEIVED": World.received,
        "RECEIVED with a paper missing": _incomplete,
        "AWAITING_PAPERS": _awaiting,
        "NOT_ACCEPTED": _turned_away,
        "LAPSED": _lapsed,
        "WITHDRAWN": _withdrawn,
        "WITHDRAWN yesterday": _withdrawn_before,
        "ACCEPTED": World.accepted,
        "ASSESSING": _assessing,
        "ASSESSED": _assessed,
        "ASSESSED and changed": _changed(_assessed),
        "ASSESSED after an objection": _visited_again,
        "OPINION_GIVEN": _opined,
        "OPINION_GIVEN and changed": _changed(_opined),
        "REVIEWED": World.at_review,
        "REVIEWED and prepared": _prepared,
        "REVIEWED and to be refused": _to_be_refused,
        "PUBLISHED": lambda world: world.at_decision()[0],
        "PUBLISHED and over": _over,
        "PUBLISHED and changed": _changed(_over),
        "OBJECTED": _objected,
        "GRANTED": _decided,
        "REFUSED": _refused,
    },
    {
        "withdraw": lambda act, case: withdraw(act, application_id=case.pk),
        **{
            code: lambda act, case, code=code: take_back(act, application_ids=[case.pk], code=code)
            for code in ("restore", "take_back_opinion", "take_back_review")
        },
        "team": _team,
        "change_team": _other_team,
        "answer_objection": _answer_its,
        "accept": lambda act, case: accept(act, application_ids=[case.pk]),
        "supplement": lambda act, case: ask_for_supplement(act, application_id=case.pk),
        "turn_away": lambda act, case: turn_away(act, application_id=case.pk, reason="不属于本社区"),
        "opinion": lambda act, case: give_opinion(act, application_ids=[case.pk], proposal=Proposal.GRANT),
        "review": lambda act, case: review(act, application_ids=[case.pk], agreed=False, text="再核"),
        "publish": lambda act, case: prepare(act, application_ids=[case.pk]),
        "post": _post_its,
        "object": lambda act, case: take_objection(act, application_id=case.pk, content="他有存款"),
        "grant": lambda act, case: grant(act, application_ids=[case.pk]),
        "refuse": lambda act, case: refuse(act, application_ids=[case.pk], reason="收入高于标准"),
    },
    seen=_seen,
    page=lambda case: f"/cases/{case.number}/",
    on=_on,
    elsewhere=frozenset({"post"}),
    below="do/",
)


def _its_publication(way: Way) -> Callable[[World], Publication]:
    return lambda world: Publication.objects.get(entries__application=way(world))


def _discarded(world: World) -> Publication:
    publication = _its_publication(_prepared)(world)
    return discard(world.act(world.staff.director, hour=18), publication_id=publication.pk, reason="有误")


def _expired(world: World) -> Publication:
    publication = _its_publication(_over)(world)
    expire_publications(system_act(date(2026, 12, 30)))
    return publication


PUBLICATIONS = Bench(
    PUBLICATION,
    "aid",
    {
        "PREPARED": _its_publication(_prepared),
        "POSTED": _its_publication(_over),
        "EXPIRED": _expired,
        "DISCARDED": _discarded,
    },
    {
        "post": lambda act, row: post(act, publication_id=row.pk, proof_note="公告栏"),
        "discard": lambda act, row: discard(act, publication_id=row.pk, reason="有误"),
    },
    page=lambda row: f"/publications/{row.number}/",
    elsewhere=frozenset({"post"}),
    on=_on,
)
OBJECTIONS = Bench(
    OBJECTION,
    "aid",
    {
        "OPEN": lambda world: Objection.objects.get(application=_objected(world)),
        "OPEN and visited again": lambda world: Objection.objects.get(application=_visited_again(world)),
        "UPHELD": lambda world: _answered(world, upheld=True),
        "REJECTED": lambda world: _answered(world, upheld=False),
    },
    {"answer": lambda act, row: answer_objection(act, objection_id=row.pk, upheld=False, answer="查无存款")},
    on=_on,
)


def _reviewed(world: World) -> Renewal:
    """One whose next year is planned."""
    granted(world)
    [row] = opened()
    next_plan()
    next_fund(world)
    return row


def _confirmed(world: World) -> Renewal:
    return confirmed(world, _reviewed(world))[0]


def _renewed(world: World) -> Renewal:
    row = _confirmed(world)
    decided(world, row)
    return row


def _asked_anew(world: World) -> Renewal:
    ids = [_reviewed(world).pk]
    return ask_to_reapply(world.act(world.staff.clerk, NOV_9), renewal_ids=ids, reason="收入变化")[0]


def _ended(world: World) -> Renewal:
    ids = [_reviewed(world).pk]
    return end_renewals(world.act(world.staff.street_officer, NOV_9), renewal_ids=ids, reason="收入高于标准")[0]


def _confirm(act: Act, row: Renewal) -> object:
    return confirm_renewals(act, renewal_ids=[row.pk], checked_date=NOV_9, method="PHONE")  # type: ignore[arg-type]  # its code


RENEWALS = Bench(
    RENEWAL,
    "aid",
    {
        "OPEN": _reviewed,
        "CONFIRMED": _confirmed,
        "RENEWED": _renewed,
        "REAPPLY": _asked_anew,
        "ENDED": _ended,
    },
    {
        "confirm": _confirm,
        "reapply": lambda act, row: ask_to_reapply(act, renewal_ids=[row.pk], reason="收入变化"),
        "take_back": lambda act, row: take_back_confirmations(act, renewal_ids=[row.pk]),
        "decide": lambda act, row: decide_renewals(act, renewal_ids=[row.pk]),
        "end": lambda act, row: end_renewals(act, renewal_ids=[row.pk], reason="收入高于标准"),
    },
    on=DEC_1,
)
BENCHES = [CASES, PUBLICATIONS, OBJECTIONS, RENEWALS]
