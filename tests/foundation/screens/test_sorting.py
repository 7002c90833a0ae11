"""A list is turned over by the values of its last row: a column that may be empty would lose rows where they change."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from django.db.models import Field, Model, OneToOneRel
from django.urls import get_resolver

from linli.foundation.screens.listings import Listing


def _lists(among: type = Listing) -> Iterator[type[Listing[Any, Any]]]:
    assert get_resolver().url_patterns  # every room's lists are loaded
    for one in among.__subclasses__():
        if hasattr(one, "columns") and one.__module__.startswith("linli."):
            yield one
        yield from _lists(one)


SORTED = {f"{one.__name__} {name}": (one, name) for one in _lists() for column in one.columns for name in column.sort}


def _said(of: type) -> list[type]:
    said = [argument for base in getattr(of, "__orig_bases__", ()) for argument in get_args(base)]
    return [one for one in said if isinstance(one, type)]


def _model(of: type) -> type[Model]:
    return next(one for one in _said(of) if issubclass(one, Model))


def _fields(model: type[Model], path: str) -> Iterator[Field[Any, Any]]:
    for name in path.lstrip("-").split("__"):
        found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if isinstance(found, OneToOneRel):  # the one row beside it, which the list has of each
            model = found.related_model
            continue
        assert isinstance(found, Field)
        yield found
        model = found.related_model or model  # type: ignore[assignment]  # a model, never "self", in a loaded app


@pytest.mark.parametrize("sorted_by", SORTED)
def test_a_column_by_which_one_sorts_is_filled_in_every_row(sorted_by: str) -> None:
    listing, name = SORTED[sorted_by]

    assert [field.name for field in _fields(_model(listing), name) if field.null] == []


ORDERED = [one for one in dict.fromkeys(_lists()) if any(issubclass(base, Model) for base in _said(one))]


@pytest.mark.parametrize("listing", ORDERED, ids=lambda one: one.__name__)
def test_the_last_field_of_an_order_tells_rows_apart(listing: type[Listing[Any, Any]]) -> None:
    *_, last = _fields(_model(listing), listing.order[-1])

    # Or within the record whose rows they are.
    assert last.unique or any(last.name in one.fields for one in last.model._meta.total_unique_constraints)
