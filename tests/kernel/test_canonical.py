"""One value, one text, one digest."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.act import CHINA_TIME
from linli.kernel.canonical import Digested, canonical_json, digest, digest_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@dataclass(frozen=True)
class Pair:
    b: int
    a: date


class TestCanonicalJson:
    def test_sorts_keys_and_leaves_no_blanks(self):
        assert canonical_json({"b": 1, "a": [True, None, "邻里"]}) == '{"a":[true,null,"邻里"],"b":1}'

    def test_a_dataclass_is_an_object_and_a_date_its_iso_text(self):
        assert canonical_json(Pair(1, date(2026, 3, 9))) == '{"a":"2026-03-09","b":1}'

    def test_a_moment_keeps_its_zone(self):
        moment = datetime(2026, 3, 9, 9, 0, tzinfo=CHINA_TIME)

        assert canonical_json(moment) == '"2026-03-09T09:00:00+08:00"'

    def test_a_tuple_is_a_list(self):
        assert canonical_json((1, (2,))) == "[1,[2]]"

    @pytest.mark.parametrize("value", [1.5, {"a": 0.1}, [object()], Pair, b"bytes"])
    def test_refuses_what_has_no_fixed_text(self, value):
        with pytest.raises(TypeError, match="no canonical form"):
            canonical_json(value)

    @pytest.mark.parametrize("value", [{1, 2}, frozenset(), {"a": set()}])
    def test_refuses_sets(self, value):
        with pytest.raises(TypeError, match="sort it first"):
            canonical_json(value)

    def test_refuses_keys_that_are_no_texts(self):
        with pytest.raises(TypeError, match="keys must be texts"):
            canonical_json({1: "a"})

    @given(VALUES)
    def test_says_everything_that_it_was_given(self, value):
        assert json.loads(canonical_json(value)) == value

    @given(st.dictionaries(st.text(), st.integers()))
    def test_does_not_depend_on_the_order_of_keys(self, value):
        assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


class TestDigest:
    def test_of_a_value_is_that_of_its_text(self):
        assert digest({"a": 1}) == digest('{"a":1}')

    def test_of_a_text_is_that_of_its_bytes(self):
        assert digest("邻里") == digest("邻里".encode()) == sha256("邻里".encode()).hexdigest()

    @given(st.lists(VALUES))
    def test_of_a_list_is_the_same_when_it_is_taken_item_by_item(self, items):
        assert digest_of(iter(items)) == Digested(len(items), digest(items))
