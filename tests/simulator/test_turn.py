"""Fourteen months lived: the year turns, awards are reviewed and carried over, January is paid from the next fund."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from linli.aid.assistance.models import Renewal
from linli.money.awards.models import Award
from linli.money.ledger.models import Fund
from linli.money.payments.models import PaymentBatch, PaymentItem
from tests.databases import Settings, connected_to, private_database
from tests.simulator.elsewhere import keeping, lived_on_sqlite
from tests.simulator.support import lived, violations


@pytest.fixture(scope="module")
def year(
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    small_pack: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Settings, dict[str, Any]]]:
    """The small community from January to the February after: where it is kept, and its report."""
    kept = ExitStack()
    with django_db_blocker.unblock():
        settings = kept.enter_context(private_database(template_database, tmp_path_factory.mktemp("turn")))
        with connected_to(settings):
            report = _fourteen_months(small_pack)
    yield settings, report
    with django_db_blocker.unblock():
        kept.close()


def _fourteen_months(pack: Path) -> dict[str, Any]:
    def live() -> dict[str, Any]:
        return lived(pack, seed=7, months=14)

    return keeping(pack, seed=7, months=14, live=live) if connection.vendor == "sqlite" else live()


@pytest.fixture
def turned(year: tuple[Settings, dict[str, Any]], django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """Its report, while the connection leads to the database in which it was lived; the tests here only read."""
    settings, report = year
    with django_db_blocker.unblock(), connected_to(settings):
        yield report


class TestTheTurn:
    def test_leaves_no_family_behind(self, turned: dict[str, Any]) -> None:
        reviews = turned["turn"]["reviews"]
        assert sum(reviews.values()) > 0
        assert {"OPEN", "CONFIRMED"} & set(reviews) == set()
        # Whoever ran to the year's end goes on, was told why not, or applies anew.
        over = Award.objects.filter(state="EXPIRED", renewed_by__isnull=True)
        settled = Renewal.objects.filter(state__in=("RENEWED", "ENDED", "REAPPLY")).values("application__number")
        assert not over.exclude(application_number__in=settled).exists()
        assert violations() == []

    def test_runs_out_of_money_as_the_checker_foretold(self, turned: dict[str, Any]) -> None:
        year = [month for month in turned["months"] if month["month"] < "2027"]
        assert [month["month"] for month in year if month["waiting"]][-1:] == ["2026-12"]
        # Ten million came in; what was paid too much and came back is paid out again.
        assert 9_800_000 <= sum(month["paid_fen"] for month in year) <= 10_500_000

    def test_pays_january_from_the_next_fund_and_arrears_from_their_own(self, turned: dict[str, Any]) -> None:
        months = {month["month"]: month for month in turned["months"]}
        assert months["2027-01"]["items"] > 0
        assert months["2027-01"]["waiting"] == 0
        years = PaymentItem.objects.values_list("month_date__year", "batch__fund__year").distinct()
        assert all(month == fund for month, fund in years)
        assert sorted(Fund.objects.values_list("year", flat=True)) == [2026, 2027]
        assert PaymentBatch.objects.filter(fund__year=2027, month_date__month=1).exists()

    @pytest.mark.skipif(connection.vendor == "sqlite", reason="PostgreSQL's run compares both databases")
    def test_gives_the_same_bytes_again(self, turned: dict[str, Any], small_pack: Path, tmp_path: Path) -> None:
        there = lived_on_sqlite(small_pack, tmp_path / "year", seed=7, months=14)
        # Two processes, two databases.
        assert json.dumps(turned, ensure_ascii=False) == json.dumps(there, ensure_ascii=False)
