"""Files that are copied whole: each with its digest, for its owner alone, on the disk when it is said to be."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_STEP: Final = 1 << 20


def all_below(source: Path) -> Iterator[tuple[str, Path, bool]]:
    """All below a folder but folders, in order: its place, its path, and whether it is a file. Raises OSError for a
    folder that cannot be read; one that is gone meanwhile, or was never there, holds nothing.
    """
    for folder, folders, names in os.walk(source, onerror=_unless_gone):
        folders.sort()
        links = [one for one in folders if os.path.islink(os.path.join(folder, one))]
        for path in (Path(folder, one) for one in sorted([*links, *names])):
            with contextlib.suppress(FileNotFoundError):
                yield path.relative_to(source).as_posix(), path, stat.S_ISREG(path.lstat().st_mode)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def copy_file(source: Path, target: Path) -> str:
    """Copy a file for its owner alone, with its time; the SHA-256 of what was copied."""
    found = hashlib.sha256()
    with source.open("rb") as read:
        moment = os.stat(read.fileno())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as written:
            for step in _steps(read):
                found.update(step)
                written.write(step)
            written.flush()
            os.fsync(written.fileno())
    os.utime(target, ns=(moment.st_atime_ns, moment.st_mtime_ns))
    return found.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read step by step."""
    found = hashlib.sha256()
    with path.open("rb") as read:
        for step in _steps(read):
            found.update(step)
    return found.hexdigest()


def _steps(read: Any) -> Iterator[bytes]:
    while step := read.read(_STEP):
        yield step


def write_new(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, on the disk when this returns. Raises FileExistsError for one that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """The names in a folder, or a file's content, are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
