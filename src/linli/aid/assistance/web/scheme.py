"""Which scheme takes applications today."""

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile

from linli.foundation.files.uploads import examine, store
from linli.foundation.screens.pages import there
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import PackNotInForce, pack_in_force, schemes


def schemes_in_force(on: date) -> list[tuple[str, Pack]]:
    """Every scheme that takes applications on the day."""
    found = []
    for scheme in schemes():
        try:
            found.append((scheme, pack_in_force(scheme, on)))
        except PackNotInForce:
            continue
    return found


def scheme_in_force(on: date, wished: str = "") -> tuple[str, Pack]:
    """The scheme asked for, else the first in force on the day. Raises Http404 when there is none."""
    return there(next((one for one in schemes_in_force(on) if not wished or one[0] == wished), None))


# --- an upload on its way to a paper: judged by its content, kept, and named by its key ------------


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
    seen = examine(content, filename=name, declared_type=upload.content_type or "", field=field, size=upload.size or 0)
    return Kept(store(content), name[-_LONGEST_NAME:], seen.sha256, seen.media_type)
