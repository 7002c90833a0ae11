# ruff: noqa: FBT001  # rules are called by name; their parameters are facts
"""Who belongs to which group and what is due, as S2 says it; what S2 leaves open is a parameter or a fact."""

from linli.kernel.money import Fen
from linli.policies.engine import household_rule, person_rule


@household_rule(zh="低收入家庭", en="Low-income household", article="《方案》三.1；社会救助暂行办法 第九条")
def low_income(total_monthly_income_fen: Fen, size: int, low_income_line_fen: Fen) -> bool:
    """Income per head strictly below the line; compared on the household total, so nothing is rounded per head."""
    return total_monthly_income_fen < low_income_line_fen * size


@person_rule(zh="孤寡老人", en="Lone elder", article="《方案》三.2")
def lone_elder(age: int, elder_age: int, has_spouse: bool | None, has_child_or_supporter: bool | None) -> bool | None:
    """Of age, without spouse, child or supporter. Living alone is another fact and plays no part."""
    if age < elder_age or has_spouse or has_child_or_supporter:
        return False
    if has_spouse is None or has_child_or_supporter is None:
        return None
    return True


@person_rule(zh="残疾人士", en="Disabled person", article="《方案》三.1（残疾证）")
def disabled(disability_grade: int, lowest_disability_grade: int) -> bool:
    """Holds a certificate of a grade that counts; grade 0 means no certificate."""
    return 1 <= disability_grade <= lowest_disability_grade


@person_rule(zh="失业人员", en="Unemployed person", article="《方案》三.1（失业证明）")
def unemployed(registered_unemployed: bool) -> bool:
    """Registered as unemployed."""
    return registered_unemployed


@household_rule(zh="生活补助金额", en="Living allowance", article="《方案》三.2（生活补助）")
def base_award_fen(low_income: bool, base_award_monthly_fen: Fen) -> Fen:
    """A flat sum per household and month, whatever its size."""
    return base_award_monthly_fen if low_income else Fen(0)


@person_rule(zh="可领孤寡老人津贴", en="Entitled to the elder supplement", article="《方案》三.2（额外津贴）")
def elder_supplement_due(lone_elder: bool, low_income: bool | None, supplement_needs_base: bool) -> bool | None:
    """A lone elder; where the supplement needs the base award, also a low-income household."""
    if not lone_elder or not supplement_needs_base:
        return lone_elder
    return low_income


@person_rule(zh="孤寡老人津贴金额", en="Elder supplement", article="《方案》三.2（额外津贴）")
def elder_supplement_fen(elder_supplement_due: bool, elder_supplement_monthly_fen: Fen) -> Fen:
    """A flat sum per person and month."""
    return elder_supplement_monthly_fen if elder_supplement_due else Fen(0)


@person_rule(zh="应上门服务", en="Home visits are due", article="《方案》三.2（上门服务）")
def home_visits_due(lone_elder: bool | None, disabled: bool | None) -> bool | None:
    """Lone elders and disabled people; one sure reason is enough."""
    if lone_elder or disabled:
        return True
    return None if lone_elder is None or disabled is None else False


@person_rule(zh="可参加心理疏导", en="Counselling is offered", article="《方案》三.2（心理疏导）")
def counselling_due(unemployed: bool | None, low_income: bool | None) -> bool | None:
    """Unemployed people and members of low-income households; one sure reason is enough."""
    if unemployed or low_income:
        return True
    return None if unemployed is None or low_income is None else False


@person_rule(zh="可参加职业培训", en="Training is offered", article="《方案》三.2（培训班）")
def training_due(unemployed: bool) -> bool:
    """Unemployed people."""
    return unemployed
