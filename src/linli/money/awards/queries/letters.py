"""Letters about an award. They lie with its application, where the family finds them."""

from collections.abc import Mapping, Sequence
from typing import Final

from linli.foundation.data.scope import Scope
from linli.ground.notifications.queries import Letter, letters_about, letters_to_own
from linli.money.awards.codes import ChangeKind
from linli.money.awards.models import Award

# The pack's notice that tells of a change; an award that is paid again has its amount from a day on.
NOTICES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.SUSPENDED: "SUSPENDED",
    ChangeKind.RESUMED: "CHANGED",
    ChangeKind.CHANGED: "CHANGED",
    ChangeKind.ENDED: "ENDED",
    ChangeKind.EXPIRED: "ENDED",
    ChangeKind.REINSTATED: "CHANGED",
}
# The pack's notice that asks for another account; a pack may do without.
ACCOUNT_STOPPED = "ACCOUNT_STOPPED"


def letter_subject(award: Award) -> str:
    """The subject of letters about the award: the application that it came from, as the letter of grant has it."""
    return f"application:{award.application_number}"


def ended_by_letter(awards: Sequence[Award]) -> set[int]:
    """Those of the awards (ids) whose family has a letter that they end."""
    by_subject = {(letter_subject(award), award.number): award.pk for award in awards}
    rows = letters_to_own(sorted({subject for subject, _number in by_subject})).filter(kind=NOTICES[ChangeKind.ENDED])
    told = {(row.subject, row.content.get("award")) for row in rows}
    return {pk for key, pk in by_subject.items() if key in told}


def letters_of_award(scope: Scope, award: Award) -> list[Letter]:
    """Letters that tell of changes of this award, oldest first, with how they arrived."""
    rows = letters_about(scope, letter_subject(award)).filter(kind__in={*NOTICES.values(), ACCOUNT_STOPPED})
    return [row for row in rows if row.content["award"] == award.number]
