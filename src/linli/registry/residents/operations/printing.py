"""Names with signs that no font has: told where they are typed, with the way out; stated once for every document."""

from collections.abc import Iterable, Sequence

from linli.foundation.files.glyphs import unprintable
from linli.foundation.files.print_signs import check_spelling, state_signs, unstated
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.residents.operations.refusals import NameUnprintable, RegistrationFault
from linli.registry.residents.operations.rows import NewMember
from linli.registry.residents.permissions import check_register_anywhere


@act
def state_print_sign(act: Act, *, sign: str, print_as: str) -> None:
    """State how a sign that no font has is written in every document from now on.

    Raises NotPermitted (whoever registers somewhere may), PrintSpellingRefused.
    """
    check_register_anywhere(act)
    state_signs(act, shown={sign: print_as})
    audit.record(act, where=0, subject=f"print_sign:U+{ord(sign):04X}", note={"shown": print_as})


def print_faults(people: Iterable[tuple[int, int, NewMember]]) -> list[RegistrationFault]:
    """Names that would be boxes on paper, for people at (household, member); reads only when there is such a name."""
    faults = []
    for household, member, new in people:
        error = print_fault(new.name, new.print_as)
        if error is not None:
            faults.append(RegistrationFault(household, member, error))
    return faults


def print_fault(name: str, print_as: str) -> DomainError | None:
    """What is wrong with a name and what is to be printed for its signs, in their order."""
    signs = unprintable(name)
    if not signs:
        return None
    parts = _parts(signs, print_as)
    if not parts:
        missing = unstated(name)
        return NameUnprintable(field="print_as", signs=missing) if missing else None
    if len(parts) != len(signs):
        return NameUnprintable(field="print_as", signs=signs)
    try:
        for sign, text in zip(signs, parts, strict=True):
            check_spelling(sign, text)
    except DomainError as error:
        return error
    return None


def state_print(act: Act, people: Sequence[NewMember]) -> None:
    """Keep what was stated with the names of people who are registered in this act."""
    shown: dict[str, str] = {}
    for new in people:
        signs = unprintable(new.name) if new.print_as else ""
        shown |= dict(zip(signs, _parts(signs, new.print_as), strict=True)) if signs else {}
    if shown:
        state_signs(act, shown=shown)


def _parts(signs: str, print_as: str) -> list[str]:
    """One text per sign, between blanks; for a single sign the whole."""
    text = print_as.strip()
    if not text:
        return []
    return [text] if len(signs) == 1 else text.split(" ")
