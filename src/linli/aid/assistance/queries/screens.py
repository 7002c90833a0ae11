"""What pages ask besides: what would alter a result, what the rules will say, what a grant commits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.queries.beginning import Follows, earlier, months_to_pay
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.facts import departures_on, foreseen
from linli.aid.assistance.queries.people import called
from linli.aid.assistance.rules.results import Departure
from linli.foundation.data.scope import Scope, within
from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.law.policies.engine.changes import WhatIf, what_would_change
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.text import (
    fact_text,
)
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import promised_months
from linli.money.ledger.queries import available, fund_of, line_for

_MOST_CHANGES = 4


@dataclass(frozen=True)
class Due:
    """What the rules say now for one programme and unit; ``amount_fen`` a month, None for lack of facts.

    ``name`` is the person's, empty for the household; ``departure`` is the assessors' own amount on the sheet.
    """

    programme: str
    label: Text
    unit_key: str
    name: str
    amount_fen: int | None
    departure: Departure | None = None


@dataclass(frozen=True)
class Preview:
    """What closing the report would determine, and the facts that are missing for it."""

    dues: tuple[Due, ...]
    missing: tuple[Text, ...]
    # The same facts by their addresses: "R-000001.has_spouse", a fact of the household without a key.
    demanded: frozenset[str]


@dataclass(frozen=True)
class Commitment:
    """What granting a case promises: fen a month, over how many months, in all."""

    number: str
    monthly_fen: int
    months: int
    total_fen: int


@dataclass(frozen=True)
class LineOutlook:
    """A budget line: what may still be promised, what the cases shown would take, what would be left (may be < 0)."""

    fund_code: str
    fund_name: str
    line_name: str
    available_fen: int
    asked_fen: int

    @property
    def left_fen(self) -> int:
        """Available less asked."""
        return self.available_fen - self.asked_fen


@dataclass(frozen=True)
class BudgetOutlook:
    """Cases with what they commit, and the lines that would pay; ``unfunded`` programmes have no line."""

    commitments: Mapping[int, Commitment]  # by application id
    lines: tuple[LineOutlook, ...]
    unfunded: tuple[Text, ...]
    waiting: tuple[Text, ...] = ()  # programmes that no plan pays from the month a grant would begin with
    follows: tuple[tuple[Text, Follows], ...] = ()  # programmes that go on from an award, without or with a gap


def changes_that_matter(case: ApplicationDetail) -> list[tuple[Text, WhatIf]]:
    """Single facts that would turn the answer of a claimed programme, with the programme's label; at most four.

    Nobody grows younger: turns that need fewer years are left out.
    """
    made = next((one.determination for one in reversed(case.assessments) if one.determination is not None), None)
    if made is None:
        return []
    pack = pack_of(case.pack_version_id)
    claimed = {code: one.label for code, one in pack.programmes.items() if one.group in case.group_codes}
    found = what_would_change(pack, _recorded_facts(made.document), made.on)
    return [
        (claimed[one.programme], one)
        for one in found
        if one.programme in claimed and not (one.unit == "AGE" and one.needed < one.current)
    ][:_MOST_CHANGES]


def preview(assessment_id: int, on: date) -> Preview:
    """What the rules say on what is known and on the sheet; the caller holds a seat of the assessment."""
    assessment = Assessment.objects.select_related("application__household").get(pk=assessment_id)
    application = assessment.application
    pack = pack_of(application.pack_version_id)
    observed = json.loads(assessment.observed) if assessment.observed else {}
    results, missing = foreseen(application, on, observed=observed, visited=assessment.visited_date)
    signed = {one.key: one for one in departures_on(assessment)}
    names = called({application.household_id}, on)
    return Preview(
        tuple(
            Due(
                one.programme,
                pack.programmes[one.programme].label,
                one.unit_key,
                names.get(one.unit_key, ""),
                one.determined_fen,
                signed.get((one.programme, one.unit_key)),
            )
            for one in results
        ),
        tuple(fact_text(pack, name, names) for name in missing),
        frozenset(missing),
    )


def budget_outlook(scope: Scope, application_ids: Sequence[int], on: date) -> BudgetOutlook:
    """What granting the cases on the day would commit, line by line."""
    rows = within(Application.objects.filter(pk__in=application_ids), scope).order_by("pk")
    reports = Assessment.objects.filter(application__in=rows, completed_date__isnull=False).order_by("round")
    results = {report.application_id: json.loads(report.results) for report in reports}
    commitments: dict[int, Commitment] = {}
    asked: dict[tuple[int, int, str], int] = {}
    waiting: dict[str, Text] = {}
    follows: dict[tuple[Text, date, Month], Follows] = {}
    before = earlier(rows, on)
    for row in rows:
        monthly = total = most = 0
        pack = pack_of(row.pack_version_id)
        for result in results.get(row.pk, []):
            programme = pack.programmes[result["programme"]]
            last = before.get((row.household_id, programme.code, result["unit_key"]))
            months = months_to_pay(row, pack, programme, on, last) if result["amount_fen"] > 0 else None
            if last and months:
                # Families that all begin alike are said once.
                follows.setdefault((programme.label, last.valid_until, months[0]), Follows(last, months[0]))
            if result["amount_fen"] > 0 and months is None:
                waiting.setdefault(programme.code, programme.label)
            count = promised_months(*months, months[0].year) if months else 0
            fen = count * result["amount_fen"]
            monthly, total, most = monthly + result["amount_fen"], total + fen, max(most, count)
            if months and fen:
                key = (row.community_id or 0, months[0].year, programme.code)
                asked[key] = asked.get(key, 0) + fen
        commitments[row.pk] = Commitment(row.number, monthly, most, total)
    labels = {code: one.label for row in rows for code, one in pack_of(row.pack_version_id).programmes.items()}
    lines, unfunded = _lines(asked, labels)
    return BudgetOutlook(
        commitments, lines, unfunded, tuple(waiting.values()), tuple((key[0], one) for key, one in follows.items())
    )


def _lines(
    asked: Mapping[tuple[int, int, str], int], labels: Mapping[str, Text]
) -> tuple[tuple[LineOutlook, ...], tuple[Text, ...]]:
    """The lines behind (community, year, programme), summed where programmes share one."""
    wanted: dict[int, tuple[str, str, str, int]] = {}
    unfunded = []
    for (community, year, programme), fen in sorted(asked.items()):
        fund = fund_of(community, year)
        line = line_for(fund.pk, programme) if fund else None
        if fund is None or line is None:
            unfunded.append(labels[programme])
            continue
        before = wanted.get(line.pk, ("", "", "", 0))[3]
        wanted[line.pk] = (fund.code, fund.name, line.name, before + fen)
    outlooks = tuple(
        LineOutlook(code, name, line, available(pk), fen) for pk, (code, name, line, fen) in wanted.items()
    )
    return outlooks, tuple(unfunded)


def _recorded_facts(document: str) -> CaseFacts:
    """The facts that a determination was made from."""
    facts = json.loads(document)["facts"]
    members = tuple(Member(one["key"], one["role"], _facts(one["facts"])) for one in facts["members"])
    return CaseFacts(members, _facts(facts["household"]))


def _facts(raw: Mapping[str, Any]) -> dict[str, Fact]:
    return {name: Fact(fact["value"], fact["source"]) for name, fact in raw.items()}
