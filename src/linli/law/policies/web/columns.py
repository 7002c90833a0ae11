"""The tables of the settings pages: what is in force, and what each line of a pack rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Cell, chip
from linli.foundation.screens.listings import Column
from linli.foundation.screens.texts import day_text, is_english, pack_text
from linli.kernel.bilingual import Text
from linli.kernel.tones import Tone
from linli.law.policies.engine import Pack
from linli.law.policies.engine.model import Basis, Group, Paper
from linli.law.policies.web.presenters import SHIFTED, WORK, MovedDeadline, ParameterLine
from linli.law.policies.web.presenters import Cell as Day

_DEMANDED = {"ALWAYS": _("人人需要"), "PROXY": _("代办时需要"), "GROUP": _("属于该类对象时需要")}


@dataclass(frozen=True)
class SchemeLine:
    """A scheme and the version in force today, if any."""

    scheme: str
    pack: Pack | None


@dataclass(frozen=True)
class GroupLine:
    """A group with the names of its papers."""

    group: Group
    papers: tuple[Text, ...]


def groups_of(pack: Pack) -> list[GroupLine]:
    """Every group of the pack, in its order."""
    return [GroupLine(group, tuple(pack.papers[code].label for code in group.papers)) for group in pack.groups.values()]


def both(text: Text) -> SafeString:
    """A text of a pack in the reader's language, and in the other one for who compares."""
    other, lang = (text.zh, "zh-Hans") if is_english() else (text.en, "en")
    return format_html('{} <span class="meta" lang="{}">{}</span>', pack_text(text), lang, other)


def basis(of: Basis) -> SafeString:
    """The article, how sure it is, and that it is assumed, with the reason."""
    parts: list[object] = [of.legal_basis]
    if of.confidence:
        words = gettext("可信度 %(level)s") % {"level": of.confidence}
        parts.append(format_html('<span class="meta">{}</span>', words))
    if of.assumption:
        parts.append(chip(gettext("假设"), Tone.SOON))
        parts += [format_html('<span class="meta">{}</span>', pack_text(of.why))] if of.why else []
    return _joined(" ", parts)


def day_chip(day: Day) -> SafeString:
    """What becomes of a day."""
    worked = day.kind in (WORK, SHIFTED)
    words = gettext("上班") if worked else gettext("放假")
    return chip(f"{day_text(day.day)} {words}", Tone.SOON if worked else Tone.OK)


def _joined(mark: str, parts: Iterable[object]) -> SafeString:
    return format_html_join(SafeString(mark), "{}", ((part,) for part in parts))


def _scheme(_list: Any, row: SchemeLine) -> Cell:
    return Cell(pack_text(row.pack.label) if row.pack else row.scheme, ("pack_detail", row.scheme))


def _version(_list: Any, row: SchemeLine) -> str:
    return row.pack.version if row.pack else gettext("今天没有生效的版本")


def _year(_list: Any, row: tuple[int, int]) -> Cell:
    return Cell(str(row[0]), ("working_days",), query=f"?year={row[0]}")


def valid(paper: Paper) -> str:
    """For how long a paper counts after its issue."""
    return gettext("%(months)s 个月") % {"months": paper.valid_months} if paper.valid_months else gettext("长期")


def _waived(_list: Any, paper: Paper) -> SafeString:
    ways = ((paper.waivable, pgettext("law", "免交")), (paper.promisable, pgettext("law", "承诺后补")))
    return _joined(" ", [chip(words) for offered, words in ways if offered])


def _limit(_list: Any, row: MovedDeadline) -> Cell:
    return Cell(pack_text(row.label), meta=(gettext("%(days)s 个工作日") % {"days": row.days},))


def _due(end: str) -> Any:
    def cell(_list: Any, row: MovedDeadline) -> Cell:
        due = getattr(row, end)
        return Cell(due.date, chips=[(gettext("暂定"), Tone.PAUSED)] if due.provisional else [])

    return cell


def _parameter(_list: Any, row: ParameterLine) -> SafeString:
    return both(row.parameter.label)


SCHEMES = (
    Column("scheme", _("救助方案"), cell=_scheme, phone="title"),
    Column("version", _("版本"), of=_version),
    Column("pack.valid_from", _("生效日期"), "DATE"),
)
YEARS = (
    Column("year", _("年份"), cell=_year, phone="title"),
    Column("count", _("工作日"), "INTEGER", of=lambda _list, row: row[1], phone="state"),
)
GROUPS = (
    Column("group", _("救助对象"), cell=lambda _list, row: both(row.group.label), phone="title"),
    Column("group.definition", _("如何认定")),
    Column("papers", _("材料"), cell=lambda _list, row: _joined("<br>", map(pack_text, row.papers))),
    Column("basis", _("依据"), cell=lambda _list, row: basis(row.group.basis)),
)
PAPERS = (
    Column("label", _("材料"), cell=lambda _list, row: both(row.label), phone="title"),
    Column("demanded", _("何时需要"), of=lambda _list, row: _DEMANDED[row.demanded]),
    Column("valid_months", _("有效期"), of=lambda _list, row: valid(row)),
    Column("waivable", _("免交或后补"), cell=_waived),
    Column("basis", _("依据"), cell=lambda _list, row: basis(row.basis)),
)
PARAMETERS = (
    Column("label", _("名目"), cell=_parameter, phone="title"),
    Column("value", _("取值"), "INTEGER", phone="state"),
    Column("since", _("自何时"), "DATE"),
    Column("basis", _("依据"), cell=lambda _list, row: basis(row.parameter.basis)),
)
DEADLINES = (
    Column("label", _("时限"), cell=lambda _list, row: both(row.label), phone="title"),
    Column("days", _("多长"), phone="state"),
    Column("amber", _("提前预警")),
    Column("basis", _("依据"), cell=lambda _list, row: basis(row.basis)),
)
MOVED = (
    Column("label", _("将重新计算的期限"), cell=_limit, phone="title"),
    Column("starts", _("受影响的起算日"), "INTEGER"),
    Column("start", _("例如自"), "DATE"),
    Column("before", _("原到期日"), "DATE", cell=_due("before")),
    Column("after", _("新到期日"), "DATE", cell=_due("after")),
)
