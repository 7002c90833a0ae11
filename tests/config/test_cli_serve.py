"""``linli serve``: one server at a port, and nothing left behind when it is told to end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest
from lxml import html

from linli.config import cli_serve
from linli.config.cli_serve import check_free, environment
from linli.config.keeping import Wanted, keep
from tests.config.command_line import ROOT

# What a volunteer's phone loads at first: the page and everything on it, as it travels.
LIGHTEST = 60 * 1024
PASSWORD = "long-enough-for-a-test"
VOLUNTEER = f"""
import django
django.setup()
from datetime import date, datetime
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import NewArea, add_areas
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign, create_user
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
act = Act(SYSTEM, datetime(2026, 3, 9, 6, tzinfo=CHINA_TIME))
area = add_areas(act, areas=[NewArea("990101", AreaKind.DISTRICT, "清河区")])[0]
user = create_user(act, username="zhaofang", name="赵芳", password="{PASSWORD}")
assign(act, user_id=user.pk, role=Role.VOLUNTEER, area_id=area.pk, valid_from=date(2025, 1, 1))
"""
LINLI = Path(sys.executable).with_name("linli")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator["tuple[subprocess.Popen[bytes], int]"]:
    """The product served from an empty folder, answering."""
    port = free_port()
    variables = {key: value for key, value in os.environ.items() if key != "LINLI_DATABASE"}
    # A folder that somebody made as folders are made, with what an installation before left open to all.
    tmp_path.chmod(0o755)
    (tmp_path / "linli.sqlite3").touch(0o644)
    server = subprocess.Popen(
        [str(LINLI), "serve", "--port", str(port)], env={**variables, "LINLI_DATA": str(tmp_path)}
    )
    until = time.monotonic() + 120
    while not answers(port) and server.poll() is None and time.monotonic() < until:
        time.sleep(0.2)
    yield server, port
    if server.poll() is None:
        server.terminate()
        server.wait()


class Browser:
    """Loads pages with what is on them, and counts the bytes that travel."""

    def __init__(self, port: int) -> None:
        self.site = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, address: str, form: dict[str, str] | None = None, *, packed: bool = False) -> tuple[str, bytes]:
        data = urlencode(form).encode() if form else None
        said = {"Accept-Encoding": "gzip"} if packed else {}
        asked = urllib.request.Request(urljoin(self.site, address), data, {"Referer": self.site, **said})
        with self.opener.open(asked, timeout=30) as response:
            return response.url, response.read()

    def log_in(self, username: str) -> str:
        """The address of the person's first page."""
        address, page = self.get("/log-in/")
        form = dict(html.fromstring(page).xpath("//form[.//input[@name='username']]")[0].form_values())
        return self.get(address, {**form, "username": username, "password": PASSWORD})[0]

    def weights(self, address: str) -> dict[str, int]:
        """The bytes of a page and of everything that it names, as they travel."""
        page = html.fromstring(self.get(address)[1])
        parts = page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src | //img/@src")
        return {part: len(self.get(part, packed=True)[1]) for part in (address, *dict.fromkeys(parts))}


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=10) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def test_what_it_writes_is_for_its_own_account_and_told_to_end_it_leaves_nobody_answering(served, tmp_path: Path):
    server, port = served
    assert answers(port)
    assert {path.name for path in tmp_path.iterdir()} >= {"keys.json", "linli.sqlite3"}
    assert [path for path in (tmp_path, *tmp_path.rglob("*")) if path.stat().st_mode & 0o077] == []

    server.send_signal(signal.SIGTERM)
    server.wait(timeout=30)

    assert not answers(port)


def group_of(leader: int, word: str) -> list[int]:
    """The processes whose command line has the word, below a process or below one of its own; eldest first."""
    below: dict[int, list[int]] = {}
    lines: dict[int, str] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue
        below.setdefault(parent, []).append(int(place.name))
    found, asked = [], sorted(below.get(leader, []))
    while asked:
        found.append(asked.pop(0))
        asked += sorted(below.get(found[-1], []))
    return [one for one in found if word in lines.get(one, "")]


def wait_until(true: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        time.sleep(0.2)
    assert true()


def is_at_work(process: int) -> bool:
    """Whether it is there and has not ended already."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_dies_is_started_again(served) -> None:
    server, port = served
    for word, which in (("granian", 0), ("granian", -1), ("cli work", 0)):
        kill_one_of(server.pid, word, which)
        wait_until(lambda: answers(port))
        assert server.poll() is None


def kill_one_of(leader: int, word: str, which: int) -> None:
    """End a process of a group by its id, and wait until as many are there again, the one that was killed not."""
    before = group_of(leader, word)
    os.kill(before[which], signal.SIGKILL)
    wait_until(lambda: before[which] not in group_of(leader, word))
    wait_until(lambda: len(group_of(leader, word)) == len(before))
    # Who had been started by who died does not go on: two servers at one port would answer in turn.
    assert not [one for one in before if is_at_work(one) and (which == 0 or one == before[which])]


def test_what_cannot_stay_alive_ends_the_whole() -> None:
    begun = time.monotonic()

    assert keep([Wanted("lasts", ["sleep", "600"], {}), Wanted("dies", ["false"], {})]) == 1
    assert time.monotonic() - begun < 60


def test_serves_further_installations_beside_each_with_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Sequence[str], str, str]] = []

    def keep(wanted: Sequence[Wanted]) -> int:
        started.extend((one.command, one.variables["LINLI_TODAY"], one.variables["LINLI_DATA"]) for one in wanted)
        return 0

    monkeypatch.setattr(cli_serve, "prepare", lambda: None)
    monkeypatch.setattr(cli_serve, "_tell_first_steps", lambda: None)
    monkeypatch.setattr(cli_serve, "check_free", lambda port: None)
    monkeypatch.setattr(cli_serve, "keep", keep)
    monkeypatch.setenv("LINLI_TODAY", "2026-06-10")
    monkeypatch.setenv("LINLI_DATA", "here")

    assert cli_serve.run_serve(port=8001, beside={8002: {"LINLI_TODAY": "2026-12-31"}}) == 0
    ports = [command[command.index("--port") + 1] if "--port" in command else command[-1] for command, *_ in started]
    assert list(zip(ports, (day for _command, day, _data in started), strict=True)) == [
        ("8001", "2026-06-10"),
        ("work", "2026-06-10"),
        ("8002", "2026-12-31"),
        ("work", "2026-12-31"),
    ]
    assert {data for *_, data in started} == {"here"}


def test_a_volunteer_s_first_page_is_light(served, tmp_path: Path) -> None:
    _server, port = served
    told = {key: value for key, value in environment().items() if key != "LINLI_DATABASE"}
    told |= {"LINLI_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "linli.config.settings"}
    subprocess.run([sys.executable, "-c", VOLUNTEER], env=told, check=True)
    browser = Browser(port)

    weights = browser.weights(browser.log_in("zhaofang"))

    sys.stdout.write("".join(f"{size:7} {part}\n" for part, size in weights.items()))
    sys.stdout.write(f"{sum(weights.values()):7} bytes of {LIGHTEST}\n")
    assert sum(weights.values()) <= LIGHTEST


def test_a_taken_port_is_refused_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(SystemExit, match=f"{port} 已被占用"):
            check_free(port)


def test_its_children_find_our_sources_first_and_all_else_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("LINLI_DATA", "data")
    told = environment()
    assert (told["PYTHONPATH"].split(os.pathsep), told["LINLI_DATA"]) == ([str(ROOT / "src"), "elsewhere"], "data")

    monkeypatch.delenv("PYTHONPATH")
    assert environment()["PYTHONPATH"] == str(ROOT / "src")
