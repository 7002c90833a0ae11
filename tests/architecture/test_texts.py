"""Chinese is the source language of every text, and English is complete."""

import ast
import importlib.util
import re
from functools import cache
from io import BytesIO
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from tests.architecture.source import (
    IDEOGRAPH,
    PACKAGE,
    ROOT,
    TRANSLATORS,
    called,
    docstrings,
    folder,
    modules,
    rooms,
    short,
)

# Calls that carry a text in both languages, as packs and official tables do.
BILINGUAL = {"Column", "Text"}
# What people type is understood in both languages and never shown.
TYPED = {"是", "有", "否", "无", "没有", "%Y年%m月%d日"}
# What a template may hold in Chinese: texts on their way to the catalogue, comments, and the name of the language.
MARKED = re.compile(
    r"{%-?\s*blocktrans(late)?\b.*?{%-?\s*endblocktrans(late)?\s*-?%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    r"|{#.*?#}"
    r"|{%\s*trans(late)?\s.*?%}"
    r"|_\((\"[^\"]*\"|'[^']*')\)"
    r"|中文",
    re.DOTALL,
)
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))


@cache
def messages() -> ModuleType:
    """tools/messages.py, which is no package."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("room", rooms())
def test_every_text_of_the_room_has_its_english(room):
    tool = messages()

    wrong = list(tool.check(folder(room), tool.texts(folder(room))))

    assert not wrong, "\n".join(wrong)


def test_a_text_has_one_english_in_all_rooms():
    """Catalogues are read as one: of two rooms that say a text otherwise one is shown the other's words. What means
    something else there has a context of its own.
    """
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for path in sorted(PACKAGE.rglob("locale/en/LC_MESSAGES/django.po")):
        for one in read_po(BytesIO(path.read_bytes())):
            if one.id:
                said.setdefault((one.context, str(one.id)), {})[str(one.string)] = short(path)

    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}


def test_templates_hold_no_chinese_outside_the_catalogue():
    wrong = []
    for path in TEMPLATES:
        rest = MARKED.sub(lambda match: "\n" * match.group().count("\n"), path.read_text())
        for number, line in enumerate(rest.splitlines(), start=1):
            if IDEOGRAPH.search(line):
                wrong.append(f"{short(path)}:{number}: {line.strip()}")

    assert not wrong, "\n".join(wrong)


def test_faces_hold_no_chinese_outside_the_catalogue():
    wrong = []
    for module in modules():
        if not {"web", "api", "screens"} & set(module.parts):
            continue
        fine = docstrings(module.tree)
        for node in module.nodes:
            if isinstance(node, ast.Call) and called(node) in TRANSLATORS | BILINGUAL:
                fine.update(argument for argument in ast.walk(node) if isinstance(argument, ast.Constant))
        wrong += [
            f"{module.at(node)} {node.value!r}"
            for node in module.nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and IDEOGRAPH.search(node.value)
            and node not in fine
            and node.value not in TYPED
        ]

    assert not wrong, "\n".join(wrong)


def test_every_refusal_has_its_sentence_in_english():
    translated = {
        message.id
        for room in rooms()
        for message in messages().load(folder(room))
        if message.id and message.string and not message.fuzzy
    }
    wrong = [
        f"{refusal.__module__}.{refusal.__name__}"
        for refusal in _refusals(DomainError)
        if refusal.__module__.startswith("linli.")
        if not (isinstance(refusal.message, Text) and refusal.message.en)  # an engine's, which needs no catalogue
        if _source_text(refusal) not in translated
    ]

    assert not wrong, "\n".join(sorted(wrong))


def _refusals(of: type[DomainError]) -> set[type[DomainError]]:
    return {of}.union(*(_refusals(inner) for inner in of.__subclasses__()))


def _source_text(refusal: type[DomainError]) -> str:
    from django.utils import translation

    with translation.override("zh-hans"):
        return str(refusal.message)
