"""My work can be narrowed: a kind is what its chip says, and no two chips say the same."""

from linli.foundation.screens.work import piles
from linli.ground.users.queries import authority_of
from tests.access.world import World
from tests.conftest import MONDAY


def _words(world: World) -> set[tuple[str, str]]:
    people = [authority_of(person, MONDAY) for person in world.people.values()]
    return {(pile.kind, str(pile.title)) for person in people for pile in piles(person, MONDAY)}


def test_a_kind_has_one_title(world: World) -> None:
    """One chip stood for accounts to confirm, to replace and to correct, and said one of the three."""
    words = _words(world)
    several = {kind: said for kind in dict(words) if len(said := {title for code, title in words if code == kind}) > 1}

    assert (several, len(words) > 9) == ({}, True)


def test_a_title_is_of_one_kind(world: World) -> None:
    """Of two chips that say the same nobody knows which to press."""
    words = _words(world)
    alike = {title: kinds for _code, title in words if len(kinds := {code for code, one in words if one == title}) > 1}

    assert alike == {}
