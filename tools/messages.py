"""Translations. Chinese is the source language, English the one translation; every room keeps its own catalogue.

usage: messages.py collect|compile|check
  collect  add new texts to each room's locale/en/LC_MESSAGES/django.po, drop unused ones, list the untranslated
  compile  write django.mo beside each django.po
  check    exit 1 when a text is missing, fuzzy, untranslated, or its placeholders differ
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOMS = Path(__file__).resolve().parents[1] / "src" / "linli"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "counted": (1, 1),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def main(command: str) -> int:
    """The exit code."""
    rooms = rooms_on_disk()
    if command == "compile":
        for room in rooms:
            compile_room(room)
        return 0
    problems: list[str] = []
    for room in rooms:
        found = texts(room)
        if command == "collect":
            collect(room, found)
        problems += [f"{room.name}: {problem}" for problem in check(room, found)]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    return 1 if problems else 0


def rooms_on_disk() -> list[Path]:
    """Every folder with a README: the rooms of the wings, and what stands beside the wings."""
    return sorted(path.parent for path in [*ROOMS.glob("*/README.md"), *ROOMS.glob("*/*/README.md")] if is_room(path))


def is_room(readme: Path) -> bool:
    """Whether the README speaks of a whole room; inner floors have READMEs of their own."""
    wing = readme.parents[1]
    return wing == ROOMS or not (wing / "README.md").exists()


def texts(room: Path) -> Catalog:
    """Every text of the room's Python files and templates."""
    found = Catalog(locale="en", charset="utf-8", header_comment="# English texts of this room.")
    for path in sorted(room.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        source = path.read_text()
        if path.suffix != ".py":
            source = template_source(source, path)
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            found.add(message, context=context)
    return found


def template_source(source: str, path: Path) -> str:
    """The template as Python calls, the way Django's own collector sees it."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    from django.utils.translation.template import templatize

    # Blanks at a line's start mean nothing in a template and an indentation error in Python.
    return "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).split("\n"))


def catalogue(room: Path) -> Path:
    """Where the room's English texts are."""
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def load(room: Path) -> Catalog:
    """The room's catalogue, empty when there is none."""
    path = catalogue(room)
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def collect(room: Path, found: Catalog) -> None:
    """Bring the catalogue in line with the texts found, keeping what is translated."""
    if not len(found) and not catalogue(room).exists():
        return
    old = load(room)
    for message in found:
        if message.id:
            before = old.get(message.id, message.context)
            if before is not None and before.string:
                message.string = before.string
    path = catalogue(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, found, sort_output=True, omit_header=False, width=0)
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n',
        "",
        path.read_text(),
    )
    path.write_text(text)


def check(room: Path, found: Catalog) -> Iterator[str]:
    """What is wrong with the room's translations."""
    have = load(room)
    for message in found:
        if not message.id:
            continue
        translated = have.get(message.id, message.context)
        name = message.id if isinstance(message.id, str) else message.id[0]
        strings = (
            []
            if translated is None
            else [translated.string]
            if isinstance(translated.string, str)
            else list(translated.string)
        )
        if translated is None or not all(strings) or not strings:
            yield f"not translated: {name}"
        elif translated.fuzzy:
            yield f"fuzzy: {name}"
        else:
            wanted = set(PLACEHOLDER.findall(name))
            yield from (f"placeholders differ: {name}" for text in strings if set(PLACEHOLDER.findall(text)) != wanted)


def compile_room(room: Path) -> None:
    """Write the machine form of the catalogue."""
    path = catalogue(room)
    if path.exists():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, load(room))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
