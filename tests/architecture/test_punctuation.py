"""Chinese is set with full-width punctuation: ，；：？！（）, on screen and on paper."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from tests.architecture.source import PACKAGE, ROOT, docstrings, modules, short

HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
# Half-width after a character; a bracket before or after one; a mark between a placeholder and a character.
HALF = re.compile(rf"(?<={HAN})\s?[,;:!?()]|[(]\s?(?={HAN})|(?<=[}}s])[,;:](?={HAN})")
# The catalogue's texts in a template, and the two forms in which a tag carries one.
_TAGGED = re.compile(
    r"{%-?\s*blocktrans(?:late)?\b.*?%}(.*?){%-?\s*endblocktrans"
    r"|{%-?\s*trans(?:late)?\s+\"([^\"]*)\"|{%-?\s*trans(?:late)?\s+'([^']*)'|_\(\"([^\"]*)\"\)",
    re.DOTALL,
)
# What is no sentence: a file's columns as a bank writes them, patterns for text that people typed, operators.
EXCUSED = {
    "simulator/bank.py": "columns of a statement",
    "payments/engine/statements.py": "patterns for headings as banks write them",
    "foundation/files/cells.py": "patterns for what people type",
    "kernel/money.py": "a pattern",
    "policies/engine/rulelanguage.py": "an operator of the language is named",
}


def texts_of_python() -> Iterator[tuple[str, str]]:
    """Where, and what: every text in the source that is no docstring, the pieces of an f-string joined."""
    for module in modules():
        if short(module.path) in EXCUSED or "migrations" in module.path.parts:
            continue
        fine = docstrings(module.tree)
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in fine:
                yield module.at(node), node.value


def texts_of_templates() -> Iterator[tuple[str, str]]:
    """Where, and what: every text of a template on its way to the catalogue."""
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        for found in _TAGGED.finditer(path.read_text()):
            yield short(path), next(text for text in found.groups() if text is not None)


def texts_of_data() -> Iterator[tuple[str, str]]:
    """Where, and what: every text of the packs and of the defaults that come with the product."""
    for path in sorted([*(ROOT / "packs").rglob("*.toml"), *PACKAGE.rglob("*.toml")]):
        for text in _leaves(tomllib.loads(path.read_text())):
            yield str(path.relative_to(ROOT)), text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)


def half_width(texts: Iterator[tuple[str, str]]) -> list[str]:
    """The texts that set Chinese with half-width punctuation."""
    return [f"{where}: {text}" for where, text in texts if HALF.search(text)]


def test_texts_in_the_source_have_full_width_punctuation():
    wrong = half_width(texts_of_python())

    assert not wrong, "\n".join(wrong)


def test_texts_of_templates_have_full_width_punctuation():
    wrong = half_width(texts_of_templates())

    assert not wrong, "\n".join(wrong)


def test_texts_of_packs_and_defaults_have_full_width_punctuation():
    wrong = half_width(texts_of_data())

    assert not wrong, "\n".join(wrong)


def test_templates_set_no_half_width_marks_around_what_they_show():
    """``{{ name }}({{ code }})`` would set Chinese in half-width brackets: the marks are texts, too."""
    wrong = [
        f"{short(path)}: {found.group()}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for found in re.finditer(r"[>\s}]\(\{\{.{0,60}|\}\}[:,;]\s?\{\{.{0,60}", path.read_text())
    ]

    assert not wrong, "\n".join(wrong)


# Marks that are right in one language only; a comma without a blank joins codes, which nobody reads.
_JOINTS = re.compile(r"[、，；：,;:]\s|[、，；：]")
# Where pieces are joined for one language that is known there, or for nobody's reading.
JOINED = {
    "kernel/marks.py": "the one place that knows them",
    "kernel/tones.py": "for programmers",
    "config": "lines for whoever runs the server",
    "foundation/data": "SQL",
    "foundation/trail": "SQL",
    "foundation/files/tables.py": "files name their cells in Chinese",
    "areas/operations/tables.py": "files name their levels in Chinese",
    "planning/engine": "each finding is written in both languages at once",
    "policies/engine": "TOML, the reference of the format and messages in both languages",
    "payments/engine/statements.py": "cells as the bank wrote them",
    "payments/operations/approving.py": "kept with a batch that was stopped",
    "residents/operations/rows.py": "SQL",
}


def test_pieces_are_joined_by_the_marks_of_their_reader():
    """``", ".join(names)`` in a Chinese sentence, ``"、".join(names)`` in an English one: no other check sees them."""
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and isinstance(node.func.value, ast.Constant)
        and _JOINTS.search(str(node.func.value.value))
    ]

    assert [where for where in wrong if not any(where.startswith(known) for known in JOINED)] == []


def test_templates_bring_no_full_width_mark_that_english_readers_would_see():
    """A mark outside the texts of the catalogue is shown in every language."""
    wrong = []
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        bare = re.sub(
            r"{%-?\s*blocktrans.*?endblocktrans\w*\s*-?%}|{[%#{].*?[%#}]}", "", path.read_text(), flags=re.DOTALL
        )
        wrong += [f"{short(path)}: {mark}" for mark in re.findall(r"[，。；：！？（）、]", bare)]

    assert not wrong, "\n".join(wrong)


def test_layouts_of_paper_bring_no_punctuation_of_their_own():
    """``#words.number: …`` would put a half-width colon after a Chinese word."""
    wrong = [
        f"{short(path)}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.typ"))
        for line in path.read_text().splitlines()
        if re.search(r"\[#words\.\w+[,;:]", line)
    ]

    assert not wrong, "\n".join(wrong)


def test_the_check_finds_each_kind_and_leaves_english_alone():
    wrong = ["已办结,不再收", "理由:收入", "合计(元)", "见(附表)", "%(count)s,共", "是吗?", "好!"]
    right = ["已办结，不再收", "理由：%(why)s", "合计（元）", "12:30 开门", "Reason: income (yuan)", "1,200.50 元"]

    assert [text for text in wrong if not HALF.search(text)] == []
    assert [text for text in right if HALF.search(text)] == []


# A text of placeholders alone shows Chinese too: what joins them is full-width.
_JOINT = re.compile(r"%\(\w+\)s\s?[,;:!?(]|[(]%\(\w+\)s")


def test_placeholders_are_joined_by_full_width_marks():
    wrong = [
        f"{path.parents[3].name}: {found}"
        for path in sorted(PACKAGE.rglob("locale/en/LC_MESSAGES/django.po"))
        for found in re.findall(r'^msgid "(.*)"$', path.read_text(), re.MULTILINE)
        if _JOINT.search(found)
    ]

    assert wrong == []
