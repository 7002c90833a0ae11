"""The database from one URL: sqlite:///PATH (embedded default) or postgresql://USER:PASSWORD@HOST:PORT/NAME."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# Tried together (see docs/adr): WAL readers never wait; FULL survives power loss; recursive triggers make REPLACE fire
# delete triggers, so that append-only tables cannot be rewritten through it.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
    "PRAGMA cache_size=-65536;"
)


# How many seconds a thread of the server keeps its connection to PostgreSQL, which costs more to open than most pages.
_KEPT = 600


# How a server on another machine shows that it is the one that is meant.
_KNOWN = ("verify-ca", "verify-full")


def _is_here(host: str) -> bool:
    """Whether the server stands on this machine: a socket's folder, the default, or loopback."""
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")


def database_settings(url: str, *, kept: bool = False) -> dict[str, Any]:
    """Django's settings for one database. Raises ValueError for another scheme, or another machine without TLS.

    ``kept``: each thread goes on with its connection from one request to the next, and looks first whether it still
    holds; for a server whose threads last. A file is opened for each request: that costs nothing.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path)[1:],  # sqlite:////absolute, sqlite:///relative
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 90, "init_command": SQLITE_PRAGMAS},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        host = options.pop("host", parts.hostname or "")
        if not _is_here(host) and options.get("sslmode") not in _KNOWN:
            raise ValueError(
                f"LINLI_DATABASE：{host} 是另一台机器，须写明 sslmode=verify-full（或 verify-ca），名册不能明文传送 · "
                f"{host} is another machine: add sslmode=verify-full (or verify-ca), the registry must not cross a "
                "network in the clear"
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.removeprefix("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or options.pop("port", "")),
            "OPTIONS": options,
            **({"CONN_MAX_AGE": _KEPT, "CONN_HEALTH_CHECKS": True} if kept else {}),
        }
    raise ValueError(f"LINLI_DATABASE: unknown scheme {parts.scheme!r}; use sqlite:///PATH or postgresql://…")
