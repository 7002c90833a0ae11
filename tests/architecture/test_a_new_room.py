"""The guide to a new room is true: its files are there, and the room that it shows is as small as it says."""

import re

import pytest

from tests.architecture.source import ROOT, folder, modules

GUIDE = (ROOT / "docs" / "a-new-room.md").read_text(encoding="utf-8")
ROOM = folder("partners")
TARGETS = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_it_names_every_file_of_the_room_and_no_other():
    named = set(re.findall(r"^\| `([\w/.]+)` \|", GUIDE, re.MULTILINE))
    there = {
        path.relative_to(ROOM).as_posix()
        for path in ROOM.rglob("*")
        if path.suffix in (".py", ".md", ".html") and "migrations" not in path.parts and path.stat().st_size
    }

    assert named == there


def test_the_room_is_as_small_as_a_room_may_be():
    lines = sum(len(module.path.read_text().splitlines()) for module in modules() if module.room == "partners")
    templates = sum(len(path.read_text().splitlines()) for path in ROOM.rglob("*.html"))

    assert (lines <= 450, templates <= 60) == (True, True), (lines, templates)


@pytest.mark.parametrize("address", re.findall(r"\]\(([^)#]+)\)", GUIDE))
def test_its_links_lead_somewhere(address):
    assert (ROOT / "docs" / address).exists()


@pytest.mark.parametrize("path", re.findall(r"`(tests/[\w/.]+|docs/[\w/.]+|config/[\w/.]+)`", GUIDE))
def test_the_files_outside_are_there(path):
    assert (ROOT / path).exists() or (ROOT / "src" / "linli" / path).exists()


@pytest.mark.parametrize("target", re.findall(r"`make (\w+)`", GUIDE))
def test_its_commands_are_there(target):
    assert re.search(rf"^{target}:", TARGETS, re.MULTILINE)
