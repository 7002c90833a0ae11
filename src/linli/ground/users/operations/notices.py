"""What was done to an account is told to its person at the next log-in, who says whether they wanted it."""

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.ground.users.codes import NoticeKind
from linli.ground.users.models import AccountNotice, User
from linli.ground.users.permissions import check_secure_account
from linli.ground.users.queries import NotPermitted, authority, chain_of, is_between, places_of
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.steps import SamePerson


class NoticeAnswered(DomainError):
    """Each is answered once."""

    message = _("这条已经答复过")


class DenialSettled(DomainError):
    """Somebody else looked into it."""

    message = _("这条否认已核查完毕")


class SettledByAnother(DomainError):
    """Who did it, or to whom it was done, does not look into it; these may."""

    message = _("此事是您办理的，或关于您本人的账号，须由另一名安全管理员核查：%(names)s")


class NobodyElseSettles(DomainError):
    """The only one who answers for security there is one of the two whom it is between."""

    message = _(
        "此事是您办理的，或关于您本人的账号，须由另一名安全管理员核查；目前没有其他人可以核查，请先由系统管理员申请增加一名安全管理员"
    )


@within_act
def tell(act: Act, user: User, kind: NoticeKind, detail: str = "") -> None:
    """Leave word for the person of an account."""
    AccountNotice.objects.create(user=user, kind=kind, detail=detail[:200], by_id=act.by.pk, at=act.at)


@act
def answer_notices(act: Act, *, shown: list[int], denied: list[int]) -> None:
    """The person has read what was done to the account, of the notices that were ``shown`` (ids); what they did not
    want is denied and becomes the work of who answers for security. What came meanwhile still waits to be read.
    Raises NotPermitted, NoticeAnswered.
    """
    user = User.objects.select_related("area").get(pk=act.by.pk)
    own = AccountNotice.objects.filter(user=user, pk__in=shown)
    if not {*denied} <= {*own.values_list("pk", flat=True)}:
        raise NotPermitted
    rows = list(own.filter(answered_at=None).order_by("pk"))
    # Read in another window: what is not wanted is not taken for wanted there.
    if not rows or not {*denied} <= {row.pk for row in rows}:
        raise NoticeAnswered
    for row in rows:
        row.answered_at, row.denied = act.at, row.pk in denied
        row.save(update_fields=["answered_at", "denied"])
    note = {"denied": [row.kind for row in rows if row.denied]}
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note=note)


@act
def settle_denial(act: Act, *, notice_id: int, note: str) -> AccountNotice:
    """Who answers for security has looked into what somebody denied, and writes what came of it; not who did it.

    Raises NotPermitted, SamePerson, DenialSettled, ReasonMissing.
    """
    row: AccountNotice = locked(AccountNotice.objects.filter(pk=notice_id, denied=True)).get()
    user = User.objects.select_related("area").get(pk=row.user_id)
    check_secure_account(act, places_of(user, act.on))
    if is_between(row, authority(act), act.on):
        raise SamePerson(number=user.username, before=row.get_kind_display(), step=_("核查"))
    if row.settled_at is not None:
        raise DenialSettled
    row.settled_at, row.settled_by_id, row.settlement = act.at, act.by.pk, reason_of(note, field="note")
    row.save(update_fields=["settled_at", "settled_by_id", "settlement"])
    note_of = {"kind": row.kind, "note": row.settlement}
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note=note_of)
    return row
