"""What letters say around and inside their bodies, by the pack or by default."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from linli.kernel.bilingual import Text, as_kept
from linli.law.policies.engine.schema import Label
from linli.law.policies.engine.sections import section

# --- what a pack need not say, as it stands in defaults.toml ---------------------------------------


_FILE = Path(__file__).with_name("defaults.toml")


def literal_defaults() -> dict[str, Any]:
    """The contents of defaults.toml."""
    return deepcopy(_literal())


@cache
def _literal() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


# --- which letters there are, and what each of them can say: whoever issues one fills exactly its placeholders ---


_COMMON_PLACES = frozenset({"applicant", "number", "date"})
_AWARD_PLACES = frozenset({"programme", "amount", "reason"})
NOTICES: Mapping[str, frozenset[str]] = {
    code: _COMMON_PLACES | places
    for code, places in {
        "ACCEPTED": {"deadline"},
        "INCOMPLETE": {"papers", "deadline"},
        "NOT_ACCEPTED": {"reason"},
        "LAPSED": {"deadline"},
        "GRANTED": _AWARD_PLACES,
        "RECOGNISED": _AWARD_PLACES,
        "REFUSED": _AWARD_PLACES,
        "CHANGED": _AWARD_PLACES,
        "SUSPENDED": _AWARD_PLACES,
        "ENDED": _AWARD_PLACES,
        "REAPPLY": {"programme", "reason", "deadline", "papers"},
    }.items()
}
# Letters that a scheme may write besides: what it does not write is said in the others, or not sent.
OPTIONAL_NOTICES: Mapping[str, frozenset[str]] = {
    "WITHDRAWN": _COMMON_PLACES,
    "RENEWAL_DUE": _COMMON_PLACES | {"programme", "deadline"},
    "RENEWED": _COMMON_PLACES | _AWARD_PLACES,
    "ACCOUNT_STOPPED": _COMMON_PLACES | {"programme", "holder"},  # the holder died
    "ACCOUNT_CEASED": _COMMON_PLACES | {"programme", "holder"},  # the holder is member or guardian no more
}
ALL_NOTICES = {**NOTICES, **OPTIONAL_NOTICES}
LETTER_TEXT = Label(frozenset().union(*ALL_NOTICES.values()))


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
