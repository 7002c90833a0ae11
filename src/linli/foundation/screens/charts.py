"""Line charts as SVG made on the server: one picture for page, print and export, without JavaScript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from linli.foundation.screens.texts import axis_money_text, money_text

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 240, 72, 16, 18, 34
_MOST_TICKS = 5
# A picture that leaves the page takes its colours along: the light theme's.
_EXPORT_STYLE = (
    "text{font:12px sans-serif;fill:#626b66}.axis{stroke:#cfc9bc;fill:none}.series{fill:none;stroke-width:3}"
    ".main .series{stroke:#0f6b57}.main .dot{fill:#0f6b57}.bad .series{stroke:#a8251b}.bad .dot{fill:#a8251b}"
    ".other .series{stroke:#1f5a8a}.other .dot{fill:#1f5a8a}.quiet .series{stroke:#626b66}.quiet .dot{fill:#626b66}"
)


@dataclass(frozen=True)
class Series:
    """One line: whole numbers (fen when ``money``), tone main, bad, other or quiet."""

    label: str
    values: Sequence[int]
    tone: str = "main"
    dashed: bool = False
    money: bool = False

    def text(self, value: int) -> str:
        """A value as people read it."""
        return money_text(value) if self.money else f"{value:,}"

    @property
    def swatch(self) -> SafeString:
        """The piece of line in the legend."""
        return format_html(
            '<svg class="chart {}" viewBox="0 0 28 8" aria-hidden="true"><path class="series" d="M0 4H28"{}/></svg>',
            self.tone,
            mark_safe(_dash(self)),
        )


def chart_svg(
    series: Sequence[Series], labels: Sequence[str], *, title: str, mark: int | None = None, standalone: bool = False
) -> SafeString:
    """The picture: axes with round steps, one line per series, and what it says in words for those who hear it.

    ``mark`` draws a line at that place (today). ``standalone`` makes it a file of its own with its colours inside.
    Every series has as many values as there are labels; raises ValueError otherwise.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series needs one value per label")
    ticks = _ticks([value for one in series for value in one.values])
    place = _Place(len(labels), ticks[0], ticks[-1])
    money = bool(series) and series[0].money
    opening = ' xmlns="http://www.w3.org/2000/svg" width="1440" height="480"' if standalone else ""
    parts = [
        f'<svg class="chart"{opening} viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(spoken(series, labels, title=title))}">',
        f"<style>{_EXPORT_STYLE}</style>" if standalone else "",
        *(_axis(place, tick, money=money) for tick in ticks),
        *_label_texts(place, labels),
        ""
        if mark is None
        else f'<path class="axis" stroke-dasharray="2 4" d="M{place.x(mark)} {_TOP}V{place.floor}"/>',
        *(_line(one, place) for one in series),
        "</svg>",
    ]
    return mark_safe("".join(parts))


def spoken(series: Sequence[Series], labels: Sequence[str], *, title: str) -> str:
    """The chart in one sentence: where each line begins, ends and is lowest."""
    lines = [
        gettext("%(label)s：%(first)s 为 %(start)s，%(last)s 为 %(end)s，最低 %(low)s")
        % {
            "label": one.label,
            "first": labels[0],
            "start": one.text(one.values[0]),
            "last": labels[-1],
            "end": one.text(one.values[-1]),
            "low": one.text(min(one.values)),
        }
        for one in series
        if one.values
    ]
    return gettext("；").join([title, *lines])


@dataclass(frozen=True)
class _Place:
    """Where a value stands in the picture."""

    count: int
    bottom: int
    top: int

    @property
    def floor(self) -> int:
        return _HEIGHT - _BOTTOM

    def x(self, index: int) -> int:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * index // max(self.count - 1, 1)

    def y(self, value: int) -> int:
        return self.floor - (self.floor - _TOP) * (value - self.bottom) // (self.top - self.bottom)


def _ticks(values: Sequence[int]) -> list[int]:
    """At most six round steps from zero or below up to the greatest value or above."""
    top, bottom = max([0, *values]), min([0, *values])
    step = next(step for step in _round_steps() if top - bottom <= step * (_MOST_TICKS - 1))
    first, last = bottom // step, -(-top // step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _round_steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 …"""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _axis(place: _Place, value: int, *, money: bool) -> str:
    y = place.y(value)
    text = axis_money_text(value) if money else f"{value:,}"
    return (
        f'<path class="axis" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(text)}</text>'
    )


def _label_texts(place: _Place, labels: Sequence[str]) -> list[str]:
    step = max(-(-len(labels) // 12), 1)
    return [
        f'<text x="{place.x(index)}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(label)}</text>'
        for index, label in enumerate(labels)
        if index % step == 0
    ]


def _line(one: Series, place: _Place) -> str:
    points = [(place.x(index), place.y(value)) for index, value in enumerate(one.values)]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(
        f'<circle class="dot" cx="{x}" cy="{y}" r="3.5"><title>{escape(one.text(value))}</title></circle>'
        for (x, y), value in zip(points, one.values, strict=True)
    )
    return f'<g class="{one.tone}"><polyline class="series" points="{path}"{_dash(one)}/>{dots}</g>'


def _dash(one: Series) -> str:
    return ' stroke-dasharray="6 5"' if one.dashed else ""
