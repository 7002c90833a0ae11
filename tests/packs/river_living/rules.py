"""An invented scheme: what a family lacks to the standard, and something besides for the old and for children."""

from linli.kernel.money import Fen
from linli.policies.engine import household_rule, person_rule


@household_rule(zh="保障标准总额", en="Standard of the family", article="江湾低保办法 第三条")
def family_standard_fen(size: int, head_standard_fen: Fen) -> Fen:
    """The standard for every member."""
    return Fen(head_standard_fen * size)


@household_rule(zh="低于保障标准", en="Below the standard", article="江湾低保办法 第三条")
def below_standard(total_earned_monthly_fen: Fen, family_standard_fen: Fen) -> bool:
    """The family earns less than its standard."""
    return total_earned_monthly_fen < family_standard_fen


@person_rule(zh="加发", en="Something besides", article="江湾低保办法 第六条")
def besides_fen(
    age: int,
    certified_disabled: bool,
    child_until_age: int,
    old_from_age: int,
    besides_monthly_fen: Fen,
) -> Fen:
    """For children, for the old and for those with a certificate; each person once."""
    return besides_monthly_fen if age < child_until_age or age >= old_from_age or certified_disabled else Fen(0)


@household_rule(zh="保障金", en="Allowance", article="江湾低保办法 第五条")
def living_fen(
    below_standard: bool, family_standard_fen: Fen, total_earned_monthly_fen: Fen, total_besides_fen: Fen
) -> Fen:
    """What the family lacks to its standard, and what is given besides."""
    return Fen(family_standard_fen - total_earned_monthly_fen + total_besides_fen) if below_standard else Fen(0)
