"""The installation's secrets: made on first start, kept beside the data with mode 600, never in the repository."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """``secret`` signs sessions; ``envelope`` (32 bytes by key id) encrypts fields; the other two are HMAC keys."""

    secret: str
    envelope: dict[str, bytes]
    current: str
    blind_index: bytes
    audit: bytes


def load_keys(path: Path, *, testing: bool = False) -> Keys:
    """Read the keys, making them when there are none. In tests they are fixed and never written."""
    if testing:
        return Keys("only-for-tests", {"t1": b"t" * 32}, "t1", b"b" * 32, b"a" * 32)
    if not path.exists():
        _write(path)
    stored = json.loads(path.read_text())
    return Keys(
        stored["secret"],
        {key_id: bytes.fromhex(value) for key_id, value in stored["envelope"].items()},
        stored["current"],
        bytes.fromhex(stored["blind_index"]),
        bytes.fromhex(stored["audit"]),
    )


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {
        "secret": secrets.token_urlsafe(48),
        "envelope": {"k1": secrets.token_hex(32)},
        "current": "k1",
        "blind_index": secrets.token_hex(32),
        "audit": secrets.token_hex(32),
    }
    # Written aside and linked in, so that two processes starting together agree on one file.
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
