"""The acts that no filled form runs, with arguments to call them directly."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import linli
from linli.aid.assistance.operations import Visit
from linli.foundation.trail.acts import act_name
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import NewArea
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import propose_role
from linli.kernel.act import Act
from linli.money.awards.models import Adjustment
from linli.money.awards.queries.causes import Causes
from tests.access.asking import ORACLE, PROFILES, expected
from tests.access.filling import WORDS
from tests.access.ways import deed, prepare_adjustment
from tests.access.world import Objects
from tests.conftest import MONDAY

CALLED: Mapping[str, str] = ORACLE["called"]
UNASKED: Mapping[str, str] = ORACLE["unasked"]
NEXT = date(2027, 1, 1)


@cache
def acts_of_the_product() -> Mapping[str, Callable[..., Any]]:
    """Every act by its name."""
    found = {}
    for module in pkgutil.walk_packages(linli.__path__, "linli."):
        if ".operations" in module.name or ".trail." in module.name:
            for one in vars(importlib.import_module(module.name)).values():
                if getattr(one, "__module__", "") == module.name and _is_act(one):
                    found[act_name(one)] = one
    return found


def _is_act(one: Any) -> bool:
    """Whether it is an act, or what a room wraps around one."""
    return _is_plainly(one) or (hasattr(one, "__wrapped__") and _is_act(one.__wrapped__))


def _is_plainly(one: Any) -> bool:
    inside = getattr(one, "__closure__", None) or ()
    names = getattr(getattr(one, "__code__", None), "co_freevars", ())
    return getattr(one, "__wrapped__", None) is not None and {"name", "once"} <= set(names) and bool(inside)


def _adjustment(there: Objects) -> dict[str, Any]:
    prepare_adjustment(there)
    return {"adjustment_ids": [Adjustment.objects.latest("pk").pk], "note": WORDS}


def _reminder(there: Objects) -> dict[str, Any]:
    row = there.received
    told = {"flow": "assistance.case", "step": "accept", "number": row.number, "page": "application_detail"}
    return {"told": {**told, "subject": row.subject, **row.stamp.columns()}}


def _password(_there: Objects) -> dict[str, Any]:
    user = User.objects.get(username="hand_clerk")
    return {"user_id": user.pk, "encoded": "!", "known": user.password}


def _role(there: Objects) -> dict[str, Any]:
    user = User.objects.get(username="hand_volunteer")
    asked = {"user_id": user.pk, "area_id": there.household.community_id, "role": Role.COMMUNITY_DIRECTOR}
    return {**asked, "valid_from": NEXT, "reason": WORDS}


def _asked_role(there: Objects) -> dict[str, Any]:
    return {"request_id": propose_role(deed("administrator"), **_role(there)).pk, "note": WORDS}


_AREAS = [NewArea("990199", AreaKind.DISTRICT, "新区")]
# What each is given, about the objects of a place.
GIVEN: Mapping[str, Callable[[Objects], dict[str, Any]]] = {
    "assistance.complete": lambda there: {"assessment_id": there.assessment.pk},
    "assistance.confirm_renewals": lambda there: {
        "renewal_ids": [there.renewal.pk],
        "checked_date": MONDAY,
        "method": "PHONE",
    },
    "assistance.decide_renewals": lambda there: {"renewal_ids": [there.renewal.pk]},
    "assistance.record_visit": lambda there: {
        "assessment_id": there.assessment.pk,
        "visit": Visit(MONDAY, WORDS, WORDS, {}, ()),
    },
    "assistance.sign": lambda there: {"assessment_id": there.assessment.pk, "version": there.assessment.version},
    "assistance.take_back": lambda there: {"application_ids": [there.opined.pk], "code": "take_back_opinion"},
    "assistance.take_back_confirmations": lambda there: {"renewal_ids": [there.renewal.pk]},
    "awards.adopt_adjustments": _adjustment,
    "users.remind": _reminder,
    "users.store_password": _password,
    "ledger.withdraw_proposal": lambda there: {"proposal_id": there.proposal.pk, "reason": WORDS},
    "ledger.receive_inflow": lambda there: {
        "source_id": there.fund.sources.earliest("pk").pk,
        "amount_fen": 1_00,
        "on": MONDAY,
        "reference": WORDS,
    },
    "areas.add_areas": lambda _there: {"areas": _AREAS},
    "assistance.look_up": lambda there: {"number": there.received.number, "digits": "0000"},
    "awards.end_departed": lambda _there: {"on": MONDAY},
    "awards.expire_awards": lambda _there: {"on": NEXT},
    "awards.fall_due_reviews": lambda _there: {"on": NEXT},
    "awards.keep_day": lambda _there: {"causes": Causes(MONDAY, {}, {}, 0, 0, frozenset())},
    "awards.redetermine": lambda there: {"on": MONDAY, "award_ids": [there.award.pk]},
    "awards.stop_accounts": lambda _there: {"on": NEXT},
    "users.propose_role": _role,
    "users.confirm_role": _asked_role,
    "users.end_session": lambda _there: {"user_id": User.objects.get(username="hand_clerk").pk, "session": "0" * 40},
    "users.appoint_security": lambda _there: {
        "username": "third",
        "name": "第三人",
        "password": "correct horse battery",
    },
    "users.let_in_again": lambda _there: {"username": "clerk", "password": WORDS},
    "users.note_failure": lambda _there: {"user_id": User.objects.get(username="clerk").pk, "what": "password"},
    "users.set_up": lambda _there: {"username": "second", "name": "第二人", "password": "correct horse battery"},
}


def refused(act: str, place: str, roles: set[str]) -> Iterator[str]:
    """Those of the roles whom the oracle does not let call the act about a place."""
    profile = CALLED[act]
    for role in sorted(roles):
        if profile in {"product", "own"} or expected(PROFILES[profile][place])[role] not in {200, 422}:
            yield role


def given(act: str, there: Objects) -> dict[str, Any]:
    """The arguments; an act that looks after everything has none."""
    return GIVEN.get(act, lambda _there: {})(there)


def call(act: str, by: Act, arguments: Mapping[str, Any]) -> object:
    """Call the act."""
    return acts_of_the_product()[act](by, **arguments)
