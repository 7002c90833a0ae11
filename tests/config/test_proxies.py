"""Behind a reverse proxy with TLS, as docs/operations.md says: forms are taken, and people are told apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from linli.config.front import front_settings
from linli.foundation.screens.front import comes_from_here, network_of, visitor
from linli.foundation.screens.middleware import HopsMiddleware
from tests.config.command_line import ROOT

# What the proxy hands on of a form sent over TLS; the page that it was sent from was asked for the same way.
SENT = """
import django
django.setup()
from django.test import Client
browser = Client(enforce_csrf_checks=True, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
from django.conf import settings
token = browser.get("/progress/").cookies[settings.CSRF_COOKIE_NAME]
answer = browser.post(
    "/i18n/setlang/",
    {"csrfmiddlewaretoken": token.value, "language": "en"},
    headers={"Origin": "https://localhost"},
)
print(answer.status_code, bool(token["secure"]))
"""


@pytest.mark.parametrize(("proxies", "answered"), [("1", "302 True"), ("0", "403 False")])
def test_a_form_sent_by_tls_is_taken_where_a_proxy_stands_in_front(tmp_path: Path, proxies: str, answered: str) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "linli.config.settings",
        "LINLI_DATA": str(tmp_path),
        "LINLI_DATABASE": "sqlite:///:memory:",
        "LINLI_DEBUG": "1",
        "LINLI_LOG_LEVEL": "CRITICAL",
        "LINLI_PROXIES": proxies,
    }
    done = subprocess.run([sys.executable, "-c", SENT], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == answered


@pytest.mark.parametrize(
    ("proxies", "told", "counts"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # what a visitor says of themselves stands before
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        (1, "unknown", "127.0.0.1"),
        (1, "a:b", "127.0.0.1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),  # a proxy that listens for both versions on one socket
        (1, "::FFFF:cb00:7105", "203.0.113.5"),
        (1, "64:ff9b::203.0.113.5", "203.0.113.5"),  # a network of the newer version alone
        (1, "203.0.113.5:4711", "203.0.113.5"),  # a proxy that tells the port
        (1, "[::ffff:203.0.113.5]:4711", "203.0.113.5"),
        (1, "[2001:db8:1:2:aaaa::1]:4711", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2:aaaa::1]", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2::80", "2001:db8:1:2::/64"),
        (1, "fe80::1%eth0", "fe80::/64"),
        *(
            (1, told, "127.0.0.1")
            for told in ("203.0.113.5:", "203.0.113.5:x", "[203.0.113.5]:1", "[unknown]:1", ":80")
        ),
    ],
)
def test_a_visitor_is_whom_our_own_proxies_name(settings: LazySettings, proxies: int, told: str, counts: str) -> None:
    settings.PROXIES = proxies

    assert visitor(RequestFactory().get("/", headers={"X-Forwarded-For": told} if told else {})) == counts


@pytest.mark.parametrize(
    ("place", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2::/64", "2001:db8:1::/48"), ("0.0.0.0", "0.0.0.0")],
)
def test_of_a_line_with_many_addresses_the_network_has_many_lines(place: str, network: str) -> None:
    assert network_of(place) == network


def handed_on(settings: LazySettings, *, proxies: int, peer: str) -> HttpRequest:
    """A request that says of itself that it came by TLS from far away, as the product sees it."""
    settings.PROXIES = proxies
    told = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    request = RequestFactory().get("/", headers=told, REMOTE_ADDR=peer)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    HopsMiddleware(lambda _request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("proxies", "peer", "believed"),
    [
        (1, "127.0.0.1", True),
        (1, "::1", True),
        (1, "::ffff:127.0.0.1", True),
        (0, "127.0.0.1", False),
        (1, "203.0.113.9", False),
        (2, "10.0.0.4", False),
    ],
)
def test_a_proxy_is_believed_where_we_have_one_on_this_machine(
    settings: LazySettings, proxies: int, peer: str, believed: bool
) -> None:
    request = handed_on(settings, proxies=proxies, peer=peer)

    assert (request.is_secure(), "X-Forwarded-For" in request.headers) == (believed, believed)


def test_here_is_who_asks_without_a_proxy_on_this_machine() -> None:
    def asked(peer: str, **headers: str) -> bool:
        return comes_from_here(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))

    assert [asked("127.0.0.1"), asked("::1"), asked("203.0.113.9"), asked("")] == [True, True, False, False]
    assert [asked("::ffff:127.0.0.1"), asked("127.0.0.1:4711")] == [True, True]
    assert [asked("::ffff:203.0.113.9"), asked("64:ff9b::127.0.0.1")] == [False, False]
    assert not asked("127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"})


class TestSettings:
    def test_of_a_public_address(self) -> None:
        found = front_settings(
            {"LINLI_PROXIES": "1", "LINLI_PUBLIC": "https://linli.example.cn:8443/", "LINLI_HOSTS": "a, b"}
        )

        assert found["CSRF_TRUSTED_ORIGINS"] == ["https://linli.example.cn:8443"]
        assert found["SECURE_SSL_HOST"] == "linli.example.cn:8443"
        assert found["ALLOWED_HOSTS"] == ["linli.example.cn", "a", "b", "127.0.0.1", "localhost", "[::1]"]
        assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"], found["SECURE_HSTS_SECONDS"]) == (
            True,
            True,
            365 * 24 * 3600,
        )
        assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")

    def test_of_a_machine_alone(self) -> None:
        assert front_settings({}) == {
            "PROXIES": 0,
            "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
            "CSRF_TRUSTED_ORIGINS": [],
        }

    @pytest.mark.parametrize(
        ("variable", "value"),
        [("LINLI_PROXIES", value) for value in ("yes", "-1", "²", "１", "10", "")]
        + [
            ("LINLI_PUBLIC", value)
            for value in (
                "linli.example.cn",
                "http://linli.example.cn",
                "https://",
                "https://a.cn/linli",
                "https://a.cn?x",
            )
        ],
    )
    def test_that_cannot_be_meant_are_refused_in_words(self, variable: str, value: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=f"{variable}.*·"):
            front_settings({"LINLI_PROXIES": "1", variable: value})

    def test_a_public_address_needs_a_proxy(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="LINLI_PUBLIC needs LINLI_PROXIES"):
            front_settings({"LINLI_PUBLIC": "https://linli.example.cn"})


def test_the_settings_of_the_manual_pass_the_framework_s_check_for_production(tmp_path: Path) -> None:
    # What tests with a browser set for themselves (DJANGO_ALLOW_ASYNC_UNSAFE) is nothing of an installation's.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LINLI_", "DJANGO_"))}
    environment |= {"LINLI_DATA": str(tmp_path), "LINLI_PROXIES": "1", "LINLI_PUBLIC": "https://linli.example.cn"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr
