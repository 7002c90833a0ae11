"""Whose log-in it is: linked, doubted, settled. The family is told in writing, the account's person at the log-in."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.users.codes import NoticeKind
from linli.ground.users.operations.assignments import hold_people
from linli.ground.users.operations.notices import tell
from linli.ground.users.operations.stepping import take_step
from linli.ground.users.queries import authority, authority_of
from linli.ground.users.queries.persons import with_posts
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.steps import OwnFamily
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import ResidentAccount
from linli.registry.residents.operations.common import check_here, check_of_others, known_residents
from linli.registry.residents.operations.refusals import AccountLinked, PostLinked
from linli.registry.residents.operations.telling import write_home
from linli.registry.residents.permissions import check_link, linking_scope
from linli.registry.residents.steps import LINKS

_LONG_ENOUGH = 4  # characters that say why
_LINKED = (
    "ACCOUNT_LINKED",
    _("账号关联告知书"),
    _(
        "%(name)s：从即日起，有一个登录账号与您的居民登记相关联。用这个账号登录的人，可以看到您家的申请、待遇和文书，"
        "也可以替您家提出申请。这不是您本人的账号，或者您没有同意关联的，请尽快联系社区：先停止这个账号查看，再核实处理。"
    ),
)
_ENDED = (
    "ACCOUNT_UNLINKED",
    _("账号解除关联告知书"),
    _(
        "%(name)s：与您的居民登记相关联的登录账号，已经解除关联。从即日起，这个账号看不到您家的任何情况。"
        "您需要在网上办理的，请联系社区重新关联本人的账号。"
    ),
)


class DoubtUnclear(DomainError):
    """Somebody else has to look into it, and needs words to go by."""

    message = _("请用至少 %(least)s 个字写明为什么存疑")


@act
@surely
def link_account(act: Act, *, user_id: int, resident_id: int) -> ResidentAccount:
    """Link a log-in to the resident who uses it; staff and volunteers who live here too, for the kinship check: theirs
    besides another that the resident has at home, which would keep them from being barred else; never two with a post.

    Nobody links their own. The account's person is told, the family gets a letter; of whoever works here an auditor
    sees the link (``residents.links``). Raises NotPermitted, OwnFamily, ResidentUnknown, ResidentGone, AccountLinked,
    PostLinked (the resident has a post in another account), User.DoesNotExist.
    """
    resident = known_residents([resident_id])[0]
    check_link(act, resident.stamp)
    check_here([resident], linking_scope(authority(act)))
    check_of_others(act, [resident])
    if user_id == act.by.pk:
        raise OwnFamily(field="user", number=resident.number)
    others = ResidentAccount.objects.filter(resident=resident).exclude(state=LinkState.ENDED)
    linked = set(others.values_list("user_id", flat=True))
    # Before it is asked who has a post: a role may be given at this moment, to this account or to another of theirs.
    user = hold_people(act, {user_id, *linked})[user_id]
    of_post = bool(with_posts([user_id], act.on))  # one that begins later too
    at_home = Q() if of_post else Q(resident=resident, of_post=False)
    if ResidentAccount.objects.filter(Q(user=user) | at_home).exclude(state=LinkState.ENDED).exists():
        raise AccountLinked(field="user", name=resident.name, number=resident.number)
    if of_post and with_posts(linked, act.on):
        raise PostLinked(field="user", name=resident.name, number=resident.number)
    row = ResidentAccount.objects.create(
        number=take_labels("GL", act.on.year)[0],
        user=user,
        resident=resident,
        of_post=of_post,
        linked_by_id=act.by.pk,
        linked_at=act.at,
        **resident.stamp.columns(),
    )
    subject = f"resident:{resident.number}"
    audit.record(act, where=resident.stamp, subject=subject, note={"user": user_id, "link": row.number})
    _tell(act, row, NoticeKind.LINKED, "residents.link_worker")
    write_home(act, f"links:{row.number}", row.resident, *_LINKED)
    return row


@act
@surely
def doubt_link(act: Act, *, link_id: int, note: str) -> ResidentAccount:
    """Whoever may link there doubts that it is the resident's own log-in: it shows nothing of the family at once.

    Raises NotPermitted, OwnFamily (the account's person among them), StepNotPossible, ReasonMissing, DoubtUnclear.
    """
    said = reason_of(note, field="note")
    if len(said) < _LONG_ENOUGH:
        raise DoubtUnclear(field="note", least=_LONG_ENOUGH)
    told = {"doubted_at": act.at, "doubt": said, "kept_by_id": None, "kept_at": None, "settlement": ""}
    row = take_step(act, LINKS, "doubt", ResidentAccount, link_id, said, **told)
    _tell(act, row, NoticeKind.DOUBTED)
    return row


@act
@surely
def keep_link(act: Act, *, link_id: int, note: str) -> ResidentAccount:
    """Another person found it to be the resident's own: it shows the family again.

    Raises NotPermitted, SamePerson, OwnFamily, StepNotPossible, ReasonMissing.
    """
    said = reason_of(note, field="note")
    row = take_step(act, LINKS, "keep", ResidentAccount, link_id, said, kept_at=act.at, settlement=said)
    _tell(act, row, NoticeKind.KEPT)
    return row


@act
@surely
def end_link(act: Act, *, link_id: int, note: str) -> ResidentAccount:
    """Another person found it wrong: account and resident may be linked anew. It bars the account's person from the
    family's affairs for ninety days more (``queries.bonds.residents_barring``). The family gets a letter.

    Raises NotPermitted, SamePerson, OwnFamily, StepNotPossible, ReasonMissing.
    """
    said = reason_of(note, field="note")
    row = take_step(act, LINKS, "end", ResidentAccount, link_id, said, ended_date=act.on, settlement=said)
    _tell(act, row, NoticeKind.UNLINKED, "residents.unlink_worker")
    write_home(act, f"links:{row.number}", row.resident, *_ENDED)
    return row


@within_act
def _tell(act: Act, row: ResidentAccount, kind: NoticeKind, for_auditors: str = "") -> None:
    """Tell the account's person; of whoever works here, note it apart for auditors under the name."""
    tell(act, row.user, kind, row.resident.number)
    if for_auditors and authority_of(row.user, act.on).held:
        audit.record_apart(act, for_auditors, where=row.stamp, subject=f"resident:{row.resident.number}")
