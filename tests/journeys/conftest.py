"""A real browser on the real product: Chromium by Playwright, a server process, a database of its own per test.

No network but loopback. Where Chromium or Chinese fonts are missing the tests fail and say what to install.
"""

import gzip
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, sync_playwright

from linli.foundation.screens.context import LARGE_COOKIE, THEME_COOKIE
from linli.ground.users.models import User
from tests.conftest import MONDAY, Community, Staff, make_community, make_staff
from tests.served import Site, served

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "screens"
NEEDED = "The browser tests need: apt-get install chromium fonts-noto-cjk fontconfig libatomic1"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PHONE, DESKTOP, WIDE = 375, 1280, 1600
PATIENCE = 60_000  # milliseconds; on a busy machine a page takes its time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing() -> str:
    """What the browser tests lack, empty when nothing."""
    if not shutil.which(os.environ.get("CHROMIUM", "chromium")):
        return "Chromium was not found."
    listing = shutil.which("fc-list")
    if not listing:
        return "fontconfig was not found."
    fonts = subprocess.run([listing, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return "" if fonts.stdout.strip() else "No font with Chinese characters was found."


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    lacking = missing()
    if lacking:
        pytest.fail(f"{lacking} {NEEDED}", pytrace=False)
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright's loop runs in this thread; the fixtures' own queries are synchronous all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        driver = sync_playwright().start()
        path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
    except Error as error:
        pytest.fail(f"Chromium did not start: {error}. {NEEDED}", pytrace=False)
    yield browser
    browser.close()
    driver.stop()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def server() -> Iterator[Site]:
    """One process for all journeys; each turns it to its own database."""
    with served() as site:
        yield site


@pytest.fixture
def site(server: Site, committed_database: str) -> Site:
    """The server on the test's own database, living on MONDAY until :meth:`Site.live_on` says otherwise."""
    server.tell(f"database {committed_database}")
    server.live_on(MONDAY)
    return server


@pytest.fixture
def places(site: Site) -> Community:
    """The areas of tests.conftest, committed."""
    return make_community()


@pytest.fixture
def people(places: Community) -> Staff:
    """The staff of tests.conftest, committed."""
    return make_staff(places)


@dataclass
class Visit:
    """One page in one browser window, and what went wrong in it."""

    page: Page
    site: Site
    faults: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def go(self, path: str) -> Response:
        """Open an address of the product and wait until the page and what belongs to it are there."""
        self.responses.clear()
        response = self.page.goto(self.site.url + path, wait_until="load")
        assert response is not None
        return response

    def become(self, user: User | None) -> None:
        """From the next page on somebody else is logged in here, or nobody: a window more costs a process."""
        if user is None:
            self.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        else:
            self.page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": _session_of(user), "url": self.site.url}]
            )

    def turn(self, width: int, theme: str, large: bool) -> None:
        """Let the page that is open look as it does at a width, in a theme and a size."""
        self.page.set_viewport_size({"width": width, "height": _height(width)})
        self.page.evaluate(
            "([theme, size]) => Object.assign(document.documentElement.dataset, {theme, size})",
            [theme, "large" if large else "normal"],
        )

    def picture(self, name: str) -> Path:
        """Keep a picture of the whole page in var/screens."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def violations(self) -> list[str]:
        """What axe finds on the page as it stands, one line per element."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def squeezed(self) -> list[str]:
        """Buttons in which the words stand one below the other: taller than wide."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('.btn')]"
            ".filter(one => one.offsetHeight > one.offsetWidth && one.innerText.trim().length > 2)"
            ".map(one => one.innerText)"
        )
        return found

    def weight(self) -> int:
        """Bytes of the last page with its styles, scripts and pictures, each compressed as it travels."""
        # A body can be read only while its page is shown, so not as it arrives.
        bodies = {urlsplit(one.url).path: one.body() for one in self.responses if one.status == 200}
        return sum(len(gzip.compress(body)) for body in bodies.values())

    def listen(self) -> None:
        """Note script errors, refused contents, addresses outside the product and how much travels."""
        # Listened to, not held up: a request that is routed by hand never comes from the browser's cache.
        self.page.on("request", lambda request: self._outside(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("response", lambda response: self.responses.append(response))

    def _outside(self, url: str) -> None:
        # The browser reads PDF with a page of its own.
        if not url.startswith((self.site.url, "data:", "blob:", "chrome:", "chrome-extension:")):
            self.faults.append(f"asked for {url}")

    def _note(self, kind: str, text: str) -> None:
        # That a resource was answered 4xx is the business of the test that asks for it.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.faults.append(text)


OpenVisit = Callable[..., Visit]


def _height(width: int) -> int:
    return 812 if width < DESKTOP else 960


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[OpenVisit]:
    """Open a window: ``user`` logged in or nobody, ``width``, ``theme`` light or dark, ``large``, ``language``.

    Without ``scripts`` the browser runs none. At the end no window may have met a script error, refused content,
    or an address outside loopback.
    """
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def run(
        user: User | None = None,
        *,
        width: int = DESKTOP,
        theme: str = "",
        large: bool = False,
        language: str = "zh-CN",
        scripts: bool = True,
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": _height(width)},
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        looks = {LARGE_COOKIE: "large" if large else "normal", THEME_COOKIE: theme}
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in looks.items()])
        context.set_default_timeout(PATIENCE)
        opened = Visit(context.new_page(), site)
        opened.become(user)
        opened.listen()
        visits.append(opened)
        return opened

    yield run
    for context in contexts:
        context.close()
    assert [fault for one in visits for fault in one.faults] == []


def _session_of(user: User) -> str:
    """A session of the person's, committed where the server finds it."""
    client = Client()
    client.force_login(user)
    # The server believes in no factor that is shown in the future: just now it was.
    session = client.session
    session["sure_at"] = timezone.now().isoformat()
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
