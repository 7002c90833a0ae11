"""Uploads: judged by their bytes, kept by their hash, encrypted, outside the web root."""

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import EnvelopeBroken, open_bytes, seal_bytes
from linli.foundation.files.inspection import inspect
from linli.foundation.files.reading.bounds import MAX_BYTES
from linli.kernel.errors import DomainError

_KINDS: Final = {
    "PDF": ("application/pdf", (".pdf",), b"%PDF-"),
    "PNG": ("image/png", (".png",), b"\x89PNG\r\n\x1a\n"),
    "JPEG": ("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
}
# What browsers send when they do not know, and an old name of JPEG.
_UNDECLARED = {"", "application/octet-stream", "binary/octet-stream"}
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
_KEY = re.compile(r"[0-9a-f]{64}")
_MAGIC = b"linli1\n"
# Of a sealed file, what stands before its content, and all of it.
_LONGEST_HEAD: Final = 100
_LONGEST: Final = MAX_BYTES + 2 * _LONGEST_HEAD


class UploadEmpty(DomainError):
    """The file holds nothing."""

    code = "upload.empty"
    message = _("文件「%(filename)s」是空的，请重新选择")


class UploadTooLarge(DomainError):
    """The file is larger than ten megabytes."""

    code = "upload.too_large"
    message = _("文件「%(filename)s」有 %(megabytes)s MB，超过 %(limit)s MB 的上限；请压缩或分成几个文件上传")


class UploadKindRefused(DomainError):
    """The content is neither PDF nor PNG nor JPEG."""

    code = "upload.kind"
    message = _("文件「%(filename)s」的内容不是 PDF、JPG 或 PNG；请另存为 PDF 或拍成 JPG 照片后再上传")


class UploadMismatched(DomainError):
    """Extension or declared type says one thing, the content another."""

    code = "upload.mismatched"
    message = _("文件「%(filename)s」的内容是 %(kind)s，与其扩展名或声明的类型不符；请改正文件名或重新导出")


class UploadMissing(DomainError):
    """No file is kept under this key."""

    code = "upload.missing"
    message = _("找不到该文件，请联系管理员核对备份")


class UploadDamaged(DomainError):
    """What is kept under this key is not what was handed in."""

    code = "upload.damaged"
    message = _("该文件与提交时的内容不一致，已停止打开；请联系管理员从备份恢复")


@dataclass(frozen=True)
class Examined:
    """What a file really is. ``kind`` is PDF, PNG or JPEG; ``size`` in bytes; ``sha256`` of the content."""

    kind: str
    media_type: str
    sha256: str
    size: int


def examine(data: bytes, *, filename: str, declared_type: str = "", field: str = "", size: int = 0) -> Examined:
    """Judge a file by its bytes and have it opened, in a child process, as what it is. ``size``: how many bytes there
    were where ``data`` is only the beginning.

    Raises UploadEmpty, UploadTooLarge, UploadKindRefused, UploadMismatched and, from the inspection, UploadBroken,
    UploadActive, UploadLocked, UploadOversized, ReadingStopped, ReadersBusy; each carries ``field``.
    """
    name = _shown(filename)
    if not data:
        raise UploadEmpty(field=field, filename=name)
    size = max(size, len(data))
    if size > MAX_BYTES:
        megabytes = f"{size / 1024 / 1024:.1f}"
        raise UploadTooLarge(field=field, filename=name, megabytes=megabytes, limit=MAX_BYTES // 1024 // 1024)
    kind = _sniff(data)
    if kind is None:
        raise UploadKindRefused(field=field, filename=name)
    media_type, extensions, _magic = _KINDS[kind]
    declared = declared_type.partition(";")[0].strip().lower()
    declared = _ALIASES.get(declared, declared)
    if not filename.lower().endswith(extensions) or declared not in {media_type, *_UNDECLARED}:
        raise UploadMismatched(field=field, filename=name, kind=kind)
    inspect(kind, data, field=field)
    return Examined(kind, media_type, hashlib.sha256(data).hexdigest(), size)


def store(data: bytes) -> str:
    """Keep a file and return its key, the SHA-256 of its content (64 hex digits).

    Written aside, synced and renamed, so that a crash leaves the whole file or none; storing the same content again
    returns the same key and repairs a damaged copy. Call it before the act that records the key: a file without a
    record is harmless, a record without a file is not.
    """
    key = hashlib.sha256(data).hexdigest()
    with contextlib.suppress(UploadMissing, UploadDamaged):
        if fetch(key) == data:
            return key
    write_sealed(_path(key), data, aad=f"upload|{key}")
    return key


def fetch(key: str) -> bytes:
    """The content kept under a key, decrypted and compared with it. Raises UploadMissing, UploadDamaged."""
    return read_sealed(_path(key), key, aad=f"upload|{key}")


def fault_of(key: str) -> str:
    """What is wrong with the file kept under a key: "missing", "altered", "unreadable", "locked" where its key is not
    ours (any more); empty where it is what was handed in.
    """
    try:
        fetch(key)
    except UploadMissing:
        return "missing"
    except UploadDamaged:
        return "altered" if key_of(_path(key)) in {"", *settings.KEYS.envelope} else "locked"
    except OSError:
        return "unreadable"
    return ""


def key_of(path: Path) -> str:
    """The id of the key that a file was sealed with, as it says itself; empty where it does not."""
    with path.open("rb") as file:
        said = file.read(_LONGEST_HEAD)
    key_id = said.removeprefix(_MAGIC).partition(b"\n")[0] if said.startswith(_MAGIC) else b""
    return key_id.decode("ascii", "replace")


def key_ids() -> set[str]:
    """The ids that the kept files say."""
    kept = (path for path in Path(settings.UPLOADS_DIR).glob("*/*/*") if is_key(path.name))
    return {key_of(path) for path in kept} - {""}


def is_key(text: str) -> bool:
    """Whether it may be the key of a file."""
    return _KEY.fullmatch(text) is not None


def write_sealed(path: Path, data: bytes, *, aad: str) -> None:
    """Put a sealed file in its place: whole or not at all, for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id: str = settings.KEYS.current
    sealed = _MAGIC + key_id.encode() + b"\n" + seal_bytes(data, aad=aad, key_id=key_id)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        _write_synced(aside, sealed)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    for folder in path.parents[:3]:
        _sync_folder(folder)


def read_sealed(path: Path, key: str, *, aad: str) -> bytes:
    """The content of a sealed file, compared with its key. Raises UploadMissing, UploadDamaged."""
    try:
        with path.open("rb") as file:
            sealed = file.read(_LONGEST + 1)
    except FileNotFoundError as error:
        raise UploadMissing from error
    if len(sealed) > _LONGEST:  # whatever lies there, no more of it is held than a file may have
        raise UploadDamaged
    key_id, _newline, body = sealed.removeprefix(_MAGIC).partition(b"\n")
    if not sealed.startswith(_MAGIC):
        raise UploadDamaged
    try:
        data = open_bytes(body, aad=aad, key_id=key_id.decode("ascii", "replace"))
    except EnvelopeBroken as error:
        raise UploadDamaged from error
    if hashlib.sha256(data).hexdigest() != key:
        raise UploadDamaged
    return data


def media_type_of(data: bytes) -> str:
    """What a kept file is, by its bytes; for anything else a file of no kind."""
    kind = _sniff(data)
    return _KINDS[kind][0] if kind else "application/octet-stream"


def _sniff(data: bytes) -> str | None:
    return next((kind for kind, (_type, _ext, magic) in _KINDS.items() if data.startswith(magic)), None)


def _shown(filename: str) -> str:
    """The last part of a name, short and without control characters, fit to be shown in a sentence."""
    last = re.split(r"[\\/]", filename)[-1]
    return "".join(c for c in last if c.isprintable())[:80]


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise UploadMissing
    return Path(settings.UPLOADS_DIR) / key[:2] / key[2:4] / key


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # A rename is durable only when the folder that names the file is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
