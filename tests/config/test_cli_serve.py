"""``linli serve``: one server at a port, and nothing left behind when it is told to end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.config import cli_serve
from linli.config.cli_serve import check_free, environment
from tests.config.command_line import ROOT

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


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=10) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def test_told_to_end_it_leaves_nobody_answering(served):
    server, port = served
    assert answers(port)

    server.send_signal(signal.SIGTERM)
    server.wait(timeout=30)

    assert not answers(port)


def test_serves_further_installations_beside_each_with_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], str, str]] = []

    class Child:
        def __init__(self, command: list[str], env: dict[str, str]) -> None:
            started.append((command, env["LINLI_TODAY"], env["LINLI_DATA"]))

        def wait(self) -> int:
            return 0

        def terminate(self) -> None:
            pass

    monkeypatch.setattr(cli_serve, "prepare", lambda: None)
    monkeypatch.setattr(cli_serve, "_tell_first_steps", lambda: None)
    monkeypatch.setattr(cli_serve, "check_free", lambda port: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(subprocess, "Popen", Child)
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
