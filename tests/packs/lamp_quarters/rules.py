"""An invented scheme: oil for those who see little."""

from linli.kernel.money import Fen
from linli.policies.engine import person_rule


@person_rule(zh="弱视者", en="Dim-sighted", article="灯油章程 第一条")
def dim_sighted(sight_grade: int) -> bool:
    """Any grade at all."""
    return sight_grade > 0


@person_rule(zh="灯油金额", en="Lamp oil", article="灯油章程 第二条")
def oil_fen(dim_sighted: bool, oil_monthly_fen: Fen) -> Fen:
    """The same for everybody."""
    return oil_monthly_fen if dim_sighted else Fen(0)
