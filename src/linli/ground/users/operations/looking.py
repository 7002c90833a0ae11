"""How often somebody may look at what is masked: so many times a day by role; above that only with a reason that an
auditor reviews (break-glass), and at last not at all.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from linli.foundation.trail import audit
from linli.foundation.trail.acts import NotSure, within_act
from linli.foundation.trail.purposes import Purpose
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

# Ours, no law: about one look for each family that a person deals with on a busy day, more for whoever checks others.
LOOKS_A_DAY: Mapping[Role, int] = {
    Role.COMMUNITY_WORKER: 40,
    Role.SOCIAL_WORKER: 40,
    Role.COMMUNITY_DIRECTOR: 40,
    Role.STREET_OFFICER: 40,
    Role.DISTRICT_OFFICER: 20,
    Role.AUDITOR: 60,
}
# What is urgent may come on top, as often again.
_URGENT = 2
_LONG_ENOUGH = 6  # characters that say why


class PurposeUnknown(DomainError):
    """A purpose of the list, and words for it where the list has none."""

    message = _("请选择查看目的；选“其他”或紧急查看的，请用至少 %(least)s 个字写明")


class LooksSpent(DomainError):
    """So many looks were taken today."""

    message = _("您今天已查看 %(count)s 次，到了每日上限。确属紧急的，请勾选“紧急查看”并写明缘由，每次都由审计员复核")


class UrgentLooksSpent(DomainError):
    """No reason helps any more today."""

    message = _("您今天已查看 %(count)s 次，不能再查看；请由同事办理")


@within_act
def look(act: Act, *, purpose: str, detail: str = "", urgent: bool = False) -> dict[str, object]:
    """What the trail notes of a look at something masked.

    Raises PurposeUnknown, LooksSpent, UrgentLooksSpent; NotSure, on which the browser shows a second factor.
    """
    if not act.sure:
        raise NotSure
    said = detail.strip()
    if purpose not in Purpose.values or ((purpose == Purpose.OTHER or urgent) and len(said) < _LONG_ENOUGH):
        raise PurposeUnknown(field="detail" if purpose in Purpose.values else "purpose", least=_LONG_ENOUGH)
    most = max((LOOKS_A_DAY.get(held.role, 0) for held in authority(act).held), default=0)
    count = audit.looks_of(act.by.pk, act.on)
    if count >= most * _URGENT:
        raise UrgentLooksSpent(count=count)
    if count >= most and not urgent:
        raise LooksSpent(field="urgent", count=count)
    return {"purpose": purpose, **({"detail": said} if said else {}), **({"urgent": True} if urgent else {})}
