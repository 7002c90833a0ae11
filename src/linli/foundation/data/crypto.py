"""Sensitive fields: AES-256-GCM envelopes and keyed blind indexes.

An envelope is the text ``v1.<key id>.<base64 of nonce and ciphertext>``. Its additional data is
``table|row_key|field``, so that a stolen envelope pasted into another row or column does not open.
"""

import base64
import contextlib
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError

_NONCE = 12


class EnvelopeBroken(DomainError):
    """The envelope was altered, moved to another row, or its key is gone."""

    code = "crypto.broken"
    message = _("加密内容无法打开：内容被改动，或密钥已更换")


def seal(text: str, *, aad: str) -> str:
    """Encrypt a text; the empty text stays empty, so that "not known" needs no key."""
    if not text:
        return ""
    return _pack(settings.KEYS.current, seal_bytes(text.encode(), aad=aad, key_id=settings.KEYS.current))


def open_sealed(envelope: str, *, aad: str) -> str:
    """Decrypt an envelope. Raises EnvelopeBroken when it is not whole or does not belong here."""
    if not envelope:
        return ""
    version, _dot, rest = envelope.partition(".")
    key_id, _dot, body = rest.partition(".")
    if version != "v1":
        raise EnvelopeBroken
    try:
        sealed = base64.b64decode(body, validate=True)
    except ValueError as error:
        raise EnvelopeBroken from error
    return open_bytes(sealed, aad=aad, key_id=key_id).decode()


def seal_bytes(data: bytes, *, aad: str, key_id: str = "") -> bytes:
    """Encrypt bytes as nonce and ciphertext."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(key_id)).encrypt(nonce, data, aad.encode())


def open_bytes(data: bytes, *, aad: str, key_id: str = "") -> bytes:
    """Decrypt what :func:`seal_bytes` made; where nobody wrote down with which key, by the one that fits. Raises
    EnvelopeBroken.
    """
    # The present one first: it sealed all since the last rotation.
    ids = [key_id] if key_id else sorted(settings.KEYS.envelope, key=lambda one: one != settings.KEYS.current)
    for one in ids:
        with contextlib.suppress(InvalidTag, ValueError):
            return AESGCM(_key(one)).decrypt(data[:_NONCE], data[_NONCE:], aad.encode())
    raise EnvelopeBroken


def blind_index(purpose: str, text: str) -> str:
    """Keyed hash (64 hex digits) for exact lookup; ``purpose`` keeps two columns' hashes apart. Empty stays empty."""
    if not text:
        return ""
    return hmac.new(settings.KEYS.blind_index, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def _key(key_id: str) -> bytes:
    try:
        key: bytes = settings.KEYS.envelope[key_id or settings.KEYS.current]
    except KeyError as error:
        raise EnvelopeBroken from error
    return key


def _pack(key_id: str, data: bytes) -> str:
    return f"v1.{key_id}.{base64.b64encode(data).decode()}"
