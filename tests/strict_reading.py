"""A page that follows a relation its query did not fetch fails its test: in a list that is a statement for each row.

Who makes a page reads whole rows (``select_related``, ``prefetch_related``); acts may look further.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.fields import related_descriptors as relations
from django.template import Template

from linli.foundation.trail.acts import is_reading

_rendering: ContextVar[bool] = ContextVar("rendering", default=False)


class FetchedLate(AssertionError):
    """A row was handed out without what the page shows of it."""


def demand_whole_rows() -> None:
    """From now on rows that were read for a page fetch nothing by themselves."""
    forward = relations.ForwardManyToOneDescriptor
    forward.get_object = _refusing(forward.get_object, lambda self: self.field.name)  # type: ignore[method-assign]
    single = relations.ReverseOneToOneDescriptor
    single.__get__ = _refusing_single(single.__get__)  # type: ignore[method-assign]
    for name in ("create_reverse_many_to_one_manager", "create_forward_many_to_many_manager"):
        setattr(relations, name, _refusing_many(getattr(relations, name)))
    Template.render = _rendered(Template.render)  # type: ignore[method-assign]
    models.Model.refresh_from_db = _refusing_row(models.Model.refresh_from_db)  # type: ignore[method-assign]


def _refusing(fetch: Callable[..., Any], name_of: Callable[[Any], str]) -> Callable[..., Any]:
    def fetched(self: Any, instance: models.Model) -> Any:
        if is_reading():
            raise FetchedLate(f"{type(instance).__name__}.{name_of(self)}")
        return fetch(self, instance)

    return fetched


def _refusing_single(fetch: Callable[..., Any]) -> Callable[..., Any]:
    def fetched(self: Any, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is not None and is_reading() and not self.is_cached(instance):
            raise FetchedLate(f"{type(instance).__name__}.{self.related.get_accessor_name()}")
        return fetch(self, instance, cls)

    return fetched


def _refusing_many(create: Callable[..., Any]) -> Callable[..., Any]:
    """A template's ``row.lines.all``; a query that asks one row for what belongs to it does so knowingly."""

    def created(*args: Any) -> Any:
        class Manager(create(*args)):  # type: ignore[misc]  # made by Django for each relation
            def get_queryset(self) -> Any:
                rows = super().get_queryset()
                if is_reading() and _rendering.get() and rows._result_cache is None:
                    raise FetchedLate(f"{type(self.instance).__name__} → {self.model.__name__}")
                return rows

        return Manager

    return created


def _rendered(render: Callable[..., Any]) -> Callable[..., Any]:
    def rendered(*args: Any, **kwargs: Any) -> Any:
        token = _rendering.set(True)
        try:
            return render(*args, **kwargs)
        finally:
            _rendering.reset(token)

    return rendered


def _refusing_row(fetch: Callable[..., Any]) -> Callable[..., Any]:
    def fetched(self: models.Model, using: Any = None, fields: Any = None, **more: Any) -> Any:
        if is_reading():
            raise FetchedLate(f"{type(self).__name__}.{fields}")
        return fetch(self, using, fields, **more)

    return fetched
