"""An invented scheme: one payment to each flooded household."""

from linli.kernel.money import Fen
from linli.policies.engine import household_rule


@household_rule(zh="受淹家庭", en="Flooded household", article="洪水救助办法 第一条")
def flooded(flood_marks: int) -> bool:
    """Water stood in the house."""
    return flood_marks > 0


@household_rule(zh="修屋补助金额", en="Rebuilding grant", article="洪水救助办法 第二条")
def rebuilding_fen(flooded: bool, rebuilding_once_fen: Fen) -> Fen:
    """The same for every house."""
    return rebuilding_once_fen if flooded else Fen(0)
