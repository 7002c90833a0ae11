"""What stands in one place of a list: a value by its kind, or words with a link, small lines, chips and buttons."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Literal
from uuid import uuid4

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from linli.foundation.screens import navigation
from linli.foundation.screens.texts import bracketed, day_text, money_text, month_text, pack_text, short_day_text
from linli.kernel.period import Month
from linli.kernel.tones import Tone, tone_of

# HAND is the id of who did something: shown by name.
Kind = Literal["TEXT", "DATE", "MONTH", "YUAN", "INTEGER", "STATE", "HAND"]
NOTHING = "—"
NUMBERS = frozenset({"YUAN", "INTEGER"})
# A record's number, as JZ-2026-0001 or H-000001.
_NUMBER = re.compile(r"\b[A-Z]{1,2}-\d[\d-]*")


_hands: list[Callable[[Iterable[int | None]], Mapping[int, str]]] = []


def name_hands_by(names: Callable[[Iterable[int | None]], Mapping[int, str]]) -> None:
    """Say what people who act are called, by id; the room that knows them calls this once with its urls."""
    _hands[:] = [names]


def names_of(hands: Iterable[int | None]) -> Mapping[int, str]:
    """Names of people who acted, by id, in one query; none where there is nobody."""
    wanted = {hand for hand in hands if hand}
    return _hands[0](wanted) if wanted else {}


@dataclass(frozen=True)
class Button:
    """An act of one row. ``hidden`` travels with it; ``reason`` names the one field that is asked beside it."""

    label: object
    address: str
    main: bool = False
    hidden: Mapping[str, object] | None = None
    reason: tuple[str, object] | None = None  # (name, words)


@dataclass(frozen=True)
class Cell:
    """``to`` is a page and its arguments: a link for whom it is, words alone for others. ``meta`` stands small below,
    ``chips`` are codes with tones or (words, tone), ``reveal`` leads to the page that shows a masked value.
    """

    text: object = ""
    to: tuple[object, ...] = ()
    query: str = ""
    meta: Sequence[object] = ()
    chips: Sequence[Enum | tuple[object, str]] = ()
    reveal: tuple[str, object] | None = None  # (address, of what)
    notice: object = ""
    buttons: Sequence[Button] = ()


def chip(text: object, tone: str = Tone.INFO) -> SafeString:
    """A state in words and tone; what only informs has no icon."""
    return format_html('<span class="chip {}{}">{}</span>', tone, " tag" if tone == Tone.INFO else "", text)


def unbroken(text: object) -> SafeString:
    """Words in which no line ends within a record's number."""
    return mark_safe(_NUMBER.sub(r'<span class="whole">\g<0></span>', format_html("{}", text)))


def bar(actual: int, target: int, pace_percent: int | None = None, tone: str = "") -> SafeString:
    """Plan against actual: filled share, and a mark where it should be by now; tone "", soon or late."""
    share = 0 if target <= 0 else max(0, min(actual * 100 // target, 100))
    spoken = gettext("目标的 %(share)s%%") % {"share": actual * 100 // target if target > 0 else 0}
    mark = SafeString("")
    if pace_percent is not None:
        spoken += gettext("，按时间应到 %(pace)s%%") % {"pace": pace_percent}
        mark = format_html('<u style="left:{}%"></u>', pace_percent)
    drawn = '<div class="bar {}" role="img" aria-label="{}"><i style="width:{}%"></i>{}</div>'
    return format_html(drawn, tone, spoken, share, mark)


def state_chip(state: Enum | tuple[object, str]) -> SafeString:
    """A state in its own words and tone; or (words, tone).

    Raises:
        KeyError: the kind of state has no tones (``kernel.tones.toned``).
    """
    return chip(getattr(state, "label", state.name), tone_of(state)) if isinstance(state, Enum) else chip(*state)


def deadline(colour: str, days_left: int | None = None, due: date | None = None, article: str = "") -> SafeString:
    """How much time is left: GREEN, AMBER, RED, PAUSED or DONE, in words, icon and colour; hover shows the article."""
    tone = {"GREEN": Tone.OK, "AMBER": Tone.SOON, "RED": Tone.LATE, "PAUSED": Tone.PAUSED, "DONE": Tone.OK}[colour]
    day = f" · {short_day_text(due)}" if due and colour in ("GREEN", "AMBER", "RED") else ""
    return format_html(
        '<span class="chip {}{}"{}>{}{}{}</span>',
        tone,
        " done" if colour == "DONE" else "",
        format_html(' title="{}"', article) if article else "",
        _time_left(colour, days_left or 0),
        day,
        format_html('<span class="visually-hidden">{}</span>', bracketed(article)) if article else "",
    )


def _time_left(colour: str, left: int) -> str:
    if colour == "PAUSED":
        return gettext("计时暂停")
    if colour == "DONE":
        return gettext("已办结")
    if colour == "RED":
        late = max(-left, 1)
        return ngettext("超期 %(days)s 个工作日", "超期 %(days)s 个工作日", late) % {"days": late}
    if left == 0:
        return gettext("今天到期")
    return ngettext("剩 %(days)s 个工作日", "剩 %(days)s 个工作日", left) % {"days": left}


def plain(value: object, kind: str) -> str:
    """A value in words, in the reader's language; empty for None."""
    if value is None:
        return ""
    if kind == "YUAN" and isinstance(value, int):
        return money_text(value)
    if kind == "DATE" and isinstance(value, date | datetime):
        return day_text(value)
    if kind == "MONTH" and isinstance(value, Month | date):
        return month_text(value)
    return str(getattr(value, "label", None) or pack_text(value)) if isinstance(value, Enum) else pack_text(value)


def opening(label: object, css: str) -> SafeString:
    """What begins each cell of a column: its look, and its label for the phone."""
    return format_html(' class="{}" data-label="{}">', css, label) if label else format_html(' class="{}">', css)


def line(openings: Sequence[SafeString], drawn: Sequence[SafeString], box: str) -> SafeString:
    """The cells of a row; the first one names the row to its ``box``."""
    named = format_html(' id="row-{}"', box) if box else ""
    cells = [f"<td{opening}{cell}</td>" for opening, cell in zip(openings, drawn, strict=True)]
    return mark_safe("".join(cells).replace("<td", f"<td{named}", 1))


def shown(value: object, kind: str, request: HttpRequest) -> SafeString:
    """A value, or a :class:`Cell`, as it stands on the page."""
    if isinstance(value, Cell):
        return _cell(value, kind, request)
    if isinstance(value, SafeString):
        return value
    if kind == "STATE" and isinstance(value, Enum):
        return state_chip(value)
    return format_html("{}", plain(value, kind) or NOTHING)


def _cell(cell: Cell, kind: str, request: HttpRequest) -> SafeString:
    parts = [_words(cell, kind, request)]
    parts += [format_html(" {}", state_chip(one)) for one in cell.chips]
    parts += [format_html('<span class="meta">{}</span>', unbroken(pack_text(one))) for one in cell.meta if one]
    if cell.notice:
        parts.append(format_html('<div class="notice">{}</div>', cell.notice))
    parts += [_button(one, request) for one in cell.buttons]
    return mark_safe("".join(parts))


def _words(cell: Cell, kind: str, request: HttpRequest) -> SafeString:
    words = cell.text if isinstance(cell.text, SafeString) else plain(cell.text, kind)
    if cell.reveal:
        return masked(str(words), *cell.reveal)
    if isinstance(cell.text, Enum) and kind == "STATE":
        return state_chip(cell.text)
    address = navigation.link(request, str(cell.to[0]), *cell.to[1:]) if cell.to else ""
    return format_html('<a href="{}{}">{}</a>', address, cell.query, words) if address else format_html("{}", words)


def linked(request: HttpRequest | None, page: str, argument: object, words: object = None, css: str = "") -> SafeString:
    """A record as a link to its page, or its words alone where the page is not this person's."""
    text = argument if words is None else words
    address = navigation.link(request, page, argument)
    look = format_html(' class="{}"', css) if css else ""
    if address:
        return format_html('<a{} href="{}">{}</a>', look, address, text)
    return format_html("<span{}>{}</span>", look, text) if css else format_html("{}", text)


def masked(words: str, address: str = "", label: object = "") -> SafeString:
    """A value that stays masked, with 显示 leading to the page that asks for the purpose; no address, no link."""
    value = format_html('<span class="masked">{}</span>', words)
    if not address:
        return value
    return format_html(
        '{} <a class="reveal" href="{}">{}<span class="visually-hidden"> {}</span></a>',
        value,
        address,
        gettext("显示"),
        label,
    )


def _button(button: Button, request: HttpRequest) -> SafeString:
    hidden = {"csrfmiddlewaretoken": get_token(request), "act_key": uuid4().hex, **(button.hidden or {})}
    inputs = format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden.items())
    asked = SafeString("")
    if button.reason:
        name, words = button.reason
        asked = format_html(
            '<input class="plain" name="{0}" required maxlength="300" aria-label="{1}" placeholder="{1}">', name, words
        )
    look = "btn primary small" if button.main else "btn small"
    form = '<form method="post" novalidate action="{}" class="row">{}{}{}</form>'
    press = format_html('<button type="submit" class="{}">{}</button>', look, button.label)
    return format_html(form, button.address, inputs, asked, press)
