"""What can be wrong with a pack: every problem names its file, its line and its cause, and all are told at once."""

from dataclasses import dataclass

from linli.kernel.errors import DomainError, gettext_noop
from linli.policies.engine.text import Text

# One sentence per kind of problem; placeholders are filled from the details given with the problem.
CAUSES: dict[str, Text] = {
    "file_missing": Text("缺少文件", "the file is missing"),
    "not_utf8": Text("文件不是 UTF-8 编码", "the file is not UTF-8 text"),
    "syntax": Text("语法错误:{detail}", "syntax error: {detail}"),
    "unknown_key": Text("不认识的键 {key}", "unknown key {key}"),
    "missing_key": Text("缺少 {key}", "{key} is missing"),
    "missing_label": Text("缺少中英文名称 {key}", "the text {key} is missing in Chinese or English"),
    "missing_date": Text("缺少日期 {key}", "the date {key} is missing"),
    "wrong_type": Text("应为{expected_zh}", "expected {expected}"),
    "unknown_choice": Text("{value} 不在可选值之内:{choices}", "{value} is not one of {choices}"),
    "unknown_name": Text("没有名为 {name} 的{what_zh}", "there is no {what} named {name}"),
    "out_of_range": Text("{value} 超出范围 {low} 至 {high}", "{value} is outside {low} to {high}"),
    "wrong_unit": Text("{name} 的单位是 {unit},此处需要 {expected}", "{name} is in {unit}, expected {expected}"),
    "duplicate": Text("{name} 重复", "{name} appears twice"),
    "cycle": Text("规则互相引用成环:{path}", "rules depend on each other in a cycle: {path}"),
    "needs_total": Text(
        "家庭规则不能直接引用个人的 {name},请用 total_、any_、count_ 或 max_ 汇总",
        "a household rule cannot use {name} of a person directly: use total_, any_, count_ or max_",
    ),
    "rule_language": Text(
        "规则只能使用整数、布尔与未知:{detail}", "rules hold integers, booleans and unknown only: {detail}"
    ),
    "rule_import": Text("规则不能导入 {name}", "a rule file may not import {name}"),
    "rule_signature": Text(
        "{name} 须以 Fen、int 或 bool(可加 | None)标注",
        "{name} must be annotated Fen, int or bool, each optionally | None",
    ),
    "rule_failed": Text("规则文件无法执行:{detail}", "the rule file cannot be run: {detail}"),
    "level": Text(
        "{name} 是 {level} 规则,与单位 {unit} 不符", "{name} is a {level} rule and does not fit the unit {unit}"
    ),
    "assumption_why": Text("假设须写明理由 why", "an assumption needs its reason: why"),
    "stated_or_assumed": Text(
        "须注明 stated = true 或 assumed = true,且只能其一",
        "exactly one of stated = true and assumed = true is needed",
    ),
    "placeholder": Text("不认识的占位符 {name}", "unknown placeholder {name}"),
    "placeholder_elsewhere": Text(
        "{code} 通知书填不出占位符 {name}", "letters of the kind {code} cannot fill the placeholder {name}"
    ),
    "month_order": Text("末月早于首月", "the last month is before the first"),
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

    code = "policies.pack_invalid"
    message = gettext_noop("政策包有 %(count)s 处错误")

    def __init__(self, problems: tuple[PackProblem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.problems)])


class CaseInvalid(PackError):
    """A case file cannot be used; ``problems`` holds every reason."""

    code = "policies.case_invalid"
    message = gettext_noop("个案文件有 %(count)s 处错误")


class ParameterUndated(DomainError):
    """Parameters without a value on the day asked for."""

    code = "policies.parameter_undated"
    message = gettext_noop("以下参数在 %(on)s 没有取值:%(names)s")


class ParameterUnknown(DomainError):
    """A parameter that the pack does not have."""

    code = "policies.parameter_unknown"
    message = gettext_noop("政策包中没有参数 %(name)s")


class ParameterOutOfRange(DomainError):
    """An override of the wrong type or outside the declared bounds."""

    code = "policies.parameter_out_of_range"
    message = gettext_noop("参数 %(name)s 的取值 %(value)s 不在允许范围内")


class FactUnknown(DomainError):
    """A fact that the pack does not declare, or declares for the other level."""

    code = "policies.fact_unknown"
    message = gettext_noop("政策包中没有事实 %(name)s(%(level)s)")


class FactInvalid(DomainError):
    """A fact of the wrong type or outside its declared bounds."""

    code = "policies.fact_invalid"
    message = gettext_noop("事实 %(name)s 的取值 %(value)s 不在允许范围内")


class MembersInvalid(DomainError):
    """A household without members, or with two of the same key."""

    code = "policies.members_invalid"
    message = gettext_noop("家庭成员为空或重复")


class RuleFailed(DomainError):
    """A rule raised an error or returned what it did not announce."""

    code = "policies.rule_failed"
    message = gettext_noop("规则 %(rule)s 无法得出结果:%(detail)s")


class GroupUnknown(DomainError):
    """A group the pack does not have."""

    code = "policies.group_unknown"
    message = gettext_noop("政策包中没有救助对象类别 %(group)s")


class PackDiffers(DomainError):
    """A determination was made with another pack than the one given."""

    code = "policies.pack_differs"
    message = gettext_noop("该认定依据的政策包(%(recorded)s)与当前政策包(%(given)s)不同")


class ReplayDiffers(DomainError):
    """Replaying a determination gave other bytes."""

    code = "policies.replay_differs"
    message = gettext_noop("重算结果与原认定不一致(第 %(position)s 个字符起)")
