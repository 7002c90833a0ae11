"""Where people come from: the public address, the proxies in front, and what both mean for Django's settings.

The server itself listens on loopback alone and speaks plain HTTP. TLS ends at a reverse proxy; how one is set up that
fits is in ``docs/nginx.conf``, which the tests start.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# What a machine on this one asks without TLS: it says nothing that a stranger may read (foundation.screens.probes).
PROBES = ("health", "metrics")
_YEAR = 365 * 24 * 3600


def front_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings that follow from ``LINLI_PROXIES``, ``LINLI_PUBLIC`` and ``LINLI_HOSTS``.

    Raises ImproperlyConfigured where they cannot be meant, with a sentence that says what is.
    """
    proxies = _proxies(environment.get("LINLI_PROXIES", "0"))
    public = _public(environment.get("LINLI_PUBLIC", ""), proxies)
    hosts = [host.strip() for host in environment.get("LINLI_HOSTS", "").split(",") if host.strip()]
    host = urlsplit(public).hostname
    settings: dict[str, Any] = {
        "PROXIES": proxies,
        "ALLOWED_HOSTS": [*dict.fromkeys([*([host] if host else []), *hosts, *LOOPBACK])],
        "CSRF_TRUSTED_ORIGINS": [public] if public else [],
    }
    return settings | (_by_tls(public) if proxies else {})


def _by_tls(public: str) -> dict[str, Any]:
    """People come by TLS alone: nothing that proves who they are leaves it, and browsers remember that for a year."""
    return {
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        # Browsers take a cookie of such a name from this host alone, by TLS, for all of it (RFC 6265bis).
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": _YEAR,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_SSL_HOST": urlsplit(public).netloc or None,
        "SECURE_REDIRECT_EXEMPT": [rf"^{probe}/$" for probe in PROBES],
    }


def _proxies(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) == 1):
        raise ImproperlyConfigured(
            f"LINLI_PROXIES={said!r}：应为前面反向代理的层数，0 至 9 · "
            "must be how many reverse proxies stand in front, 0 to 9"
        )
    return int(said)


def _public(said: str, proxies: int) -> str:
    parts = urlsplit(said.rstrip("/"))
    if said and (parts.scheme != "https" or not parts.hostname or parts.geturl() != f"https://{parts.netloc}"):
        raise ImproperlyConfigured(
            f"LINLI_PUBLIC={said!r}：应为 https://主机名，不带路径 · must be https://HOST, without a path"
        )
    if said and not proxies:
        raise ImproperlyConfigured(
            "设了 LINLI_PUBLIC 就要设 LINLI_PROXIES：TLS 在反向代理处终止 · "
            "LINLI_PUBLIC needs LINLI_PROXIES: TLS ends at a proxy"
        )
    return parts.geturl()
