"""The seed's own plan, full size, lived for its year once; several tests read it, some tear rows out of a copy."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState
from linli.aid.assistance.models import Application, Objection, Publication
from linli.config.cli_demo import busy_day
from linli.config.cli_simulate import DEMO_PASSWORD, HAPPENED
from linli.foundation.screens.work import Pile, first, piles
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.queries import DemoAccount, authority_of, demo_accounts
from linli.kernel.period import Month
from linli.money.awards.models import PayeeAccount
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.overview.planning.engine import Change, cash_flow, first_shortage
from linli.simulator.busy import LEFT
from linli.simulator.report import WAITING_UNIT, report_of
from linli.simulator.year import Lived, live
from tests.databases import connected_to
from tests.simulator.conftest import PACKS
from tests.simulator.support import BANKS, CALENDAR, differences, tear_out, violations

BUSY_DAY = busy_day()

SEED = 7
S2 = PACKS / "community" / "assistance_plan"
# What a year may cost at most: docs/ and the bench hold the seconds, which say something of the machine.
STATEMENTS = 150_000


@dataclass(frozen=True)
class Year:
    """The year as it was lived, and the file it is kept in."""

    lived: Lived
    report: dict[str, Any]
    statements: int
    violations: list[object]
    objections: Counter[str]  # by state
    file: Path
    busy: Path  # as it stood on the busy day


@pytest.fixture(scope="module")
def year(template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Year:
    if connection.vendor != "sqlite":
        pytest.skip("the full year is lived on SQLite; test_turn compares both databases")
    folder = tmp_path_factory.mktemp("year")
    file, busy = folder / "year.sqlite3", folder / "busy.sqlite3"
    shutil.copyfile(template_database, file)
    sent = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*arguments)

    def keep(day: date, _done: int, _total: int) -> None:
        if day == BUSY_DAY:
            connection.cursor().execute("VACUUM INTO %s", [str(busy)])

    with django_db_blocker.unblock(), connected_to({**connection.settings_dict, "NAME": str(file)}):
        with connection.execute_wrapper(count):
            lived = live(
                S2,
                calendar_file=CALENDAR,
                bank_file=BANKS[0],
                seed=SEED,
                password=DEMO_PASSWORD,
                busy=BUSY_DAY,
                progress=keep,
            )
        report, found = report_of(lived, seed=SEED), violations()
        objections = Counter(Objection.objects.values_list("state", flat=True))
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Year(lived, report, sent, found, objections, file, busy)


@pytest.fixture
def copy(year: Year, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Lived]:
    """A copy of the lived year to break; the year itself stays whole."""
    file = tmp_path / "copy.sqlite3"
    shutil.copyfile(year.file, file)
    with django_db_blocker.unblock(), connected_to({**connection.settings_dict, "NAME": str(file)}):
        yield year.lived


@pytest.fixture
def busy_day(year: Year, django_db_blocker: DjangoDbBlocker, tmp_path: Path, settings: LazySettings) -> Iterator[None]:
    """A copy of the year as it stood on the busy day, which is today."""
    file = tmp_path / "busy.sqlite3"
    shutil.copyfile(year.busy, file)
    settings.DEMO_TODAY = BUSY_DAY.isoformat()
    with django_db_blocker.unblock(), connected_to({**connection.settings_dict, "NAME": str(file)}):
        yield


def one(statement: str) -> tuple[Any, ...]:
    """The first row of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


class TestTheYear:
    def test_keeps_every_invariant(self, year: Year) -> None:
        assert year.violations == []

    def test_stays_within_its_statements(self, year: Year) -> None:
        assert year.statements <= STATEMENTS

    def test_runs_dry_after_the_month_the_checker_names_for_the_plan_as_written(self, year: Year) -> None:
        """The checker takes the plan at its word: all 200 households and 50 elders from January on. Some papers never
        come and some incomes rise, so about a sixth less falls due each month and the money of eight months reaches
        up to two months further. It cannot run dry sooner.
        """
        foretold = first_shortage(cash_flow(year.lived.world.plan))

        assert foretold is not None
        assert foretold.month <= ran_dry(year.report) <= foretold.month.plus(2)

    def test_runs_dry_in_the_month_the_checker_names_for_the_people_there_were(self, copy: Lived, year: Year) -> None:
        plan = copy.world.plan
        # A supplement is no payment more.
        rows = PaymentItem.objects.filter(batch__fund_id=copy.world.fund_id, state=ItemState.PAID, part=0)
        paid = Counter((Month.of(day), code) for day, code in rows.values_list("month_date", "programme"))
        half = [Month(plan.year, n) for n in range(1, 7)]
        changes = [
            Change(f"programmes.{one.code}.recipients", round(sum(paid[month, one.code] for month in half) / len(half)))
            for one in plan.programmes
        ]
        foretold = first_shortage(cash_flow(plan.with_changes(changes)))

        assert foretold is not None
        assert ran_dry(year.report) == foretold.month

    def test_pays_and_owes_together_what_fell_due(self, year: Year) -> None:
        """By the last month everything due was sent, waits, or was given up: the checker's sum, for fewer people."""
        last = cash_flow(year.lived.world.plan)[-1]
        foretold = last.unpaid_fen + sum(flow.paid_fen for flow in cash_flow(year.lived.world.plan))
        months = year.report["months"]

        due = sum(month["sent_fen"] for month in months) + months[-1]["waiting_fen"]
        assert 0.75 * foretold <= due <= foretold

    def test_lets_things_happen_to_awards(self, year: Year) -> None:
        happened = year.report["happened"]

        drawn = ("deaths", "deaths that were none", "days of death corrected", "moves", "incomes changed")
        drawn = (*drawn, "amounts mistyped", "payments back after closing")
        told = ("awards suspended", "awards resumed", "amounts changed", "awards ended", "over-payments")
        for event in (*drawn, *told, "approvals voided"):
            assert happened[event] > 0, event

    def test_hears_neighbours_who_object_and_answers_them(self, year: Year) -> None:
        assert year.objections["REJECTED"] > 0
        assert year.objections["OPEN"] == 0

    def test_counts_nothing_that_the_terminal_cannot_say_in_chinese(self, year: Year) -> None:
        assert set(year.report["happened"]) <= set(HAPPENED)

    def test_completes_its_reviews_within_days(self, year: Year) -> None:
        happened = year.report["happened"]

        assert happened["reviews completed"] > 100
        assert happened["reviews open"] < 25


@pytest.mark.usefixtures("busy_day")
class TestTheBusyDay:
    def test_keeps_every_invariant(self) -> None:
        assert violations() == []

    def test_has_cases_at_every_step(self) -> None:
        waiting = set(ApplicationState.values) - {*CLOSED_STATES, "GRANTED"}

        assert waiting <= set(Application.objects.values_list("state", flat=True))

    def test_has_a_batch_between_maker_and_checker_and_one_to_release(self) -> None:
        open_ones = PaymentBatch.objects.filter(state__in=("PROPOSED", "APPROVED")).values_list("kind", "state")

        assert sorted(open_ones) == [("REGULAR", "PROPOSED"), ("REISSUE", "APPROVED")]

    def test_has_publications_that_run_and_that_wait_and_an_open_objection(self) -> None:
        assert {"PREPARED", "POSTED"} <= set(Publication.objects.values_list("state", flat=True))
        assert Objection.objects.filter(state="OPEN").count() == 1

    def test_has_money_that_came_back_and_accounts_that_nobody_confirmed(self) -> None:
        back = PaymentItem.objects.filter(state="RETURNED", reissues__isnull=True)

        assert back.exists()
        assert PayeeAccount.objects.filter(state="PROPOSED").count() == LEFT

    def test_has_letters_to_deliver_reviews_overdue_and_steps_that_are_late(self) -> None:
        kinds = {pile.kind: pile for pile in self.piles("zhoujianguo")}

        assert kinds["LETTER"].total > 0
        assert kinds["REVIEW_AWARD"].late == LEFT
        assert next(pile for pile in self.piles("wangli") if pile.kind == "ANSWER").late == LEFT

    def piles(self, username: str) -> list[Pile]:
        return piles(authority_of(User.objects.get(username=username), BUSY_DAY), BUSY_DAY)

    def test_lets_everybody_of_the_log_in_page_begin_with_something_to_do(self, settings: LazySettings) -> None:
        settings.DEMO, settings.SECOND_FACTOR = True, False  # as the settings of a demonstration are
        settings.PASSWORD_HASHERS = ["linli.config.passwords.PublishedPasswordHasher"]
        offered = demo_accounts(BUSY_DAY)
        page = Client().get(reverse("log_in")).content.decode()

        assert {one.role for one in offered} == set(Role)
        assert [one.username for one in offered if f'value="{one.username}"' not in page] == []
        assert [one.username for one in offered if not self.begins(one)] == []

    def begins(self, one: DemoAccount) -> bool:
        """Whether the person's first page offers work by its verb; who answers for others' work, or has none, a way."""
        client = Client()
        client.post(reverse("log_in"), {"username": one.username, "password": DEMO_PASSWORD})
        page = client.get("/", follow=True).content.decode().partition("<main")[2]
        if one.role in (Role.DISTRICT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.RESIDENT):
            return 'href="/' in page
        rows = first(self.piles(one.username), 5)
        return any(reverse(row.page, args=row.arguments) in page and str(row.verb) in page for row in rows)


class TestMonths:
    def test_are_the_plans_twelve(self, year: Year) -> None:
        assert [month["month"] for month in year.report["months"]] == [f"2026-{n:02d}" for n in range(1, 13)]

    def test_sum_up_to_what_plan_against_actual_says(self, year: Year) -> None:
        paid = next(row for row in year.report["targets"] if row["code"] == "AID_PAID")

        assert sum(month["paid_fen"] for month in year.report["months"]) == paid["actual"]

    def test_tell_apart_what_became_of_the_money(self, year: Year) -> None:
        for month in year.report["months"]:
            parts = ("paid_fen", "in_transit_fen", "returned_fen", "written_off_fen")
            assert month["sent_fen"] == sum(month[part] for part in parts)

    def test_say_what_waiting_counts(self, year: Year) -> None:
        assert year.report["waiting_unit"] == WAITING_UNIT == "AWARD_MONTHS"


class TestStandsOnRecords:
    def test_reading_it_again_gives_the_same(self, copy: Lived, year: Year) -> None:
        assert differences(year.report, report_of(copy, seed=SEED)) == {}

    def test_a_payment_torn_out_changes_its_month_and_what_counts_it(self, copy: Lived, year: Year) -> None:
        payment = one(
            "SELECT i.id, i.amount_fen, b.fund_id FROM payments_paymentitem i"
            " JOIN payments_paymentbatch b ON b.id = i.batch_id"
            " WHERE i.state = 'PAID' AND i.month_date = '2026-03-01' AND b.month_date = i.month_date"
            " AND i.programme = 'BASE_AWARD' AND i.reissue_of_id IS NULL ORDER BY i.id LIMIT 1"
        )
        # The month's sum goes with its line: one without the other is a violation, which tests/payments shows.
        tear_out(
            [
                f"DELETE FROM payments_paymentitem WHERE id = {payment[0]}",
                f"UPDATE payments_paymentsum SET number = number - 1, amount_fen = amount_fen - {payment[1]}"
                f" WHERE month_date = '2026-03-01' AND state = 'PAID' AND again = 0 AND fund_id = {payment[2]}",
            ]
        )

        assert differences(year.report, report_of(copy, seed=SEED)) == {
            "months.2026-03.items": -1,
            "months.2026-03.sent_fen": -payment[1],
            "months.2026-03.paid_fen": -payment[1],
            "targets.HOUSEHOLDS_AIDED.records": -1,
            "targets.AID_PAID.actual": -payment[1],
            "targets.AID_PAID.records": -1,
        }

    def test_an_application_torn_out_changes_what_counts_it(self, copy: Lived, year: Year) -> None:
        application = one("SELECT id FROM assistance_application WHERE state = 'LAPSED' ORDER BY id LIMIT 1")
        tear_out([f"DELETE FROM assistance_application WHERE id = {application[0]}"])

        assert differences(year.report, report_of(copy, seed=SEED)) == {
            "applications.LAPSED": -1,
            "targets.INTAKE_ANSWERS.target": -1,
            "targets.INTAKE_ANSWERS.actual": -1,
            "targets.INTAKE_ANSWERS.records": -1,
            "targets.APPLICATIONS.actual": -1,
            "targets.APPLICATIONS.records": -1,
        }


def ran_dry(report: dict[str, Any]) -> Month:
    """The first month from which on money was always short: more award-months wait than a new case or two."""
    months = report["months"]
    short = [month["waiting_fen"] > 0.1 * month["sent_fen"] for month in months]
    dry = len(short) - short[::-1].index(False) if False in short else 0
    return Month.parse(months[dry]["month"])
