"""What an assessment comes to: the determination, or where the assessors departed from it, with their reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.period import Month


class DepartureUnexplained(DomainError):
    """Departing from what the rules determined needs a reason that the family and the auditor can read."""

    message = gettext_noop("评估结论与规则计算不一致时，必须说明理由")


class DepartureNegative(DomainError):
    """Assistance is nothing or more."""

    message = gettext_noop("金额不能小于 0")


class DepartureUnknown(DomainError):
    """Assessors set amounts for what the case claims: its programmes, the household and its members, each once."""

    message = gettext_noop("这次申请没有这一项待遇：%(programme)s %(unit_key)s")


@dataclass(frozen=True)
class ProgrammeResult:
    """One programme for one unit: ``amount_fen`` a month, 0 when nothing is due."""

    programme: str
    unit: str  # HOUSEHOLD or PERSON
    unit_key: str  # business number of the household or resident
    amount_fen: int
    determined_fen: int | None  # what the rules said; None when facts were missing
    reason: str = ""  # why the assessors departed

    @property
    def departed(self) -> bool:
        """Whether people set another amount than the rules."""
        return self.amount_fen != self.determined_fen


@dataclass(frozen=True)
class Departure:
    """The assessors' own amount for one programme and unit."""

    programme: str
    unit_key: str
    amount_fen: int
    reason: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.programme, self.unit_key

    def field(self, name: str) -> str:
        """The field of a form in which its amount or its reason is written."""
        return f"{name}-{self.programme}-{self.unit_key}"


def checked(determined: Sequence[ProgrammeResult], departures: Sequence[Departure]) -> list[Departure]:
    """The departures as they go on the sheet; an amount that the rules give anyway is none.

    Raises DepartureNegative, DepartureUnknown and DepartureUnexplained, each by the field.
    """
    said = {(result.programme, result.unit_key): result.determined_fen for result in determined}
    kept: dict[tuple[str, str], Departure] = {}
    for one in departures:
        if one.key not in said or one.key in kept:
            raise DepartureUnknown(field=one.field("amount"), programme=one.programme, unit_key=one.unit_key)
        if one.amount_fen < 0:
            raise DepartureNegative(field=one.field("amount"))
        if one.amount_fen == said[one.key]:
            continue
        if not one.reason.strip():
            raise DepartureUnexplained(field=one.field("reason"))
        kept[one.key] = replace(one, reason=one.reason.strip())
    return list(kept.values())


def results(determined: Sequence[ProgrammeResult], departures: Sequence[Departure]) -> list[ProgrammeResult]:
    """Lay departures over what was determined; one for somebody who died or left since falls away.

    Raises DepartureUnexplained for one without a reason.
    """
    by_key: Mapping[tuple[str, str], Departure] = {one.key: one for one in departures}
    combined = []
    for result in determined:
        departure = by_key.get((result.programme, result.unit_key))
        if departure is None or departure.amount_fen == result.determined_fen:
            combined.append(result)
            continue
        if not departure.reason.strip():
            raise DepartureUnexplained(field=departure.field("reason"))
        combined.append(
            ProgrammeResult(
                result.programme,
                result.unit,
                result.unit_key,
                departure.amount_fen,
                result.determined_fen,
                departure.reason.strip(),
            )
        )
    return combined


# --- which months an award pays: from what the programme starts with, within its months and its term ---


# First and last month paid.
Months: TypeAlias = tuple[Month, Month]


def months_paid(starts: str, *, decided: date, received: date, first: Month, last: Month, term: int) -> Months | None:
    """First and last month (inclusive); None when the programme is over before it would begin.

    ``starts`` is DECISION_MONTH, NEXT_MONTH or APPLICATION_MONTH; ``term`` is a number of months.
    """
    begins = {
        "DECISION_MONTH": Month.of(decided),
        "NEXT_MONTH": Month.of(decided).plus(1),
        "APPLICATION_MONTH": Month.of(received),
    }[starts]
    begins = max(begins, first)
    if begins > last:
        return None
    return begins, min(begins.plus(term - 1), last)
