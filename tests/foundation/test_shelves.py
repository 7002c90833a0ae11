"""Shelves: entries by key, in order, and no room speaks for another."""

import pytest

from linli.foundation.shelves import Shelf


@pytest.fixture
def shelf() -> Shelf[int]:
    shelf: Shelf[int] = Shelf()
    shelf.put({"b": 1})
    shelf.put({"a": 2})
    return shelf


def test_keep_the_order_in_which_rooms_came(shelf: Shelf[int]) -> None:
    assert list(shelf.items()) == [("b", 1), ("a", 2)]


def test_refuse_a_key_that_is_taken_and_keep_what_they_had(shelf: Shelf[int]) -> None:
    with pytest.raises(ValueError, match=r"\['a'\]"):
        shelf.put({"c": 4, "a": 3})

    assert dict(shelf) == {"b": 1, "a": 2}
