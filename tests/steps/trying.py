"""Everybody tries every step in every state: what a page offers is what the act allows, and what the database keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction

from linli.ground.users.queries import authority_of, why_not
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import Workflow
from tests.browser import LogIn
from tests.conftest import Staff, at

Take = Callable[[Act, Any], object]


@dataclass(frozen=True)
class Bench:
    """One workflow and how to try it: ``ways`` lead a row through the real acts to where it is tried (by a name, at
    least one for each state), ``seen`` reads the row as its page does, ``take`` runs each step's act with words in it
    that nothing is wrong with.
    """

    flow: Workflow
    world: str
    ways: Mapping[str, Callable[[Any], Any]]
    take: Mapping[str, Take]
    seen: Callable[[Any, date], Any] = lambda row, _on: type(row).objects.get(pk=row.pk)
    page: Callable[[Any], str] | None = None  # its steps' addresses are below it
    on: Callable[[Any], date] | date = date(2026, 3, 16)
    elsewhere: frozenset[str] = frozenset()  # steps that the page leads to under another address
    as_one: frozenset[str] = frozenset()  # steps that one act and one address take, as whose they are
    below: str = ""  # what stands in an address between the page and the step

    def day(self, row: Any) -> date:
        """The day on which it is tried."""
        return self.on(row) if callable(self.on) else self.on


def attempt(deed: Callable[[], object]) -> DomainError | None:
    """What the act says, with everything it did undone."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # acts insist on being outermost, but in a test
    with block:
        try:
            deed()
        except DomainError as error:
            return error
        finally:
            transaction.set_rollback(True)
    return None


def differences(bench: Bench, staff: Staff, row: Any) -> list[str]:
    """Where page and act differ: who, the step, what the declaration says and what the act says."""
    day, found = bench.day(row), []
    for name in (field.name for field in fields(staff)):
        person = getattr(staff, name)
        seen, authority = bench.seen(row, day), authority_of(person, day)
        offered = {step.code for step in bench.flow.offered(authority, seen, day)}
        offered |= bench.as_one if offered & bench.as_one else set()
        for code, take in bench.take.items():
            refused = attempt(lambda take=take, person=person: take(Act(person, at(day, 18)), row))
            if (code in offered) == (refused is not None):
                found.append(
                    f"{name} {code}: declared {why_not(authority, bench.flow, code, seen, day)}; act {refused}"
                )
    return found


def misshown(bench: Bench, staff: Staff, row: Any, log_in: LogIn) -> list[str]:
    """Where the row's page shows a step that is not offered, or not one that is."""
    day, found = bench.day(row), []
    address = bench.page(row) if bench.page else ""
    for name in (field.name for field in fields(staff)):
        person = getattr(staff, name)
        offered = {
            step.code for step in bench.flow.offered(authority_of(person, day), bench.seen(row, day), day)
        } & bench.take.keys()
        answer = log_in(person).get(address)
        text = answer.text if answer.status_code == HTTPStatus.OK else ""
        offered |= bench.as_one if offered & bench.as_one else set()
        one = {code: min(bench.as_one) if code in bench.as_one else code for code in bench.take}
        paths = {code: f'"{address}{bench.below}{bench.flow.step(named).path}/"' for code, named in one.items()}
        shown = {code for code, path in paths.items() if path in text}
        if shown != offered - bench.elsewhere:
            found.append(f"{name}: shown {sorted(shown)}, offered {sorted(offered)}")
    return found


def unsaid(bench: Bench, staff: Staff, row: Any, log_in: LogIn) -> list[str]:
    """Where a step that the row has passed is sent from a page of before, and the page does not say why not."""
    day, found, address = bench.day(row), [], bench.page(row) if bench.page else ""
    seen = bench.seen(row, day)
    passed = [bench.flow.step(code) for code in bench.take if seen.state not in bench.flow.step(code).sources]
    for step in (one for one in passed if one.code not in bench.elsewhere | bench.as_one):
        for name in (field.name for field in fields(staff)):
            person = getattr(staff, name)
            if bench.flow.elsewhere(authority_of(person, day), step.code, seen) is None:
                answer = log_in(person).post(f"{address}{bench.below}{step.path}/", {"act_key": uuid4().hex})
                if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and 'class="error-summary"' not in answer.text:
                    found.append(f"{name}: {step.code} is refused without a word")
                break
    return found


def kept(bench: Bench, row: models.Model) -> list[str]:
    """States that the database lets the row go to, though no step leads there."""
    state, table = bench.seen(row, bench.day(row)).state, type(row)._default_manager
    legal = {target for source, target in bench.flow.edges if source == state} | {state}
    wrong = []
    for target in [str(one) for one in bench.flow.states if str(one) not in legal]:
        try:
            with transaction.atomic():
                table.filter(pk=row.pk).update(state=target)
        except IntegrityError as error:
            if "no such step" in str(error):
                continue
        wrong.append(f"{state} → {target}")
    return wrong
