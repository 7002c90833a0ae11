"""Templates are read by people: no line is longer than a screen."""

from tests.architecture.source import PACKAGE, short

LONGEST = 140  # characters


def test_no_line_of_a_template_is_longer_than_a_screen() -> None:
    long = [
        f"{short(path)}:{number} has {len(line)}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]

    assert long == []
