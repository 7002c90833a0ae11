"""An invented scheme: a harbour town after a storm winter, with no name and no sum in common with others."""

from linli.kernel.money import Fen
from linli.policies.engine import household_rule, person_rule


@household_rule(zh="受灾家庭", en="Storm-hit household", article="港区救济办法 第三条")
def storm_hit(storm_loss_fen: Fen, loss_floor_fen: Fen, insured: bool) -> bool:
    """A loss of at least the floor that no insurance pays."""
    return storm_loss_fen >= loss_floor_fen and not insured


@person_rule(zh="退休船员", en="Retired crew", article="港区救济办法 第四条")
def retired_crew(years_at_sea: int, sea_years_needed: int, still_sailing: bool) -> bool:
    """Enough years at sea and no longer sailing."""
    return years_at_sea >= sea_years_needed and not still_sailing


@person_rule(zh="学徒", en="Apprentice", article="港区救济办法 第六条")
def apprentice(age: int, apprentice_until_age: int) -> bool:
    """Below the age up to which one may learn the trade."""
    return 15 < age < apprentice_until_age


@household_rule(zh="取暖补助金额", en="Heating support", article="港区救济办法 第三条")
def heating_fen(storm_hit: bool, size: int, heating_base_fen: Fen, heating_head_fen: Fen) -> Fen:
    """A base sum and something for every further member."""
    return Fen(heating_base_fen + heating_head_fen * (size - 1)) if storm_hit else Fen(0)


@person_rule(zh="船员津贴应发", en="Crew stipend is due", article="港区救济办法 第五条")
def stipend_due(retired_crew: bool, total_yearly_catch_fen: Fen, catch_ceiling_fen: Fen) -> bool:
    """Retired crew of a household whose catch stays within the ceiling, which is included."""
    return retired_crew and total_yearly_catch_fen <= catch_ceiling_fen


@person_rule(zh="船员津贴金额", en="Crew stipend", article="港区救济办法 第五条")
def stipend_fen(stipend_due: bool, stipend_monthly_fen: Fen) -> Fen:
    """A flat sum per person and month."""
    return stipend_monthly_fen if stipend_due else Fen(0)


@household_rule(zh="船员之家", en="Crew family", article="港区救济办法 第七条")
def crew_family(any_retired_crew: bool, count_still_sailing: int, max_years_at_sea: int) -> bool:
    """Somebody retired from the sea, two still sailing, or one of thirty years."""
    return any_retired_crew or count_still_sailing >= 2 or max_years_at_sea >= 30
