"""A file on its way to the act that records it: set aside for the one who sent it, kept when the act takes it.

A form that was refused leaves nothing: the form drops what it set aside, and a day drops what a crash left (ADR 0061).
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from datetime import time as moment
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.uploads import UploadMissing, fetch, is_key, read_sealed, store, write_sealed
from linli.foundation.trail.drafts import KEPT_DAYS
from linli.foundation.trail.tries import TriesOfADay
from linli.kernel.act import CHINA_TIME
from linli.kernel.errors import DomainError

# A family's papers are a dozen photographs; so many megabytes and files a day let it try again and again.
MAX_MEGABYTES: Final = 200
MAX_FILES: Final = 200
_kilobytes: Final = TriesOfADay("kilobytes handed in", MAX_MEGABYTES * 1024)
_files: Final = TriesOfADay("files handed in", MAX_FILES)
# A draft that names a file is dropped before the file is.
_KEPT_SECONDS: Final = (KEPT_DAYS + 1) * 24 * 3600


class UploadQuotaSpent(DomainError):
    """A family hands in so many files a day."""

    code = "upload.quota"
    message = _(
        "这户家庭今天提交的文件已达上限（每天最多 %(megabytes)s MB、%(files)s 个），没有保存；"
        "请明天再上传，或把原件带到社区窗口"
    )


def check_quota(whose: str, size: int, on: date, *, field: str = "") -> None:
    """Count a file of so many bytes for whom it is about (``household:7``). Raises UploadQuotaSpent.

    What was refused counts too: reading it cost as much.
    """
    noon = datetime.combine(on, moment(12), CHINA_TIME)
    light = _kilobytes.count(whose, noon, weight=max(1, size // 1024))
    few = _files.count(whose, noon)
    if not (light and few):
        raise UploadQuotaSpent(field=field, megabytes=MAX_MEGABYTES, files=MAX_FILES)


def set_aside(data: bytes, key: str, *, user_id: int) -> None:
    """Keep an examined file for the one who sent it, under its key."""
    write_sealed(_path(key, user_id), data, aad=_aad(key, user_id))


def settle(keys: Iterable[str], *, user_id: int) -> None:
    """Keep for good what the act records, as its last step. Raises UploadMissing for what is neither aside nor kept."""
    for key in filter(None, keys):
        try:
            store(read_sealed(_path(key, user_id), key, aad=_aad(key, user_id)))
        except UploadMissing:
            fetch(key)


def drop(keys: Iterable[str], *, user_id: int) -> None:
    """The act took it or refused it: nothing of it stays aside."""
    for key in filter(None, keys):
        _path(key, user_id).unlink(missing_ok=True)


def touch(keys: Iterable[str], *, user_id: int) -> None:
    """The draft that names them was worked on: they stay as long as it does."""
    for key in filter(None, keys):
        with contextlib.suppress(FileNotFoundError):
            os.utime(_path(key, user_id))


def drop_old(at: datetime) -> None:
    """Throw away what no draft names any more, and what a crash left half written."""
    limit = at.timestamp() - _KEPT_SECONDS
    for path in _all():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _all() -> Iterator[Path]:
    root = Path(settings.UPLOADS_DIR)
    yield from (path for path in (root / "unsent").glob("*/*") if path.is_file())
    yield from root.glob("*/*/*.part")


def _path(key: str, user_id: int) -> Path:
    if not is_key(key):
        raise UploadMissing
    return Path(settings.UPLOADS_DIR) / "unsent" / str(user_id) / key


def _aad(key: str, user_id: int) -> str:
    return f"unsent|{user_id}|{key}"
