"""Behind a reverse proxy with TLS, as docs/operations.md says: forms are taken, and people are told apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from linli.foundation.screens.front import visitor

# What the proxy hands on of a form sent over TLS; the page that it was sent from was asked for the same way.
SENT = """
import django
django.setup()
from django.test import Client
browser = Client(enforce_csrf_checks=True, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
token = browser.get("/progress/").cookies["csrftoken"]
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
    ],
)
def test_a_visitor_is_whom_our_own_proxies_name(settings: LazySettings, proxies: int, told: str, counts: str) -> None:
    settings.PROXIES = proxies

    assert visitor(RequestFactory().get("/", headers={"X-Forwarded-For": told} if told else {})) == counts
