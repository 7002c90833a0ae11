"""What a family has already beside what a case would give it: nobody decides on a sum without seeing the other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from linli.aid.assistance.codes import CLOSED_STATES
from linli.aid.assistance.models import Application
from linli.aid.assistance.queries.beginning import earlier
from linli.aid.assistance.queries.detail import ApplicationDetail, ResultView
from linli.kernel.bilingual import Text
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import Award, has_confirmed_account, latest_of, programme_labels, waiting_accounts


@dataclass(frozen=True)
class Compared:
    """One programme for one unit, fen a month: before by the award that runs, else by the round before; now by the last
    determination, None where it gives nothing. ``twice``: it is given, or before the visit asked for, and cannot be
    granted while that award runs.
    """

    programme: Text | str
    unit_key: str
    before_fen: int | None
    award: Award | None
    now_fen: int | None
    twice: bool


def running(household_ids: Collection[int], on: date) -> list[Award]:
    """The awards that cover families on a day and later, in order of number."""
    latest = latest_of(household_ids).values()
    return sorted((one for one in latest if one.valid_until > on), key=lambda one: one.number)


def without_account(case: ApplicationDetail, on: date) -> Mapping[str, bool]:
    """Units (numbers) that an open case gives money and whose account nobody has confirmed: it is not granted so.

    Of each whether one is written down already and waits for the second person.
    """
    rounds = [one.results for one in case.assessments if one.results]
    units = {one.unit_key for one in rounds[-1] if one.amount_fen} if rounds else set()
    units = units if case.state not in CLOSED_STATES else set()
    lacking = units - has_confirmed_account(units, on) if units else units
    waiting = waiting_accounts(lacking, on) if lacking else ()
    return {unit: unit in waiting for unit in sorted(lacking)}


def compared(case: ApplicationDetail, on: date) -> list[Compared]:
    """An open case's sums beside what runs or was worked out before; empty where there is nothing to compare with."""
    if case.state in CLOSED_STATES:
        return []
    awards = {(one.programme, one.unit_key): one for one in running([case.household_id], on)}
    rounds = [_sums(one.results) for one in case.assessments if one.results]
    now, last = rounds[-1] if rounds else {}, rounds[-2] if len(rounds) > 1 else {}
    if not awards and last in ({}, now):
        return []
    follows = earlier(Application.objects.filter(pk=case.application_id), on) if awards else {}
    labels, programmes = programme_labels(on), pack_of(case.pack_version_id).programmes
    claimed = {code for code, one in programmes.items() if one.group in case.group_codes}
    return [
        Compared(
            labels.get(key[0], key[0]),
            key[1],
            awards[key].amount_fen if key in awards else last.get(key),
            awards.get(key),
            now.get(key),
            key in awards
            and bool(now.get(key) if rounds else key[0] in claimed)
            and (case.household_id, *key) not in follows,
        )
        for key in sorted({*awards, *now, *last})
    ]


def _sums(results: Iterable[ResultView]) -> dict[tuple[str, str], int]:
    return {(one.code, one.unit_key): one.amount_fen for one in results}
