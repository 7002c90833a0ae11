"""An invented scheme: two purses, one of them for pupils only."""

from linli.kernel.money import Fen
from linli.policies.engine import person_rule


@person_rule(zh="卧床老人", en="Bedridden", article="果园章程 第一条")
def bedridden(bedridden_grade: int) -> bool:
    """Any grade at all."""
    return bedridden_grade > 0


@person_rule(zh="失亲学童", en="Orphaned pupil", article="果园章程 第二条")
def orphaned(orphan_grade: int) -> bool:
    """Any grade at all."""
    return orphan_grade > 0


@person_rule(zh="汤食篮金额", en="Broth basket", article="果园章程 第三条")
def broth_fen(bedridden: bool, broth_monthly_fen: Fen) -> Fen:
    """The same for everybody."""
    return broth_monthly_fen if bedridden else Fen(0)


@person_rule(zh="书包金金额", en="Satchel money", article="果园章程 第四条")
def satchel_fen(orphaned: bool, satchel_monthly_fen: Fen) -> Fen:
    """The same for everybody."""
    return satchel_monthly_fen if orphaned else Fen(0)
