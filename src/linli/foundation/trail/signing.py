"""Seals are signed: with a key of their own, which no other secret of the server can stand in for.

Who holds the database and ``keys.json`` can compute every code of the trail anew, but not sign it. The private key is
read by whoever seals (the worker) and can lie with another account of the machine; everybody checks with the public
keys beside it, one a line: the newest signs, older ones still answer for what they signed.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

_FOR_TESTS = b"s" * 32


def sign(text: str) -> str:
    """The Ed25519 signature of the text, 128 hex digits; the key is made when there is none."""
    return _private().sign(text.encode()).hex()


def own_key() -> str:
    """The public key of what signs now, 64 hex digits; the key is made when there is none."""
    return _public(_private())


def is_signed(text: str, signature: str, by: str = "") -> bool:
    """Whether the signature is one of the public keys' of this installation, or of the key given (64 hex digits)."""
    for key in [by] if by else public_keys():
        with suppress(InvalidSignature, ValueError):
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text.encode())
            return True
    return False


def public_keys() -> list[str]:
    """The public keys, 64 hex digits each, the newest last; none before the first seal."""
    if settings.TESTING:
        return [_public(Ed25519PrivateKey.from_private_bytes(_FOR_TESTS))]
    file = _beside(Path(settings.SEAL_KEY))
    return file.read_text().split() if file.exists() else []


def _private() -> Ed25519PrivateKey:
    if settings.TESTING:
        return Ed25519PrivateKey.from_private_bytes(_FOR_TESTS)
    file = Path(settings.SEAL_KEY)
    if not file.exists():
        _make(file)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text().strip()))
    if _public(key) not in public_keys():
        with _beside(file).open("a") as public:
            public.write(_public(key) + "\n")
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.pub")
