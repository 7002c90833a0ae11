"""Colours and weight of the frame: WCAG 2.2 AA for every pair in use, in light and in dark."""

import gzip
import re
from pathlib import Path

import django_htmx
import pytest

import linli.foundation

STATIC = Path(linli.foundation.__file__).parent / "static" / "linli"
TOKENS = (STATIC / "tokens.css").read_text()
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunk", "hover")),
    *((ink, ground) for ink in ("jade", "jade-strong", "red") for ground in ("paper", "surface", "hover")),
    ("jade-strong", "jade-soft"),
    ("amber", "amber-soft"),
    ("red", "red-soft"),
    ("blue", "blue-soft"),
    ("ink", "amber-soft"),
    ("ink", "jade-soft"),
    ("ink", "red-soft"),
    ("ink-2", "line"),
    ("jade", "amber-soft"),
    ("amber", "surface"),
    ("on-jade", "jade"),
    ("on-jade", "jade-strong"),
]
# What shows where a control is or how full a bar is needs 3:1.
SHAPES = [
    ("edge", "surface"),
    ("edge", "paper"),
    ("jade", "sunk"),
    ("red", "sunk"),
    ("amber-fill", "surface"),
    ("amber-fill", "sunk"),
]


def block(selector: str) -> dict[str, str]:
    start = TOKENS.index(selector) + len(selector)
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = block(":root{")
DARK = {**LIGHT, **block("[data-theme=dark]{")}
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_are_visible(theme, shape, ground):
    assert contrast(THEMES[theme][shape], THEMES[theme][ground]) >= 3


def test_the_systems_dark_is_the_chosen_dark():
    assert block(":root:not([data-theme]){") == block("[data-theme=dark]{")


def test_large_type_has_large_text_and_targets():
    large = TOKENS[TOKENS.index("[data-size=large]{") :]

    assert int(re.search(r"--body:(\d+)px", large)[1]) >= 18
    assert int(re.search(r"--target:(\d+)px", large)[1]) >= 60


def test_the_frame_weighs_little():
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    weight = sum(len(gzip.compress(path.read_bytes())) for path in [*STATIC.iterdir(), htmx])

    assert weight < 40_000


@pytest.mark.parametrize("sheet", sorted(path.name for path in STATIC.glob("*.css")))
def test_every_rule_of_a_sheet_is_closed_and_has_a_selector(sheet):
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(), flags=re.DOTALL)
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@;]+)\{", rules)

    assert rules.count("{") == rules.count("}")
    # A name without a dot, bracket or colon is an element; anything else is a slip.
    words = {word for one in selectors for word in re.findall(r"(?<![\w.#:\[=-])([A-Za-z][\w-]*)", one)}
    assert {word for word in words if word.lower() != word} == set()


def test_every_colour_that_is_used_is_a_token():
    used = {name for path in STATIC.glob("*.css") for name in re.findall(r"var\(--([\w-]+)", path.read_text())}
    defined = set(re.findall(r"--([\w-]+):", "".join(path.read_text() for path in STATIC.glob("*.css"))))

    assert used <= defined
