"""Units of figures and what range of integers each can hold."""

from linli.kernel.money import LARGEST_FEN

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

# BOOL holds true or false and MONTH a text "2026-01"; every other unit an integer in the range given.
RANGES: dict[str, tuple[int, int]] = {
    "FEN": (0, LARGEST_FEN),
    "PERCENT": (0, 100),
    "DAYS": (0, 36_600),
    "WORKING_DAYS": (0, 36_600),
    "WEEKS": (0, 5_300),
    "MONTHS": (0, 1_200),
    "YEAR": (1900, 2999),
    "AGE": (0, 150),
    "MINUTES": (0, 10_000_000),
    "HOURS": (0, 1_000_000_000),
    "COUNT": (INT64_MIN, INT64_MAX),
    "PERSONS": (0, INT64_MAX),
    "HOUSEHOLDS": (0, INT64_MAX),
    "ATTENDANCES": (0, INT64_MAX),
    "PER_WEEK": (0, 10_000),
    "PER_MONTH": (0, 10_000),
    "PER_YEAR": (0, 1_000_000),
}
BOOL, FEN, COUNT, MONTH = "BOOL", "FEN", "COUNT", "MONTH"
PARAMETER_UNITS = (*RANGES, BOOL)
FIGURE_UNITS = (*RANGES, MONTH)

# A name that ends like this must be in one of these units.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "_fen": ("FEN",),
    "_percent": ("PERCENT",),
    "_days": ("DAYS", "WORKING_DAYS"),
    "_months": ("MONTHS",),
    "_age": ("AGE",),
    "_minutes": ("MINUTES",),
    "_hours": ("HOURS",),
    "_per_week": ("PER_WEEK",),
    "_per_month": ("PER_MONTH",),
}


def units_by_name(name: str) -> tuple[str, ...]:
    """The units a name's ending allows; empty when it says nothing."""
    return next((units for suffix, units in SUFFIXES.items() if name.endswith(suffix)), ())


def fits(value: object, unit: str, low: int, high: int) -> bool:
    """Whether a value is of the unit's type and within the bounds."""
    if unit == BOOL:
        return isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
