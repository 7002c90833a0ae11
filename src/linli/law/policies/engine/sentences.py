"""What letters say around and inside their bodies, by the pack or by default."""

from typing import Annotated

from linli.kernel.bilingual import Text, as_kept
from linli.law.policies.engine.literals import literal_defaults
from linli.law.policies.engine.schema import Label
from linli.law.policies.engine.sections import section

_SAID = {code: as_kept(kept) for code, kept in literal_defaults()["scheme"]["sentences"].items()}


def _saying(*places: str) -> Label:
    return Label(frozenset(places))


@section()
class Sentences:
    """What letters say around and inside their bodies; a pack writes those that it wants otherwise."""

    basis: Annotated[Text, _saying("article")] = _SAID["basis"]
    # Why something is granted or refused, group by group.
    met: Annotated[Text, _saying("groups")] = _SAID["met"]
    unmet: Annotated[Text, _saying("groups")] = _SAID["unmet"]
    assessors_set: Text = _SAID["assessors_set"]
    see_reasons: Annotated[Text, _saying("reason")] = _SAID["see_reasons"]
    see_reasons_and_grounds: Annotated[Text, _saying("reason")] = _SAID["see_reasons_and_grounds"]
    gap: Annotated[Text, _saying("reason", "until", "first", "last")] = _SAID["gap"]
    # Why an award goes on, changes or ends.
    unchanged: Text = _SAID["unchanged"]
    anew: Text = _SAID["anew"]
    all_apply: Text = _SAID["all_apply"]
    not_due: Text = _SAID["not_due"]
    resumed: Text = _SAID["resumed"]
    ran_out: Text = _SAID["ran_out"]
    because: Annotated[Text, _saying("cause", "note")] = _SAID["because"]
    paid_besides: Annotated[Text, _saying("amount")] = _SAID["paid_besides"]
    paid_too_much: Annotated[Text, _saying("amount")] = _SAID["paid_too_much"]
