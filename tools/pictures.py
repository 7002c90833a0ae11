"""Take the README's pictures from the demonstration's busy day and its year's end: ``make pictures`` (needs Chromium).

Starts ``linli demo``, logs in with the demo accounts by the log-in page, and keeps what a person would see.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PORT = 8790
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
SIZE = (1280, 860)


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it; ``follow``: the links to take from there, ``later``: at the year's end."""

    name: str
    username: str
    path: str
    follow: tuple[str, ...] = ()
    later: bool = False

    @property
    def site(self) -> str:
        """Where its day is served."""
        return f"http://127.0.0.1:{PORT + self.later}"


_FIRST = "main tbody a"
PICTURES = (
    Picture("work", "wangli", "/work/"),
    Picture(
        "family", "zhoujianguo", "/work/?kind=REVIEW_AWARD", follow=(_FIRST, 'main a[href*="/residents/households/"]')
    ),
    Picture("case", "chenjing", "/cases/?state=OPINION_GIVEN&group=LOW_INCOME", follow=(_FIRST,)),
    Picture("batch", "zhengjie", "/payments/", follow=(_FIRST,)),
    Picture("plan", "zhoujianguo", "/plan/"),
    Picture("actual", "chenjing", "/plan/actual/", later=True),
)


def main() -> int:
    """Serve, take every picture, end the server."""
    server = subprocess.Popen([str(Path(sys.executable).with_name("linli")), "demo", "--port", str(PORT)])
    try:
        wait(server)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for picture in PICTURES:
                take(browser, picture)
            browser.close()
    finally:
        server.terminate()
        server.wait()
    return 0


def take(browser: Browser, picture: Picture) -> None:
    """Log in, go there, keep what the window shows."""
    width, height = SIZE
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{picture.site}/log-in/")
    with page.expect_navigation():
        page.locator(f'form:has(input[name=username][value="{picture.username}"]) button').click()
    page.goto(picture.site + picture.path)
    for link in picture.follow:
        with page.expect_navigation():
            page.locator(link).first.click()
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    sys.stdout.write(f"{picture.name}: {page.title()} ({page.url.removeprefix(picture.site)})\n")
    context.close()


def wait(server: "subprocess.Popen[bytes]", seconds: float = 900) -> None:
    """Until the server answers; the first time it lives both years before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{PICTURES[0].site}/log-in/", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the demonstration did not start")


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
