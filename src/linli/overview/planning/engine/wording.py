"""Numbers as people read them, and names for the figures of a plan."""

from linli.kernel.bilingual import Text
from linli.kernel.money import yuan_short
from linli.law.policies.engine.schema import Figure
from linli.overview.planning.engine.plan import (
    SECTIONS,
    Plan,
)

FIELDS = {
    "year": Text("年份", "year"),
    "residents": Text("常住人口", "residents"),
    "households": Text("户数", "households"),
    "counting": Text("人数的来历", "where the number of people comes from"),
    "condition": Text("是否以另一待遇为前提", "whether it needs another award"),
    "overlap": Text("同时领取另一待遇的", "those who receive the other award too"),
    "dates": Text("到账月份的依据", "what the months of receipt rest on"),
    "helped": Text("受助总人数（不重复）", "different people helped"),
    "percent": Text("占比", "share of the population"),
    "of": Text("占比的分母", "what the share is a share of"),
    "target": Text("目标人数", "target"),
    "months": Text("活动月数", "months of activities"),
    "recipients": Text("领取数", "recipients"),
    "first_month": Text("起付月", "first month paid"),
    "last_month": Text("末付月", "last month paid"),
    "opening_caseload": Text("年初在册", "opening caseload"),
    "uptake": Text("申请率", "take-up"),
    "amount": Text("金额", "amount"),
    "month": Text("到账月份", "month of receipt"),
    "minutes_per_visit": Text("每次时长", "length of a visit"),
    "people": Text("服务人数（不重复）", "different people visited"),
    "hours_per_week": Text("每周小时", "hours a week"),
    "hours_per_year": Text("全年小时", "hours a year"),
    "weeks_per_year": Text("全年周数", "weeks a year"),
    "attendance": Text("参与数", "attendance"),
    "counted": Text("计数口径", "what is counted"),
    "satisfaction": Text("满意度", "satisfaction"),
    "fee_per_event": Text("每场费用", "cost of one event"),
    "trainees": Text("培训人数", "trainees"),
    "employed": Text("培训后就业率", "employed afterwards"),
    "fee_per_trainee": Text("每人培训费", "fee per trainee"),
    "registered": Text("志愿者人数", "volunteers"),
    "services_per_month": Text("每人每月服务次数", "services per volunteer and month"),
    "residents_percent": Text("占居民比例", "share of residents"),
}
_WORDS = {
    "RESIDENTS": Text("按人口计", "of residents"),
    "HOUSEHOLDS": Text("按户数计", "of households"),
    "PERSONS": Text("人（不重复）", "different people"),
    "ATTENDANCES": Text("人次", "attendances"),
    "SUMMED": Text("各类相加", "groups added up"),
    "UPPER_BOUND": Text("上限，未清点", "upper bound, not counted"),
    "OPEN": Text("未定", "open"),
    "NEEDED": Text("为前提", "needed"),
    "NOT_NEEDED": Text("不为前提", "not needed"),
    "TAKEN": Text("假设", "assumed"),
    "CONFIRMED": Text("出资方书面确认", "confirmed in writing by the givers"),
}
_SIGNS = {"PERCENT": "%"}


def count(number: int) -> str:
    """31200 → "31,200"."""
    return f"{number:,}"


def hours(minutes: int) -> str:
    """Minutes as hours with at most two decimals: 150 → "2.5"."""
    hundredths = minutes * 100 // 60
    return f"{hundredths // 100:,}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def product(*factors: str) -> str:
    """ "200 × 500 × 12"."""
    return " × ".join(factors)


def show(figure: Figure, language: str) -> str:
    """A figure's value for people: yuan for fen, a word for a code."""
    if isinstance(figure.value, str):
        return _WORDS[figure.value].in_language(language) if figure.value in _WORDS else figure.value
    if figure.unit == "FEN":
        return yuan_short(figure.value)
    if figure.unit == "YEAR":
        return str(figure.value)
    return count(figure.value) + _SIGNS.get(figure.unit, "")


def name_of(plan: Plan, path: str) -> Text:
    """What a figure is called: the label of its part and the name of the field."""
    section, _, rest = path.partition(".")
    if path in plan.names:
        return plan.names[path]
    field = FIELDS.get(path.rpartition(".")[2], Text(path, path))
    home = "groups" if section == "ratios" else section
    parts = plan.parts(home) if home in SECTIONS else ()
    owner = {part.code: part.label for part in parts}.get(rest.partition(".")[0])
    if owner is None:
        return field
    return Text(f"{owner.zh} · {field.zh}", f"{owner.en}, {field.en}")
