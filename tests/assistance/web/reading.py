"""What tests ask of a page."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

KEY = "a" * 32


def text(response: Any) -> str:
    """The page as people read it: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def main(response: Any) -> str:
    """The same, without the frame around it."""
    page = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def errors(response: Any) -> list[str]:
    """The fields that carry an error."""
    return re.findall(r'id="id_([\w-]+)-error"', response.content.decode())


def address(name: str, *args: object, **query: str) -> str:
    """The address of a page."""
    path = reverse(name, args=args)
    return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def do(browser: Client, number: str, code: str, **data: object) -> Any:
    """Send the form of a step, with the version and key that the page would carry."""
    page = browser.get(address("application_deed", number, code)).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    sent: dict[str, object] = {"act_key": uuid4().hex, "version": version.group(1) if version else "", **data}
    return browser.post(address("application_deed", number, code), sent)
