"""Letters of the registry to the family of a resident, in both languages."""

from linli.foundation.screens.texts import in_both
from linli.foundation.trail.acts import within_act
from linli.ground.notifications.operations import NewLetter, issue
from linli.kernel.act import Act
from linli.registry.residents.models import Membership, Resident


@within_act
def write_home(act: Act, subject: str, resident: Resident, kind: str, title: object, body: object) -> None:
    """Write to the resident's household; where nobody lives there is nobody to write to.

    It names neither an account nor who acted: whoever opens the door may read it.
    """
    if not Membership.objects.filter(resident=resident, valid_until__isnull=True).exists():
        return
    called, said = in_both(title), in_both(body) % {"name": resident.name}
    content = {one: {"title": called.both[one], "body": said.both[one]} for one in called.both}
    issue(act, letters=[NewLetter(kind, subject, content, resident.stamp)])
