"""Who logs in and where they may act."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from linli.foundation.data import touched, triggers
from linli.foundation.data.scope import AreaStamped
from linli.ground.areas.models import Area
from linli.ground.users.codes import AccountStanding, Role


class UserManager(BaseUserManager["User"]):
    """Lets Django's authentication find users by name."""


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

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

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


touched.excuse_column("users_user", "last_login", "when somebody came last; each log-in has its line in the trail")


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


triggers.register(
    triggers.never_deleted("users_user"),
    triggers.never_deleted("users_assignment"),
    *triggers.append_only("users_reminder"),
)
