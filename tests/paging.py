"""Lists that go on over several pages, turned over as a person would."""

import sys
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from lxml import html

USUAL = 50  # rows of a page, everywhere


def one_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of one row from now on, wherever the length of a page is kept."""
    for name, module in list(sys.modules.items()):
        for length in ("PAGE", "_PAGE"):
            if name.startswith("linli.") and getattr(module, length, None) == USUAL:
                monkeypatch.setattr(module, length, 1)


def pages(get: Callable[[str], str], address: str) -> list[list[str]]:
    """The rows of one page after another; ``get`` gives the page at an address."""
    path, wanted = address.partition("?")[0], address
    turned: list[list[str]] = []
    while wanted:
        assert len(turned) < 200, f"{address} never ends"
        page = html.fromstring(get(wanted))
        turned.append([" ".join(row.text_content().split()) for row in page.xpath("//main//tbody/tr")])
        following = page.xpath("//main//a[@rel='next']/@href")
        wanted = urljoin(path, following[0]) if following else ""
    return turned


def assert_turns_over(get: Callable[[str], str], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of one row show, one after another, what one long page shows."""
    [at_once] = pages(get, address)
    assert len(at_once) >= 2, f"{address} shows nothing to turn over"
    one_a_page(monkeypatch)
    assert pages(get, address) == [[row] for row in at_once]
