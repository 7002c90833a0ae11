"""Line charts as SVG made on the server: one picture for page, print and export, without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 240, 64, 12, 16, 34
_COLOURS = {"main": "var(--jade)", "bad": "var(--red)", "other": "var(--blue)", "quiet": "var(--ink-3)"}


@dataclass(frozen=True)
class Series:
    """One line: whole numbers (fen are shown as 万 yuan when ``money``), tone main, bad, other or quiet."""

    label: str
    values: Sequence[int]
    tone: str = "main"
    dashed: bool = False
    money: bool = False


def chart_svg(series: Sequence[Series], labels: Sequence[str], *, title: str) -> SafeString:
    """The picture. Every series has as many values as there are labels; raises ValueError otherwise."""
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series needs one value per label")
    top = max((value for one in series for value in one.values), default=0) or 1
    bottom = min(0, *(value for one in series for value in one.values)) if series else 0
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%" role="img" aria-label="{escape(title)}">',
        *_axis(top, bottom, money=bool(series and series[0].money)),
        *_line_labels(labels),
        *(_line(one, top, bottom) for one in series),
        "</svg>",
    ]
    return mark_safe("".join(parts))


def _x(place: int, count: int) -> int:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * place // max(count - 1, 1)


def _y(value: int, top: int, bottom: int) -> int:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - bottom) // max(top - bottom, 1)


def _axis(top: int, bottom: int, *, money: bool) -> list[str]:
    parts = []
    for value in sorted({top, (top + bottom) // 2, bottom}):
        y = _y(value, top, bottom)
        text = f"{value / 1_000_000:g} 万" if money else f"{value:,}"
        parts.append(f'<path class="axis" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/><text x="0" y="{y + 4}">{text}</text>')
    return parts


def _line_labels(labels: Sequence[str]) -> list[str]:
    step = max(len(labels) // 6, 1)
    return [
        f'<text x="{_x(place, len(labels))}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(label)}</text>'
        for place, label in enumerate(labels)
        if place % step == 0
    ]


def _line(one: Series, top: int, bottom: int) -> str:
    points = " ".join(
        f"{_x(place, len(one.values))},{_y(value, top, bottom)}" for place, value in enumerate(one.values)
    )
    dash = ' stroke-dasharray="6 5"' if one.dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{_COLOURS[one.tone]}" stroke-width="3"{dash}/>'
