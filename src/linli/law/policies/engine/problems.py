"""What can be wrong with a pack: every problem names its file, its line and its cause, and all are told at once."""

from dataclasses import dataclass

from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError, gettext_noop

# One sentence per kind of problem; placeholders are filled from the details given with the problem.
CAUSES: dict[str, Text] = {
    "file_missing": Text("缺少文件", "the file is missing"),
    "not_utf8": Text("文件不是 UTF-8 编码", "the file is not UTF-8 text"),
    "other_encoding": Text(
        "文件是 {encoding} 编码：请用编辑器另存为 UTF-8（不带 BOM）",
        "the file is in {encoding}: save it as UTF-8 (without a byte order mark) in your editor",
    ),
    "byte_order_mark": Text(
        "文件开头有看不见的 BOM 标记：请另存为 UTF-8（不带 BOM）",
        "the file begins with an invisible byte order mark: save it as UTF-8 without one",
    ),
    "wrong_sign": Text(
        "“{sign}”（{name}）是中文或全角符号，这里要写半角的 {plain}",
        "{sign} ({name}) is a full-width or Chinese sign: write a plain {plain} here",
    ),
    "wrong_blank": Text(
        "这里有看不见的字符或全角空格（{name}）：请删去，或改为普通空格",
        "there is an invisible sign or a full-width blank ({name}) here: delete it or write a plain blank",
    ),
    "duplicate_key": Text(
        "{key} 写了两次，第一次在第 {first} 行：删去其中一处",
        "{key} is written twice, first on line {first}: delete one of them",
    ),
    "line_ends": Text(
        "换行符是旧式的单个 CR：请把换行改存为 LF 或 CRLF",
        "lines end with a lone CR: save the file with LF or CRLF line ends",
    ),
    "syntax": Text("语法错误：{detail}", "syntax error: {detail}"),
    "unknown_key": Text("不认识的键 {key}", "unknown key {key}"),
    "missing_key": Text("缺少 {key}", "{key} is missing"),
    "missing_label": Text("缺少中英文名称 {key}", "the text {key} is missing in Chinese or English"),
    "missing_date": Text("缺少日期 {key}", "the date {key} is missing"),
    "wrong_type": Text("应为{expected_zh}", "expected {expected}"),
    "unknown_choice": Text("{value} 不在可选值之内：{choices}", "{value} is not one of {choices}"),
    "unknown_name": Text("没有名为 {name} 的{what_zh}", "there is no {what} named {name}"),
    "out_of_range": Text("{value} 超出范围 {low} 至 {high}", "{value} is outside {low} to {high}"),
    "wrong_unit": Text("{name} 的单位是 {unit}，此处需要 {expected}", "{name} is in {unit}, expected {expected}"),
    "duplicate": Text("{name} 重复", "{name} appears twice"),
    "cycle": Text("规则互相引用成环：{path}", "rules depend on each other in a cycle: {path}"),
    "needs_total": Text(
        "家庭规则不能直接引用个人的 {name}，请用 total_、any_、count_ 或 max_ 汇总",
        "a household rule cannot use {name} of a person directly: use total_, any_, count_ or max_",
    ),
    "rule_language": Text(
        "规则只能使用整数、布尔与未知：{detail}", "rules hold integers, booleans and unknown only: {detail}"
    ),
    "rule_import": Text("规则不能导入 {name}", "a rule file may not import {name}"),
    "rule_module": Text(
        "规则文件只放 import、整数常量和函数，不能有 {form}",
        "a rule file holds imports, whole-number constants and functions, no {form}",
    ),
    "rule_form": Text(
        "规则语言里没有{what_zh}：规则只由赋值、if、return、比较和整数的 + - * // % 组成",
        "the rule language has no {what}: a rule is made of assignments, if, return, comparisons and + - * // %",
    ),
    "rule_name": Text(
        "规则里没有名字 {name}：可用的是参数、变量、本文件的常量和函数，以及 min、max、abs、int、bool、Fen",
        "{name} is no name of the rule language: there are parameters, variables, the file's constants and functions,"
        " and min, max, abs, int, bool, Fen",
    ),
    "rule_own_name": Text("{name} 不能用作自己的名字，请换一个", "{name} cannot be a name of your own: take another"),
    "rule_called": Text(
        "规则 {name} 不能直接调用：把 {name} 写成参数，就会得到它的结果",
        "the rule {name} cannot be called: write {name} as a parameter to be given its result",
    ),
    "rule_mark": Text(
        "规则上只写一个 @person_rule 或 @household_rule，并给出 zh、en、article 三段文字",
        "a rule carries one @person_rule or @household_rule with the three texts zh, en and article, and nothing else",
    ),
    "rule_arguments": Text(
        "{name} 的参数只能逐个写名字，不能有默认值、*、/ 或类型参数",
        "the parameters of {name} are plain names, without defaults, *, / or type parameters",
    ),
    "rule_effectless": Text(
        "这一行没有作用：没有赋值，也没有 return", "this line has no effect: it neither assigns nor returns"
    ),
    "rule_recursion": Text("函数调用自己：{path}", "functions call themselves: {path}"),
    "rule_cost": Text("{name} 太长或调用太多，请拆开或简化", "{name} is too long or calls too much: simplify it"),
    "rule_depth": Text("规则文件嵌套超过 {most} 层", "the rule file is nested deeper than {most} levels"),
    "rule_size": Text("规则文件超过 {most} 字节", "the rule file is longer than {most} bytes"),
    "rule_signature": Text(
        "{name} 须以 Fen、int 或 bool（可加 | None）标注",
        "{name} must be annotated Fen, int or bool, each optionally | None",
    ),
    "rule_failed": Text("规则文件无法执行：{detail}", "the rule file cannot be run: {detail}"),
    "level": Text(
        "{name} 是 {level} 规则，与单位 {unit} 不符", "{name} is a {level} rule and does not fit the unit {unit}"
    ),
    "register": Text(
        "{name}：register 只用于家庭成员的是否类事实（level = PERSON、unit = BOOL）",
        "{name}: register is for yes-or-no facts of a person (level PERSON, unit BOOL)",
    ),
    "from_age": Text(
        "{name}：from_age、to_age 只用于家庭成员的事实", "{name}: from_age and to_age are for facts of a person"
    ),
    "assumption_why": Text("假设须写明理由 why", "an assumption needs its reason: why"),
    "stated_or_assumed": Text(
        "须注明 stated = true 或 assumed = true，且只能其一",
        "exactly one of stated = true and assumed = true is needed",
    ),
    "placeholder": Text("不认识的占位符 {name}", "unknown placeholder {name}"),
    "placeholder_elsewhere": Text(
        "{code} 通知书填不出占位符 {name}", "letters of the kind {code} cannot fill the placeholder {name}"
    ),
    "month_order": Text("末月早于首月", "the last month is before the first"),
    "until_reversed": Text(
        "{name}：until {until} 不晚于 from {start}，这段时间是空的；until 是失效的第一天",
        "{name}: until {until} is not after from {start}, so the value never holds; until is the first day without it",
    ),
    "until_overlaps": Text(
        "{name}：until {until} 晚于下一个取值的 from {start}，同一天有两个取值；请改 until 或下一个 from",
        "{name}: until {until} is after the next value's from {start}, two values hold on one day; change one of them",
    ),
    "planned_unit": Text(
        '{name} 按{unit_zh}计，这里要写 unit = "{expected}"',
        '{name} is counted by the {unit}: write unit = "{expected}" here',
    ),
    "begins_after_year": Text(
        "valid_from {start} 晚于方案年度 {year}：规则生效时这一年已经过完；请改早 valid_from，或改 plan.toml 的 year",
        "valid_from {start} is after the plan's year {year}, over before the rules begin: change it or plan.toml's"
        " year",
    ),
    "example_empty": Text(
        "例子没有写预期结果：请加 [[expect.entitlements]] 等",
        "the example expects nothing: add [[expect.entitlements]]",
    ),
    "example_unfounded": Text("例子没有写依据：请加 article", "the example names no article: add article"),
    "months_differ": Text(
        "{name} 在这里是 {value}，scheme.toml 按 {expected} 发放：两处必须相同",
        "{name} is {value} here, and scheme.toml pays by {expected}: both must say the same",
    ),
    "unordered": Text("{name} 未排入资金不足时的先后", "{name} has no place in the order of payment in shortage"),
    "unresolved": Text("没有地址为 {name} 的数", "no figure has the address {name}"),
}


@dataclass(frozen=True, order=True)
class PackProblem:
    """One problem: the file relative to the pack, the line (1-based), the kind and the cause in both languages."""

    file: str
    line: int
    kind: str
    cause: Text

    def in_language(self, language: str) -> str:
        """ "parameters.toml:12: …" in the reader's language."""
        return f"{self.file}:{self.line}: {self.cause.in_language(language)}"

    def __str__(self) -> str:
        return self.in_language("zh")


def problem(file: str, line: int, kind: str, **details: object) -> PackProblem:
    """Build a problem of one of the kinds in CAUSES."""
    cause = CAUSES[kind]
    return PackProblem(file, line, kind, Text(cause.zh.format(**details), cause.en.format(**details)))


class PackError(DomainError):
    """The pack cannot be used; ``problems`` holds every reason, ordered by file and line."""

    message = gettext_noop("政策包有 %(count)s 处错误")

    def __init__(self, problems: tuple[PackProblem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.problems)])


class CaseInvalid(PackError):
    """A case file cannot be used; ``problems`` holds every reason."""

    message = gettext_noop("个案文件有 %(count)s 处错误")


class PackNotBegun(DomainError):
    """A determination for a day before the scheme begins."""

    message = gettext_noop("方案自 %(start)s 起施行，%(on)s 尚未生效")


class ParameterUndated(DomainError):
    """Parameters without a value on the day asked for."""

    message = gettext_noop("以下参数在 %(on)s 没有取值：%(names)s")


class ParameterUnknown(DomainError):
    """A parameter that the pack does not have."""

    message = gettext_noop("政策包中没有参数 %(name)s")


class ParameterOutOfRange(DomainError):
    """An override of the wrong type or outside the declared bounds."""

    message = gettext_noop("参数 %(name)s 的取值 %(value)s 不在允许范围内")


class FactUnknown(DomainError):
    """A fact that the pack does not declare, or declares for the other level."""

    message = gettext_noop("政策包中没有事实 %(name)s（%(level)s）")


class FactInvalid(DomainError):
    """A fact of the wrong type or outside its declared bounds."""

    message = gettext_noop("事实 %(name)s 的取值 %(value)s 不在允许范围内")


class MembersInvalid(DomainError):
    """A household without members, or with two of the same key."""

    message = gettext_noop("家庭成员为空或重复")


class RuleFailed(DomainError):
    """A rule raised an error or returned what it did not announce."""

    message = gettext_noop("规则 %(rule)s 无法得出结果：%(detail)s")


class GroupUnknown(DomainError):
    """A group the pack does not have."""

    message = gettext_noop("政策包中没有救助对象类别 %(group)s")


class PackDiffers(DomainError):
    """A determination was made with another pack than the one given."""

    message = gettext_noop("该认定依据的政策包（%(recorded)s）与当前政策包（%(given)s）不同")


class ReplayDiffers(DomainError):
    """Replaying a determination gave other bytes."""

    message = gettext_noop("重算结果与原认定不一致（第 %(position)s 个字符起）")
