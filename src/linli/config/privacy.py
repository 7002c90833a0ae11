"""What the product writes is for the account that runs it alone: the folder of data and every file made in it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def keep_private(data: Path) -> None:
    """From now on this process makes files for its own account alone; what is open to others already is closed.

    Only the folder itself, the database and the keys are looked at: nobody comes to what lies deeper.
    """
    os.umask(0o077)
    data.mkdir(parents=True, exist_ok=True)
    for path, mode in _guarded(data):
        # Of another account's files, on a mounted folder say, the modes are that account's to set.
        with suppress(PermissionError, FileNotFoundError):
            path.chmod(mode)


def _guarded(data: Path) -> Iterator[tuple[Path, int]]:
    yield data, _FOLDER
    for path in (data / "keys.json", *data.glob("*.sqlite3*")):
        yield path, _FILE
