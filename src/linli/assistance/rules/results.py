"""What an assessment comes to: the determination, or where the assessors departed from it, with their reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.kernel.errors import DomainError, gettext_noop


class DepartureUnexplained(DomainError):
    """Departing from what the rules determined needs a reason that the family and the auditor can read."""

    code = "assistance.departure_unexplained"
    message = gettext_noop("评估结论与规则计算不一致时,必须说明理由")


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


def results(determined: Sequence[ProgrammeResult], departures: Sequence[Departure]) -> list[ProgrammeResult]:
    """Lay departures over what was determined. Raises DepartureUnexplained for one without a reason."""
    by_key: Mapping[tuple[str, str], Departure] = {(d.programme, d.unit_key): d for d in departures}
    combined = []
    for result in determined:
        departure = by_key.get((result.programme, result.unit_key))
        if departure is None or departure.amount_fen == result.determined_fen:
            combined.append(result)
            continue
        if not departure.reason.strip():
            raise DepartureUnexplained(field="reason")
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
