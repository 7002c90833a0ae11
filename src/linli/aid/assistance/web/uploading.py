"""An upload on its way to a paper: judged by its content, kept, and named by its key."""

from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from linli.foundation.files.uploads import examine, store

_LONGEST_NAME = 120


@dataclass(frozen=True)
class Kept:
    """A file that was examined and stored."""

    key: str
    name: str
    sha256: str
    media_type: str


NOTHING = Kept("", "", "", "")


def keep(upload: UploadedFile[bytes], *, field: str = "file") -> Kept:
    """Examine and store. Raises the refusals of ``foundation.files.uploads``, carrying ``field``."""
    content = upload.read()
    name = upload.name or ""
    seen = examine(content, filename=name, declared_type=upload.content_type or "", field=field)
    return Kept(store(content), name[-_LONGEST_NAME:], seen.sha256, seen.media_type)
