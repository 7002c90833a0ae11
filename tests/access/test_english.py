"""Every page as every role in English: it is there, and what is Chinese on it was written by people, not by us."""

import re
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import connection

from tests.access.asking import EVERYBODY, Office, pages_of, routes_with_pages
from tests.access.world import World
from tests.seeds import LONG

HAN = re.compile(r"[\u3400-\u9fff]+")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label")
TESTS = Path(__file__).parents[1]
# Where the people of this world get their names, addresses and sentences; what is sealed stands in no dump.
WRITTEN = (
    "conftest.py",
    "access/world.py",
    "assistance/world.py",
    "ledger/world.py",
    "newcomers/requests.py",
    "residents/people.py",
)
# What a pack says in two languages; its citations are Chinese alone.
CITED = re.compile(r'\bzh = "[^"]*"')
PACKS = TESTS.parent / "packs"
DEFAULTS = TESTS.parent / "src/linli/law/policies/engine/defaults.toml"
# An amount in words, as a voucher has it.
CAPITALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")


class Words(HTMLParser):
    """What a reader of a page reads or hears, but what is marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._chinese: list[str] = []  # the open elements within one that is marked

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if self._chinese or (told.get("lang") or "").startswith("zh") or tag in ("script", "style"):
            if tag not in ("input", "br", "hr", "img", "link", "meta", "path", "circle"):
                self._chinese.append(tag)
            return
        self.found += [str(told[name]) for name in SPOKEN if told.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._chinese and self._chinese[-1] == tag:
            self._chinese.pop()

    def handle_data(self, data: str) -> None:
        if not self._chinese:
            self.found.append(data)


@pytest.fixture(scope="module")
def written(world: World) -> str:
    """Everything in this world that somebody wrote."""
    dump: Iterator[str] = connection.connection.iterdump()
    laws = "".join(CITED.sub("", path.read_text()) for path in (*PACKS.rglob("*.toml"), DEFAULTS))
    return "\n".join(dump) + laws + "".join((TESTS / name).read_text() for name in WRITTEN)


def chinese(page: str, written: str) -> set[str]:
    """The words of a page that are Chinese and nobody's."""
    words = Words()
    words.feed(page)
    runs = {run for text in words.found for run in HAN.findall(text)}
    return {run for run in runs if run not in written and not CAPITALS.fullmatch(run)}


def chosen(readers: list[str], address: str) -> str:
    """Whose look at the page stands for all of them in the daily suite: the words differ little by role."""
    return readers[zlib.crc32(address.encode()) % len(readers)]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of a page do not differ by database")
@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_every_page_is_there_and_speaks_english(world: World, office: Office, written: str, role: str) -> None:
    wrong: dict[str, str] = {}
    for route in routes_with_pages():
        for address, readers in pages_of(world, route):
            if role in readers and (LONG or role == chosen(readers, address)):
                answer = office.ask(role, "GET", address, language="en")
                left = chinese(answer.page.decode(), written) if answer.status == 200 else {str(answer.status)}
                wrong |= dict.fromkeys(left, address)

    assert wrong == {}, "\n".join(f"{word} {at}" for word, at in wrong.items())
