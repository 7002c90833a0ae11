"""What was done to an account is told to its person at the next log-in, who says whether they wanted it."""

from django.utils.translation import gettext_lazy as _

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.ground.users.codes import NoticeKind
from linli.ground.users.models import AccountNotice, User
from linli.ground.users.queries import NotPermitted, chain_of
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class NoticeAnswered(DomainError):
    """Each is answered once."""

    message = _("这条已经答复过")


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
