"""What of a bank's fees one person books alone."""

from datetime import date
from typing import Final, NamedTuple


class Alone(NamedTuple):
    """From a day on one person books a fee of at most so many fen alone, and of a fund's month at most so many."""

    since: date
    fee_fen: int
    month_fen: int


# The state's guide prices end at 200 yuan for one transfer, the dearest service that a fund of a community needs
# (发改价格〔2014〕268号：对公转账汇款每笔最高 200 元); ten of them a month is more than any fund here was ever charged.
ALONE: Final = (Alone(date(2026, 1, 1), 200_00, 2_000_00),)


def takes_two(fen: int, booked_fen: int, on: date) -> bool:
    """Whether a fee of the day needs a second person, where fees of the fund's month come to ``booked_fen`` before."""
    bound = next((one for one in reversed(ALONE) if one.since <= on), None)
    return bound is not None and (fen > bound.fee_fen or booked_fen + fen > bound.month_fen)
