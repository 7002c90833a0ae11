"""What of a bank's fees one person books alone."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple


class Alone(NamedTuple):
    """From a day on one person books a fee of at most so many fen alone, and of a fund's month at most so many."""

    since: date
    fee_fen: int
    month_fen: int


def _alone() -> tuple[Alone, ...]:
    """The bounds of ``fees.toml``, with their source beside them."""
    kept = tomllib.loads(Path(__file__).with_name("fees.toml").read_text(encoding="utf-8"))
    return tuple(Alone(one["since"], one["fee_fen"], one["month_fen"]) for one in kept["alone"])


ALONE: Final = _alone()


def bound_on(on: date) -> Alone | None:
    """What one person books alone on the day; None while there is no bound."""
    return next((one for one in reversed(ALONE) if one.since <= on), None)


def takes_two(fen: int, booked_fen: int, on: date) -> bool:
    """Whether a fee of the day needs a second person, where fees of the fund's month come to ``booked_fen`` before."""
    bound = bound_on(on)
    return bound is not None and (fen > bound.fee_fen or booked_fen + fen > bound.month_fen)
