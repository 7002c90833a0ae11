"""Who asks besides the roles of the oracle: the same role held otherwise, or by somebody near to the family."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

from linli.aid.assistance.models import Application, PublicationEntry
from linli.ground.areas.models import Area
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.kernel.act import Act
from linli.money.payments.models import PaymentItem
from linli.registry.residents.models import Guardianship, Resident, ResidentAccount
from linli.registry.residents.operations import register_households
from tests.access.asking import STEPS
from tests.access.world import Objects, World
from tests.conftest import MONDAY, at, system_act
from tests.ledger.world import inside
from tests.residents.people import person, single

HELD: Mapping[str, Role] = {
    "clerk": Role.COMMUNITY_WORKER,
    "social": Role.SOCIAL_WORKER,
    "director": Role.COMMUNITY_DIRECTOR,
    "street": Role.STREET_OFFICER,
    "maker": Role.FINANCE_MAKER,
    "checker": Role.FINANCE_CHECKER,
    "releaser": Role.FINANCE_RELEASER,
    "district": Role.DISTRICT_OFFICER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
}
LONG_AGO, YESTERDAY, TOMORROW = date(2025, 1, 1), MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
# What is held besides, in the own place, by whose other role lies elsewhere: the first that the form is not for.
BESIDES = ("auditor", "district", "volunteer")
# Who holds one of these roles where, and since when.
KINDS = (
    "wide",  # over the whole district
    "own grid",  # over the grid in which the object lies
    "other grid",  # over the grid beside it
    "until yesterday",
    "from tomorrow",
    "two roles",  # a volunteer besides
    *(f"elsewhere, here {role}" for role in BESIDES),  # the role in another street, another one here
    "account closed",
    "own family",  # the three with a resident behind them; over the whole district
    "guardian",
    "guardian lately",
    "guardian once",
)
NEAR = {"own family", "guardian", "guardian lately", "guardian once"}
# A tie bars its person for ninety days after its end.
ENDED = {"guardian lately": date(2026, 3, 1), "guardian once": date(2025, 12, 1)}


@dataclass
class Persons:
    """Everybody who asks, by who they are; and each one's log-in as their browser keeps it."""

    users: dict[str, User]
    doors: dict[str, SimpleCookie] = field(default_factory=dict)
    guardian: int = 0

    def client(self, who: str) -> Client:
        """Somebody's browser."""
        client = Client(raise_request_exception=False)
        if who not in self.doors:
            if who != "anonymous":
                client.force_login(self.users[who])
            self.doors[who] = client.cookies
        client.cookies = SimpleCookie({key: morsel.value for key, morsel in self.doors[who].items()})
        return client


def gather(world: World) -> Persons:
    """Open the accounts that the world lacks."""
    users = dict(world.people)
    inside(system_act(), step=lambda _act: _open(users))
    community = Area.objects.get(code="990101001001-G2")
    [household] = register_households(
        _clerk(), households=[single(community.pk, person("孙平", birth=date(1970, 2, 3), order=400))]
    )
    persons = Persons(users, guardian=household.memberships.get().resident_id)
    for who in users:
        persons.client(who)
    # The doors are open when the account is closed.
    closed = [user.pk for who, user in users.items() if who.endswith("account closed")]
    inside(system_act(), step=lambda _act: User.objects.filter(pk__in=closed).update(is_active=False))
    return persons


def _open(users: dict[str, User]) -> None:
    """Rows that no act would write so (a role that is over, two that never meet), but written in one."""
    for role in HELD:
        for kind in KINDS:
            users[f"{role}, {kind}"] = _user(f"{role}, {kind}", role, kind)
    User.objects.create(username="unlinked", name="无关联")


def _clerk() -> Act:
    return Act(User.objects.get(username="hand_clerk"), at(MONDAY))


def _user(name: str, role: str, kind: str) -> User:
    user = User.objects.create(username=name.replace(" ", "_"), name="来访者")
    for held, area, since, until in _roles(role, kind):
        Assignment.objects.create(
            user=user, role=held, area=Area.objects.get(code=area), valid_from=since, valid_until=until
        )
    return user


_STREETS = {"street", "maker", "checker", "releaser"}
_DISTRICTS = {"district", "auditor", "admin"}


def _area(role: str) -> str:
    return "990101" if role in _DISTRICTS else "990101001" if role in _STREETS else "990101001001"


def _roles(role: str, kind: str) -> list[tuple[Role, str, date, date | None]]:
    held, area = HELD[role], _area(role)
    if kind in NEAR | {"wide"}:
        return [(held, "990101", LONG_AGO, None)]
    if kind == "own grid":
        return [(held, "990101001001-G1", LONG_AGO, None)]
    if kind == "other grid":
        return [(held, "990101001001-G2", LONG_AGO, None)]
    if kind == "until yesterday":  # the first day without it is Monday
        return [(held, area, LONG_AGO, MONDAY)]
    if kind == "from tomorrow":
        return [(held, area, TOMORROW, None)]
    if kind == "two roles":
        return [(held, area, LONG_AGO, None), (Role.VOLUNTEER, "990101001001", LONG_AGO, None)]
    if kind.startswith("elsewhere"):
        other = kind.rpartition(" ")[2]
        besides = (HELD.get(other, Role.VOLUNTEER), _area(other), LONG_AGO, None)
        return [(held, "990101002", LONG_AGO, None), besides]
    return [(held, area, LONG_AGO, None)]


# --- who is near to a family -------------------------------------------------------------------------


def bring_near(persons: Persons, who: str, kind: str, family: int) -> None:
    """Link the person to a resident who is of the family, or is or was the guardian of somebody in it."""
    inside(_clerk(), step=lambda act: _tie(act, persons, who, kind, family))


def _tie(act: Act, persons: Persons, who: str, kind: str, family: int) -> None:
    ward = Resident.objects.get(pk=family)
    of = ward if kind == "own family" else Resident.objects.get(pk=persons.guardian)
    _end_links(act, of)
    told = {"number": f"GL-{who}"[:20], "linked_by_id": act.by.pk, "linked_at": act.at, **of.stamp.columns()}
    ResidentAccount.objects.create(user=persons.users[who], resident=of, **told)
    if kind != "own family":
        until = ENDED.get(kind)
        told = {"recorded_by_id": act.by.pk, "recorded_at": act.at, "document": "判决书", **ward.stamp.columns()}
        Guardianship.objects.create(
            ward=ward, guardian=of, kind="GUARDIAN", valid_from=LONG_AGO, valid_until=until, **told
        )


def _end_links(act: Act, of: Resident) -> None:
    """Somebody else's account is the resident's no more: a link goes to nobody else."""
    rows = ResidentAccount.objects.filter(resident=of).exclude(state="ENDED")
    rows.filter(state="STANDING").update(state="DOUBTED", doubted_by_id=0, doubted_at=act.at, doubt="关错了人")
    rows.update(state="ENDED", ended_by_id=act.by.pk, ended_date=act.on)


def family_of(form: str, there: Objects) -> int:
    """A resident of the family that the form is about."""
    route = form.partition(":")[0]
    known = next((of for begins, of in _FAMILIES.items() if route.startswith(begins)), _first)
    return known(there, form)


def _first(there: Objects, _form: str) -> int:
    return int(there.household.memberships.order_by("pk")[0].resident_id)


def _moved(there: Objects, _form: str) -> int:
    return int(there.moved_household.memberships.order_by("pk")[0].resident_id)


def _case(there: Objects, form: str) -> int:
    route, _colon, code = form.partition(":")
    case = getattr(there, STEPS[code]) if code in STEPS and route != "application_papers" else there.assessing
    return int(case.applicant_id)


def _paid(batch: str) -> Callable[[Objects, str], int]:
    return lambda there, _form: _member(PaymentItem.objects.filter(batch=getattr(there, batch))[0].award)


def _member(award: Any) -> int:
    return int(award.household.memberships.order_by("pk")[0].resident_id)


# By how a route begins; the first that fits.
_FAMILIES: Mapping[str, Callable[[Objects, str], int]] = {
    "application_new": _first,
    "application": _case,
    "assessment": _case,
    "renewal": lambda there, _form: int(there.renewal.application.applicant_id),
    "letter": lambda there, _form: int(
        Application.objects.get(number=there.letter.subject.partition(":")[2]).applicant_id
    ),
    "publication": lambda there, _form: int(
        PublicationEntry.objects.filter(publication=there.prepared)[0].application.applicant_id
    ),
    "batch_return": _paid("released"),
    "batch_came_back": _paid("released"),
    "batch": _paid("proposed"),
    "returned_list": lambda _there, _form: _member(PaymentItem.objects.filter(state="RETURNED").latest("pk").award),
    "award": lambda there, _form: _member(there.award),
    "adjustment": lambda there, _form: _member(there.award),
    "receivable": lambda there, _form: _member(there.receivable.award),
    "account_confirm": lambda there, _form: _member(there.award),
    "account_unmask": lambda there, _form: _member(there.award),
    "link_step": _moved,
    "household_move_correct": _moved,
    "resident_departure": _moved,
    "resident_return": _moved,
}
