"""Who logs in and where they may act."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac

from linli.foundation.data import sealed, tallies, touched, triggers
from linli.foundation.data.scope import AreaStamped, Stamp
from linli.foundation.data.tallies import Family
from linli.foundation.trail.purposes import Purpose
from linli.ground.areas.models import Area
from linli.ground.users.codes import (
    AccessKind,
    AccessState,
    AccountStanding,
    FactorKind,
    LooksKind,
    LooksState,
    NoticeKind,
    Role,
)
from linli.ground.users.steps import ACCESS, LOOKS
from linli.kernel.text import folded


class UserManager(BaseUserManager["User"]):
    """Lets Django's authentication find users by name, however it is spelled: large or small, full or half width."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of the name; where two that were there before differ by their spelling alone, the one that is
        spelled like this. Raises User.DoesNotExist.
        """
        alike = self.spelled_like(username or "")
        exact = [user for user in alike if user.username == username]
        if len(exact or alike) != 1:
            raise self.model.DoesNotExist
        return (exact or alike)[0]

    def spelled_like(self, username: str) -> list["User"]:
        """Accounts whose name is the same for comparing (``kernel.text.folded``)."""
        said = folded(username)
        if not said:
            return []
        # The database knows large and small letters; of compatibility forms it is asked for each by itself.
        found = self.filter(Q(username__iexact=said) | Q(username__iexact=username)).order_by("pk")
        return [user for user in found if folded(user.username) == said]


class User(AbstractBaseUser):
    """One person's account. Rights come from assignments alone."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    # Where the account was opened: whose administrators look after it while it holds no role.
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="accounts")
    # Grows when the account is closed or its sessions are ended: who was logged in before is no longer.
    sessions_round = models.PositiveIntegerField(default=0)
    # A start password is known to who handed it out: it opens nothing but the page that changes it.
    must_change_password = models.BooleanField(default=False)
    # After somebody else reset the account its roles in money rest until this day: its person may notice till then.
    money_from = models.DateField(null=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        # What is looked up at every log-in, however it is spelled.
        indexes = [models.Index(Upper("username"), name="user_spelled")]

    def __str__(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password; it is never kept anew here, outside of an act (see ``operations.passwords``)."""
        return check_password(raw_password, self.password)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        said = f"{self.password}|{self.sessions_round}"
        return salted_hmac("linli.ground.users.session", said, secret=secret, algorithm="sha256").hexdigest()

    @property
    def standing(self) -> AccountStanding:
        """Whether the person can log in."""
        if not self.is_active:
            return AccountStanding.CLOSED
        return AccountStanding.START if self.must_change_password else AccountStanding.OPEN


class Assignment(models.Model):
    """A role in an area for a time; one taken back before it began has an empty period.

    ``stand_in_for`` names the colleague whose absence it covers (AB岗).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=24, choices=Role.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    stand_in_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="stand_ins")

    class Meta:
        indexes = [
            models.Index(fields=["user", "valid_from"], name="assignment_user"),
            models.Index(fields=["role", "area"], name="assignment_role"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="assignment_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.area_id}"

    def is_held(self, on: date) -> bool:
        """Whether the role is held on the day."""
        return self.valid_from <= on and (self.valid_until is None or self.valid_until > on)


touched.excuse_column("users_user", "last_login", "when somebody came last; each log-in has its line in the trail")


class Session(AbstractBaseSession):
    """Somebody logged in, in one browser. ``session_key`` is the keyed hash of the key, so that who reads the table
    sits in nobody's session (``web.sessions``); what it holds is signed for this key alone.
    """

    user_id = models.PositiveBigIntegerField(null=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=60, default="")

    class Meta:
        indexes = [models.Index(fields=["user_id"], name="session_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.browser}"


class Factor(models.Model):
    """A second thing, besides the password, by which somebody shows that it is they: never deleted, but removed.

    ``secret`` is the sealed secret of an authenticator, ``public_key`` that of a passkey, whose ``credential`` is its
    name. ``counter`` only grows: nothing that was shown once is taken again.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=8, choices=FactorKind.choices)
    name = models.CharField(max_length=40)
    token = models.CharField(max_length=32, unique=True)
    secret = models.TextField(default="")
    credential = models.CharField(max_length=1400, null=True, unique=True)
    public_key = models.TextField(default="")
    counter = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "removed_at"], name="factor_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class AccessRequest(models.Model):
    """One administrator asks, another decides: a role for somebody, or that somebody may enrol anew who lost theirs.

    ``sealed_half`` is the first half of a recovery's start password until it is decided: each of the two administrators
    knows one half, the person is told both.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=AccessKind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="access_requests")
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    role = models.CharField(max_length=24, choices=Role.choices, default="")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    sealed_half = models.TextField(default="")
    state = models.CharField(max_length=9, choices=AccessState.choices, default=AccessState.PROPOSED)
    proposed_by_id = models.PositiveBigIntegerField()
    proposed_at = models.DateTimeField()
    decided_by_id = models.PositiveBigIntegerField(null=True)
    decision = models.CharField(max_length=200, default="")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="access_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("proposed_by_id")),
                name="access_two_people",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "role", "area"],
                condition=Q(state=AccessState.PROPOSED),
                name="access_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stamp(self) -> Stamp:
        """Where the access would be."""
        return self.area.stamp


class ExtraLooks(models.Model):
    """More looks at what is masked than a day has, and why: a second person allows them for the day, or somebody opens
    them at once until ``ends_at`` (break-glass), which an auditor reviews. What they doubt is settled by whoever
    answers for security.

    ``area`` is where the person holds the role that gives most looks.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=6, choices=LooksKind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    asked_by_id = models.PositiveBigIntegerField()
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=11, choices=LooksState.choices)
    ends_at = models.DateTimeField(null=True)
    valid_date = models.DateField(null=True)
    decided_by_id = models.PositiveBigIntegerField(null=True)
    decision = models.CharField(max_length=200, default="")
    settled_by_id = models.PositiveBigIntegerField(null=True)
    settlement = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(fields=["asked_by_id", "id"], name="looks_asked_by"),
            models.Index(fields=["state", "id"], name="looks_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("asked_by_id")),
                name="looks_two_people",
            ),
            models.CheckConstraint(
                condition=Q(settled_by_id__isnull=True)
                | ~Q(settled_by_id=F("asked_by_id")) & ~Q(settled_by_id=F("decided_by_id")),
                name="looks_settled_by_another",
            ),
            models.UniqueConstraint(
                fields=["asked_by_id"], condition=Q(state=LooksState.PROPOSED), name="looks_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stamp(self) -> Stamp:
        """Where the person holds the role."""
        return self.area.stamp


class AccountNotice(models.Model):
    """What its person is told, at the next log-in, of what was done to the account.

    What is ``denied`` was not at their wish: somebody looks into it and settles it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    detail = models.CharField(max_length=200, default="")
    by_id = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    denied = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.PositiveBigIntegerField(null=True)
    settlement = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["user", "answered_at"], name="notice_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by_id=None, settlement="")
                | (Q(denied=True, settled_at__isnull=False, settled_by_id__isnull=False) & ~Q(settlement="")),
                name="notice_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


touched.excuse("users_session", "whoever is logged in: signed for the key that the browser alone has, gone in hours")


class Reminder(AreaStamped):
    """Somebody reminded the post whose a step is, on one day: of which record, and its page."""

    flow = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    page = models.CharField(max_length=40)
    reminded_date = models.DateField()
    reminded_at = models.DateTimeField()
    reminded_by_id = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "step", "number", "reminded_date"], name="reminded_once_a_day")
        ]
        indexes = [models.Index(fields=["reminded_date", "id"], name="reminder_day")]

    def __str__(self) -> str:
        return f"{self.flow}.{self.step} {self.number}"


# Whoever takes a role or a factor of somebody out gives them nothing by it: these are found and not counted.
tallies.find(Family(0, "users_assignment", "user_id"), Family(0, "users_factor", "user_id"))

triggers.register(
    triggers.never_deleted("users_user"),
    triggers.never_deleted("users_assignment"),
    triggers.never_deleted("users_factor"),
    triggers.never_deleted("users_accessrequest"),
    triggers.never_deleted("users_accountnotice"),
    triggers.never_deleted("users_extralooks"),
    *triggers.steps(ACCESS),
    *triggers.steps(LOOKS),
    *triggers.append_only("users_reminder"),
)

sealed.holds_envelopes("users_factor", "secret")
sealed.holds_envelopes("users_accessrequest", "sealed_half")
