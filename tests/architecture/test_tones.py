"""A state has one tone, said beside its codes; no page colours a state, a paper or a count by itself."""

import re

from linli.aid.assistance.codes import PaperState
from linli.kernel.tones import Tone, code_of, tone_of
from tests.architecture.source import PACKAGE, short

TEMPLATES = {short(path): path.read_text() for path in sorted(PACKAGE.rglob("templates/**/*.html"))}
# The component itself, and chips that are something else: links that filter, days of a calendar, marks with a title.
OWN_CHIPS = re.compile(r'class="chip (?:tag|paused tag|ok tag|soon tag)\b')
PARTS = "foundation/templates/parts/"


def found(pattern):
    return [
        f"{path}: {match.group()}"
        for path, text in TEMPLATES.items()
        if not path.startswith(PARTS)
        for match in re.finditer(pattern, text)
    ]


def test_states_are_shown_by_the_one_mechanism():
    by_hand = found(r"\{% chip [^%]*(?:get_(?!kind_)\w+_display|\.label)[^%]*%\}")  # a kind is no state
    assert not by_hand


def test_chips_are_made_by_the_component():
    assert [line for line in found(r'class="chip [^>]*') if not OWN_CHIPS.search(line)] == []


def test_no_page_brings_a_colour_of_its_own():
    assert found(r'style="[^"]*color:[^"]*"|<b class="(?:bad|good|late|soon|ok)\b[^>]*') == []


def test_a_figure_in_a_tone_says_what_it_counts():
    """A literal tone on a figure would colour a zero, too: ``if_any`` asks first."""
    assert found(r'\{% stat [^%]*"(?:ok|soon|late)"[^%]*%\}') == []


def test_every_kind_of_state_that_a_page_names_has_tones():
    named = re.findall(r'\{% state_chip \S+ "(\w+)"', "".join(TEMPLATES.values()))

    assert named
    for kind in named:
        try:
            code_of(kind, "")
        except ValueError:
            continue  # known, without a code for nothing


def test_a_paper_that_does_not_count_is_never_green():
    assert {state: tone_of(state) for state in PaperState} == {
        PaperState.PRESENT: Tone.OK,
        PaperState.MISSING: Tone.LATE,
        PaperState.EXPIRED: Tone.LATE,
        PaperState.WAIVED: Tone.INFO,
        PaperState.PROMISED: Tone.SOON,
    }
