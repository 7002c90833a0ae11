"""Acts on requests: asked from outside, confirmed, refused, taken up again, emptied."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.queries import stamp_of
from linli.ground.users.operations.stepping import take_step
from linli.ground.users.queries import authority, check_system
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.newcomers.codes import RequestState
from linli.registry.newcomers.models import Request
from linli.registry.newcomers.steps import REGISTRARS, REQUEST
from linli.registry.residents.queries.registry import visible_household

_KEPT = timedelta(days=30)


class NoSuchHousehold(DomainError):
    """A request is confirmed with a household of the worker's own community."""

    message = _("您的社区没有户编号 %(number)s")


@act
def ask(act: Act, *, community_id: int, said: dict[str, str]) -> Request:
    """Keep what somebody said at the public door, for the workers of a community. Raises NotPermitted: nobody is
    logged in there, so the product itself asks.
    """
    check_system(act)
    stamp, number = stamp_of(community_id), take_labels("ZB", act.on.year)[0]
    envelope = Request.sealed(number, said)
    row = Request.objects.create(number=number, envelope=envelope, asked_date=act.on, **stamp.columns())
    audit.record(act, where=stamp, subject=f"request:{number}")
    return row


@act
def confirm(act: Act, *, request_id: int, household: str) -> Request:
    """The family is registered, under this number. Raises NotPermitted, StepNotPossible, NoSuchHousehold."""
    number = household.strip().upper()
    row = take_step(act, REQUEST, "confirm", Request, request_id, decided_date=act.on, household=number, envelope="")
    # Whose request it is not is told nothing of households.
    if not visible_household(authority(act).scope(*REGISTRARS), number):
        raise NoSuchHousehold(field="household", number=number)
    return row


@act
def refuse(act: Act, *, request_id: int, note: str) -> Request:
    """It leads to nothing, and why. Raises NotPermitted, StepNotPossible."""
    return take_step(act, REQUEST, "refuse", Request, request_id, note, decided_date=act.on)


@act
def reopen(act: Act, *, request_id: int) -> Request:
    """Look at it once more. Raises NotPermitted, StepNotPossible, SaidEmptied."""
    return take_step(act, REQUEST, "reopen", Request, request_id, decided_date=None, decided_by_id=None)


@act
def empty(act: Act) -> None:
    """What was refused thirty days ago is forgotten. The product's own act."""
    check_system(act)
    old = Request.objects.filter(state=RequestState.REFUSED, decided_date__lte=act.on - _KEPT).exclude(envelope="")
    numbers = list(old.order_by("pk").values_list("number", flat=True))
    if numbers:
        old.update(envelope="")
    audit.record(act, where=0, subject=f"requests:{act.on.isoformat()}", lines=numbers)
