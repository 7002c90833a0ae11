"""Every column that holds envelopes is declared, and a key that they name and nobody has is told."""

import dataclasses
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from linli.config.cli_audit import BROKEN, WHOLE, run_verify
from linli.foundation.data import sealed
from linli.foundation.trail import drafts

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)


def texts() -> set[tuple[str, str]]:
    """Table and column of all texts of ours."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("linli."))
    return {
        (model._meta.db_table, field.column)
        for model in ours
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField)
    }


def test_every_declared_column_is_a_text_of_ours() -> None:
    assert set(sealed.columns()) <= texts()


def test_every_column_that_is_called_so_is_declared() -> None:
    named = {one for one in texts() if re.search("envelope|sealed", one[1])}
    assert (len(named) > 8, named - set(sealed.columns())) == (True, set())


def test_one_statement_asks_for_the_keys_of_a_column(
    db: None, community: object, django_assert_num_queries: Any
) -> None:
    for who in range(5):
        drafts.keep(who, "/x/", "typed", at=AT)
    with django_assert_num_queries(len(sealed.columns())):
        assert "foundation_draft.envelope" in sealed.key_ids()["t1"]


def test_a_key_that_is_gone_is_told_with_its_columns(
    community: object, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts.keep(1, "/x/", "typed", at=AT)
    settings.KEYS = dataclasses.replace(
        settings.KEYS, envelope={**settings.KEYS.envelope, "t2": b"n" * 32}, current="t2"
    )
    drafts.keep(2, "/x/", "typed", at=AT)
    assert run_verify(as_json=False) == WHOLE

    settings.KEYS = dataclasses.replace(settings.KEYS, envelope={"t1": b"t" * 32}, current="t1")
    capsys.readouterr()
    assert run_verify(as_json=False) == BROKEN
    assert "key.missing t2: foundation_draft.envelope\n" in capsys.readouterr().out


def envelopes() -> set[tuple[str, str]]:
    """Where envelopes lie, whatever is declared."""
    found = set()
    with connection.cursor() as cursor:
        for table, column in sorted(texts()):
            cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" LIKE \'v1.%\'')
            if any(re.fullmatch(r"v1\.\w+\.[A-Za-z0-9+/=]{24,}", text) for (text,) in cursor.fetchall()):
                found.add((table, column))
    return found
