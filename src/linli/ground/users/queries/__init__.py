"""What a person may do and see on a day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import NOWHERE, Scope, Stamp, within
from linli.foundation.trail.acts import build_on
from linli.foundation.trail.behind import Behind
from linli.ground.areas.codes import AreaKind
from linli.ground.users.codes import FINANCE_ROLES, GIVEN_BY_TWO, OFFICE_ROLES, REGISTRY_ROLES, Role
from linli.ground.users.models import AccessRequest, AccountNotice, Assignment, Factor, User
from linli.ground.users.queries.persons import accounts_of_person
from linli.kernel.act import SYSTEM, Act, Actor
from linli.kernel.errors import DomainError
from linli.kernel.masking import mask_name
from linli.kernel.steps import Hand, StepTaken, Workflow

P = ParamSpec("P")


class NotPermitted(DomainError):
    """The person holds none of the roles that may do this here."""

    of_access = True
    message = _("您没有在该区域办理此事的权限")


@dataclass(frozen=True)
class Held:
    """One role held in one area."""

    role: Role
    area_id: int
    area_kind: AreaKind


@dataclass(frozen=True)
class Authority:
    """All roles a person holds on a day."""

    user_id: int
    held: tuple[Held, ...]
    # The rows that say so, and the person's second factors: what acts by it builds on them.
    behind: Behind = field(default_factory=Behind, compare=False, repr=False)
    # What rooms need more than once of the person.
    memory: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def scope(self, *roles: Role) -> Scope:
        """The areas where the person holds one of the roles (any role when none is named)."""
        scope = NOWHERE
        for held in self.held:
            if not roles or held.role in roles:
                scope |= _area_scope(held)
        return scope

    def holds(self, *roles: Role) -> bool:
        """Whether the person holds one of the roles anywhere."""
        return any(held.role in roles for held in self.held)

    def may(self, stamp: Stamp, *roles: Role) -> bool:
        """Whether the person holds one of the roles over the place."""
        return bool(roles) and self.scope(*roles).covers(stamp)

    def accounts(self, on: date) -> frozenset[int]:
        """The ids of all accounts of the person on a day; asked once."""
        key = f"accounts {on.isoformat()}"
        if key not in self.memory:
            self.memory[key] = accounts_of_person(self, on)
        found = self.memory[key]
        assert isinstance(found, frozenset)  # nobody else remembers under this key
        return found

    def is_one_of(self, accounts: Iterable[int | None], on: date) -> bool:
        """Whether one of the accounts (ids) is the person's: this one, or another that they have."""
        return Hand(self, on).is_one_of(accounts)

    def named(self, stamp: Stamp, name: str) -> str:
        """The name of somebody who lives at the place: whole for those who read the registry there, else masked."""
        return name if self.may(stamp, *REGISTRY_ROLES) else mask_name(name)

    def unless(self, stamps: Stamp | Iterable[Stamp], *roles: Role) -> NotPermitted | None:
        """The refusal, unless the person holds one of the roles over every place."""
        scope = self.scope(*roles) if roles else NOWHERE
        places = [stamps] if isinstance(stamps, Stamp) else stamps
        return None if all(scope.covers(stamp) for stamp in places) else NotPermitted()

    def check(self, stamps: Stamp | Iterable[Stamp], *roles: Role) -> None:
        """Raises NotPermitted unless the person holds one of the roles over every place."""
        refusal = self.unless(stamps, *roles)
        if refusal is not None:
            raise refusal


def authority_of(person: Actor, on: date) -> Authority:
    """The roles a person holds on a day: one query. An inactive account holds none.

    Within one web request the answer is remembered on the request's own person (see users.web.middleware).
    """
    memory: dict[date, Authority] | None = getattr(person, "remembered_authority", None)
    if memory is None:
        return _authority_of(person, on)
    if on not in memory:
        memory[on] = _authority_of(person, on)
    return memory[on]


def _authority_of(person: Actor, on: date) -> Authority:
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [person.pk, day, day, day, *FINANCE_ROLES, person.pk])
        rows = cursor.fetchall()
    held = tuple(Held(Role(role), area, AreaKind(kind)) for role, area, kind, _key in rows if role)
    said = {
        "users_user": [person.pk],
        "users_assignment": [key for role, _area, _kind, key in rows if role],
        "users_factor": [key for role, _area, _kind, key in rows if not role],
    }
    return Authority(person.pk, held, Behind(said) if person.pk else Behind())


# Asked by every act: written out, since building it anew cost more than running it. Nothing held unless all holds.
_HELD = """
SELECT held.role, held.area_id, area.kind, held.id
FROM users_assignment held
JOIN users_user account ON account.id = held.user_id
JOIN areas_area area ON area.id = held.area_id
WHERE held.user_id = %s AND account.is_active
  AND held.valid_from <= %s AND (held.valid_until IS NULL OR held.valid_until > %s)
  AND (account.money_from IS NULL OR account.money_from <= %s OR held.role NOT IN (%s, %s, %s))
UNION ALL SELECT '', 0, '', factor.id FROM users_factor factor WHERE factor.user_id = %s
ORDER BY 1, 2
"""


def second_factor_is_asked() -> bool:
    """Whether log-ins ask for a second factor: everywhere but in a demonstration, whose accounts are everybody's."""
    asked: bool = settings.SECOND_FACTOR
    return asked


def must_show_factor(person: Actor, on: date) -> bool:
    """Whether somebody shows a second factor: whoever works in an office, where it is asked for."""
    return second_factor_is_asked() and authority_of(person, on).holds(*OFFICE_ROLES)


def check_system(act: Act) -> None:
    """Raises NotPermitted unless the product itself acts."""
    if act.by != SYSTEM:
        raise NotPermitted


def authority(act: Act) -> Authority:
    """The actor's roles on the day of the act, which builds on the rows that say so."""
    found = authority_of(act.by, act.on)
    build_on(found.behind)
    return found


def one_rule(
    rule: Callable[Concatenate[Authority, P], DomainError | None], *, system: bool = False
) -> tuple[Callable[Concatenate[Authority, P], bool], Callable[Concatenate[Act, P], None]]:
    """From a rule that yields the refusal, or None, the pair that everybody asks: ``can_x`` and ``check_x``.

    What a page shows and what an act allows cannot differ. With ``system`` the product itself may do it too.
    """

    def can(person: Authority, /, *args: P.args, **kwargs: P.kwargs) -> bool:
        return rule(person, *args, **kwargs) is None

    def check(act: Act, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if system and act.by == SYSTEM:
            return
        refusal = rule(authority(act), *args, **kwargs)
        if refusal is not None:
            raise refusal

    can.__doc__ = check.__doc__ = rule.__doc__
    return can, check


def held(sentence: str, *roles: Role) -> Callable[[Authority, Stamp | Iterable[Stamp]], DomainError | None]:
    """The rule that one of the roles is held over every place, in one sentence."""

    def rule(person: Authority, stamps: Stamp | Iterable[Stamp]) -> DomainError | None:
        return person.unless(stamps, *roles)

    rule.__doc__ = sentence
    return rule


def check_step(act: Act, flow: Workflow, code: str, rows: object, *, own: bool = False) -> None:
    """Raises why the step of the workflow may not be taken on the rows: NotPermitted, StepNotPossible, SamePerson or
    what the step needs. A step without roles is the product's, or whoever's the act itself looks after.
    """
    product = not flow.step(code).roles
    refusal = flow.refusal(authority(act), code, rows, act.on, own=own, product=product)
    if refusal is not None:
        raise _named(refusal)


def check_of_others(act: Act, flow: Workflow, rows: list[Any]) -> None:
    """Raises OwnFamily where one of the rows concerns the actor's own family."""
    refusal = flow.of_own_family(authority(act), rows, act.on)
    if refusal is not None:
        raise refusal


def why_not(person: Authority, flow: Workflow, code: str, row: object, on: date) -> DomainError | None:
    """Why the person may not take the step; None when they may."""
    refusal = flow.refusal(person, code, row, on)
    return refusal and _named(refusal)


def _named(refusal: DomainError) -> DomainError:
    """Who was faster is told by name."""
    if not isinstance(refusal, StepTaken):
        return refusal
    by = refusal.details["by"]
    refusal.details["by"] = names([by]).get(by, "") if isinstance(by, int) else by
    return refusal


def user_by_username(username: str) -> User:
    """The account; User.DoesNotExist otherwise."""
    return User.objects.get(username=username)


def person(user_id: int) -> User:
    """The account with the id; User.DoesNotExist otherwise."""
    return User.objects.get(pk=user_id)


def place_of_account(act: Act) -> int:
    """The chain of the trail for what the actor does that lies nowhere else, as ``chain_of`` says. Nobody's: 0."""
    user = User.objects.select_related("area").filter(pk=act.by.pk).first()
    return chain_of(user, act.on) if user else 0


def chain_of(user: User, on: date) -> int:
    """The chain of the trail that has what concerns an account, so that an auditor sees it: of the area where it was
    opened, else of its first role of the day, else of its last role. Nowhere: 0.
    """
    if user.area:
        return user.area.stamp.chain
    held = list(Assignment.objects.filter(user=user).select_related("area").order_by("pk"))
    of_day = (one for one in held if one.valid_from <= on and (one.valid_until is None or one.valid_until > on))
    first = next(of_day, held[-1] if held else None)
    return first.area.stamp.chain if first else 0


def open_account(user_id: int) -> User | None:
    """The account with the id, where it is not closed."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def rows_behind(user_ids: Iterable[int | None]) -> Behind:
    """The rows that say who the people are and what they may, for an act that must not trust what it reads. The product
    itself (0) has none.
    """
    people = sorted({pk for pk in user_ids if pk})
    return Behind({"users_user": people}, dict.fromkeys(("users_assignment.user_id", "users_factor.user_id"), people))


def persons(user_ids: Iterable[int]) -> dict[int, User]:
    """The accounts by id, in one query. Raises User.DoesNotExist when one is missing."""
    wanted = set(user_ids)
    found = User.objects.in_bulk(wanted)
    if len(found) < len(wanted):
        raise User.DoesNotExist
    return found


@dataclass(frozen=True)
class DemoAccount:
    """An account that a demonstration offers on its log-in page."""

    username: str
    name: str
    role: Role


# A demonstration shows this many accounts of residents.
_DEMO_RESIDENTS = 3


def account_named(username: str) -> User | None:
    """The account that a user name logs in to, however it is spelled; None where there is none."""
    try:
        return User.objects.get_by_natural_key(username.strip())
    except User.DoesNotExist:
        return None


def demo_accounts(on: date) -> list[DemoAccount]:
    """All who hold a role, by role, and a few residents last. Only a demonstration shows these."""
    rows = (
        Assignment.objects.filter(valid_from__lte=on, user__is_active=True)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
        .order_by("pk")
        .values_list("role", "user__username", "user__name")
    )
    staff = dict.fromkeys(DemoAccount(username, name, Role(role)) for role, username, name in rows)
    # Accounts without any assignment are residents' own.
    own = User.objects.filter(assignments__isnull=True, is_active=True).exclude(password__startswith="!")
    residents = [DemoAccount(user.username, user.name, Role.RESIDENT) for user in own.order_by("pk")[:_DEMO_RESIDENTS]]
    order: list[Role] = [role for role in Role if role != Role.RESIDENT]
    return [*sorted(staff, key=lambda account: order.index(account.role)), *residents]


def names(user_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Names by id, in one query."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))


def called(text: str, *, limit: int) -> list[int]:
    """At most so many people with the text in their name or as their user name, by id."""
    found = User.objects.filter(Q(name__contains=text) | Q(username__iexact=text))
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def holders(role: Role, area_ids: Iterable[int], on: date) -> list[User]:
    """Active people who hold the role in one of the areas on the day, in order of user name."""
    return list(
        User.objects.filter(
            Q(assignments__valid_until__isnull=True) | Q(assignments__valid_until__gt=on),
            is_active=True,
            assignments__role=role,
            assignments__area_id__in=list(area_ids),
            assignments__valid_from__lte=on,
        )
        .distinct()
        .order_by("username")
    )


# --- accounts, for who looks after them -----------------------------------------------------------


def has_administrator(on: date) -> bool:
    """Whether anybody can let others in that day or later: the installation is set up."""
    return _is_held(Role.ADMINISTRATOR, on)


def has_security(on: date) -> bool:
    """Whether anybody answers for security that day or later."""
    return _is_held(Role.SECURITY_ADMINISTRATOR, on)


def _is_held(role: Role, on: date) -> bool:
    return Assignment.objects.filter(_lasting(on), role=role, user__is_active=True).exists()


def places_of(user: User, on: date) -> list[Stamp]:
    """Where an account was opened and every place where it holds a role that day or later."""
    held = Assignment.objects.filter(_lasting(on), user=user).select_related("area").order_by("pk")
    home = [user.area.stamp] if user.area else []
    return home + [assignment.area.stamp for assignment in held]


def holds_by_two(user: User, on: date) -> bool:
    """Whether the account holds a role, that day or later, that takes two to give."""
    return lasting_by_two(user, on).exists()


def lasting_by_two(user: User, on: date) -> QuerySet[Assignment]:
    """The account's roles, of that day or later, that take two to give."""
    rows = Assignment.objects.filter(_lasting(on), user=user, role__in=GIVEN_BY_TWO)
    return rows.select_related("user", "area").order_by("pk")


def access_requests(scope: Scope, **which: object) -> QuerySet[AccessRequest]:
    """What one administrator asked and another decides, within reach, the newest first."""
    rows = AccessRequest.objects.filter(scope.condition("area__"), **which)
    return rows.select_related("user", "area", "assignment").order_by("-pk")


def denied_notices(scope: Scope, on: date) -> QuerySet[AccountNotice]:
    """What was done to accounts, their people denied and nobody has settled, the oldest first."""
    people = _in_reach(scope, everywhere=False, on=on)
    rows = AccountNotice.objects.filter(user__in=people, denied=True, settled_at=None)
    return rows.select_related("user__area").order_by("pk")


def denied_notice(scope: Scope, notice_id: int, *, on: date) -> AccountNotice:
    """One of them; AccountNotice.DoesNotExist otherwise."""
    return denied_notices(scope, on).get(pk=notice_id)


def is_between(row: AccountNotice, person: Authority, on: date) -> bool:
    """Whether what was denied was done by the person, or to them: looking into it is for another."""
    return person.is_one_of([row.by_id, row.user_id], on)


def who_may_settle(row: AccountNotice, on: date) -> list[User]:
    """Who may look into what was denied: security administrators over every place of the account whom it is not
    between, in order of user name.
    """
    places, role = places_of(row.user, on), Role.SECURITY_ADMINISTRATOR
    held = Assignment.objects.filter(_lasting(on), role=role, valid_from__lte=on).values("user_id")
    people = [
        (one, authority_of(one, on)) for one in User.objects.filter(is_active=True, pk__in=held).order_by("username")
    ]
    return [one for one, person in people if person.unless(places, role) is None and not is_between(row, person, on)]


def access_request(scope: Scope, number: str) -> AccessRequest:
    """One of them; AccessRequest.DoesNotExist otherwise."""
    return access_requests(scope).get(number=number)


def accounts(
    scope: Scope, *, everywhere: bool, text: str = "", role: str = "", closed: bool | None = None, on: date
) -> QuerySet[User]:
    """Accounts opened in the scope or with a role in it; ``everywhere`` adds those that belong nowhere.

    Each has its roles of the day or later as ``roles``.
    """
    rows = _in_reach(scope, everywhere=everywhere, on=on)
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if role:
        held = Assignment.objects.filter(_lasting(on), user=OuterRef("pk"), role=role)
        rows = rows.filter(Exists(held))
    if closed is not None:
        rows = rows.filter(is_active=not closed)
    lasting = Assignment.objects.filter(_lasting(on)).select_related("area").order_by("valid_from", "pk")
    return rows.prefetch_related(Prefetch("assignments", lasting, to_attr="roles"))


def account(scope: Scope, username: str, *, everywhere: bool, on: date) -> User:
    """One account within reach; User.DoesNotExist otherwise."""
    return _in_reach(scope, everywhere=everywhere, on=on).select_related("area").get(username=username)


def assignments_of(user: User) -> list[Assignment]:
    """All roles an account has, had or will have, newest first."""
    return list(Assignment.objects.filter(user=user).select_related("area").order_by("-valid_from", "-pk"))


def _in_reach(scope: Scope, *, everywhere: bool, on: date) -> QuerySet[User]:
    held = Assignment.objects.filter(_lasting(on), user=OuterRef("pk"))
    here = scope.condition("area__") | Q(Exists(within(held, scope, prefix="area__")))
    if everywhere:
        here |= Q(area__isnull=True) & ~Q(Exists(held))
    return User.objects.filter(here)


def _lasting(on: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=on)


def _area_scope(held: Held) -> Scope:
    one = frozenset([held.area_id])
    match held.area_kind:
        case AreaKind.DISTRICT:
            return Scope(districts=one)
        case AreaKind.STREET:
            return Scope(streets=one)
        case AreaKind.COMMUNITY:
            return Scope(communities=one)
        case AreaKind.GRID:
            return Scope(grids=one)
        case _:
            return NOWHERE
