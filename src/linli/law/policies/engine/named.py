"""What keys of a pack's files hold besides texts and numbers: codes, levels, units and the names of other sections."""

from typing import Annotated

from linli.law.policies.engine.schema import CODE, Choice, Ref
from linli.law.policies.engine.units import BOOL, FEN, PARAMETER_UNITS

LEVELS = ("PERSON", "HOUSEHOLD")

Code = Annotated[str, CODE]
Level = Annotated[str, Choice(LEVELS)]
Unit = Annotated[str, Choice(PARAMETER_UNITS)]
RuleName = Annotated[str, Ref("rule", "规则", (BOOL,))]
AmountRuleName = Annotated[str, Ref("rule", "规则", (FEN,))]
GroupCode = Annotated[str, Ref("group", "救助对象类别")]
PaperCode = Annotated[str, Ref("paper", "证明材料")]
ProgrammeCode = Annotated[str, Ref("programme", "待遇")]
LineCode = Annotated[str, Ref("budget line", "预算科目")]
ServiceCode = Annotated[str, Ref("service", "服务")]
ClassCode = Annotated[str, Ref("class", "培训班")]
SourceCode = Annotated[str, Ref("fund source", "资金来源")]


def parameter(*units: str) -> Ref:
    """The name of a parameter in one of the units."""
    return Ref("parameter", "参数", units)


InDays = Annotated[str, parameter("DAYS", "WORKING_DAYS")]
InMonths = Annotated[str, parameter("MONTHS")]
InTimes = Annotated[str, parameter("PER_WEEK", "PER_MONTH", "PER_YEAR")]
