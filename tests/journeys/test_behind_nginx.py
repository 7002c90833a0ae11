"""The recipe of docs/nginx.conf as it stands: nginx with TLS on loopback, ``linli serve`` behind, a browser before."""

import http.client
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.cookies import SimpleCookie
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page

from linli.config.keys import load_keys
from linli.foundation.data.demonstration import declare
from linli.money.payments.models import PaymentBatch
from tests.conftest import make_community, make_staff
from tests.doorway import give_passwords
from tests.ledger.world import PAY_DAY, World, make_world

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs" / "nginx.conf"
NEEDED = "The test behind a proxy needs: apt-get install nginx"
PASSWORD = "a-long-enough-one"
HOST = "127.0.0.1"
PATIENCE = 60
AROUND = """
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include recipe.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back, without its page."""

    status: int
    headers: Message


@dataclass(frozen=True)
class Behind:
    """The product behind its proxy: the ports of HTTP, of TLS and of the server itself, and what is to be paid."""

    plain: int
    tls: int
    server: int
    batch: PaymentBatch

    @property
    def site(self) -> str:
        return f"https://{HOST}:{self.tls}"

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        """By TLS, as a program asks."""
        line = http.client.HTTPSConnection(HOST, self.tls, timeout=PATIENCE, context=unverified())
        return self._answer(line, method, path, headers)

    def ask_plainly(self, port: int, path: str, **headers: str) -> Answer:
        """Without TLS, at one of the ports."""
        return self._answer(http.client.HTTPConnection(HOST, port, timeout=PATIENCE), "GET", path, headers)

    def _answer(self, line: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]) -> Answer:
        with closing(line):
            line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            with line.getresponse() as response:
                response.read()
                return Answer(response.status, response.headers)


def unverified() -> ssl.SSLContext:
    """Our certificate is of our own making."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def nginx() -> str:
    """The program: installed, or unpacked by tools/ensure_proxy.sh."""
    unpacked = ROOT / "build" / "nginx" / "usr" / "sbin" / "nginx"
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not found and not unpacked.exists():
        pytest.fail(f"nginx was not found. {NEEDED}", pytrace=False)
    return found or str(unpacked)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        assert process.poll() is None, f"it ended with {process.returncode}"
        time.sleep(0.2)
    pytest.fail(f"nobody answers at {port}")


def make_certificate(folder: Path) -> None:
    """A certificate of our own making for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def write_recipe(folder: Path, behind: Behind) -> None:
    """The documented file with our host, ports and paths, each of which it must have."""
    text = RECIPE.read_text()
    for said, ours in {
        "listen 80;": f"listen {HOST}:{behind.plain};",
        "listen 443 ssl;": f"listen {HOST}:{behind.tls} ssl;",
        "server_name linli.example.cn;": f"server_name {HOST};",
        "/etc/ssl/linli/": f"{folder}/",
        "http://127.0.0.1:8000;": f"http://{HOST}:{behind.server};",
    }.items():
        assert said in text, said
        text = text.replace(said, ours)
    (folder / "recipe.conf").write_text(text)
    user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(user=user))


def write_keys(folder: Path) -> None:
    """The tests' keys, where the served product looks for its own: it is to read what the test wrote."""
    keys = load_keys(folder / "none", testing=True)
    stored = {
        "secret": "x" * 64,
        "envelope": {key_id: value.hex() for key_id, value in keys.envelope.items()},
        "current": keys.current,
        "blind_index": keys.blind_index.hex(),
        "audit": keys.audit.hex(),
    }
    (folder / "keys.json").write_text(json.dumps(stored))


def approved_batch() -> tuple[World, PaymentBatch]:
    """A demonstration's database in which a month is approved and waits for the third hand."""
    declare()
    places = make_community()
    world = make_world(places, make_staff(places))
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    give_passwords(PASSWORD)
    return world, world.approve(world.propose())


@contextmanager
def running(command: list[str], port: int, **variables: str) -> Iterator[None]:
    """A process that answers at a port meanwhile."""
    process = subprocess.Popen(command, env={**os.environ, **variables})
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@pytest.fixture
def behind(committed_database: str, tmp_path: Path) -> Iterator[Behind]:
    """The product served as the manual says, with a payment that waits for its release."""
    _world, batch = approved_batch()
    found = Behind(free_port(), free_port(), free_port(), batch)
    make_certificate(tmp_path)
    write_recipe(tmp_path, found)
    write_keys(tmp_path)
    variables = {
        "LINLI_DATA": str(tmp_path),
        "LINLI_DATABASE": committed_database,
        "LINLI_DEMO": "1",
        "LINLI_TODAY": PAY_DAY.isoformat(),
        "LINLI_PROXIES": "1",
        "LINLI_PUBLIC": found.site,
        "LINLI_LOG_LEVEL": "WARNING",
    }
    serve = [str(Path(sys.executable).with_name("linli")), "serve", "--port", str(found.server)]
    proxy = [nginx(), "-p", f"{tmp_path}/", "-c", "nginx.conf"]
    with running(serve, found.server, **variables), running(proxy, found.tls):
        yield found


def log_in(page: Page, behind: Behind, username: str) -> None:
    page.goto(f"{behind.site}/log-in/")
    form = page.locator("form", has=page.locator("input[type=password]")).first
    form.locator("[name=username]").fill(username)
    form.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        form.get_by_role("button").first.click()


def test_the_recipe_of_the_manual_carries_a_payment_through_tls(chromium: Browser, behind: Behind) -> None:
    context = chromium.new_context(ignore_https_errors=True, locale="zh-CN")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    try:
        log_in(page, behind, "releaser")
        cookies = {one["name"]: one for one in context.cookies()}
        assert {cookies[name]["secure"] for name in ("__Host-sessionid", "__Host-csrftoken")} == {True}

        page.goto(f"{behind.site}/payments/{behind.batch.number}/")
        page.locator('main [name="layout"]').select_option("RIVER_BANK")
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name="放款并生成银行文件", exact=True).click()
        behind.batch.refresh_from_db()
        assert behind.batch.state == "RELEASED"
    finally:
        context.close()

    the_door_is_shut_to_all_else(behind)


def the_door_is_shut_to_all_else(behind: Behind) -> None:
    """What a browser does not show: where others are led, what is believed of whom."""
    known = behind.ask("GET", "/log-in/")
    assert known.headers["Strict-Transport-Security"] == "max-age=31536000"
    token = SimpleCookie("; ".join(known.headers.get_all("Set-Cookie", [])))["__Host-csrftoken"].value

    def send(**headers: str) -> int:
        said = {"Cookie": f"__Host-csrftoken={token}", "X_CSRFToken": token, "Content_Length": "0", **headers}
        return behind.ask("POST", "/preferences/", **said).status

    # Forms are taken from our own pages, by TLS.
    assert send(Origin=behind.site) == 302
    assert {send(Origin=origin) for origin in ("https://elsewhere.example", f"http://{HOST}:{behind.tls}", "null")} == {
        403
    }
    assert send() == 403
    # Nobody says of themselves where they came from, how, or of which host.
    assert send(Origin=behind.site, X_Forwarded_Proto="http", X_Forwarded_Host="elsewhere.example") == 302
    assert behind.ask("GET", "/log-in/", Host="elsewhere.example").status == 400
    # Without TLS everybody is led to it, at the proxy and at the server itself.
    led = [behind.ask_plainly(port, "/log-in/") for port in (behind.plain, behind.server)]
    assert [one.status for one in led] == [301, 301]
    assert [one.headers["Location"] for one in led] == [f"https://{HOST}/log-in/", f"{behind.site}/log-in/"]
    # Whoever looks after the machine asks the server itself; by the proxy there is no such page.
    for path in ("/health/", "/metrics/"):
        assert (behind.ask("GET", path).status, behind.ask_plainly(behind.server, path).status) == (404, 200)
