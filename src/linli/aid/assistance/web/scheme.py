"""Which scheme takes applications today."""

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile

from linli.foundation.files import unsent
from linli.foundation.files.uploads import examine
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
    """A file that was examined."""

    key: str
    name: str
    sha256: str
    media_type: str


NOTHING = Kept("", "", "", "")


class Keeper:
    """Takes the files of one form that somebody sent, about a household or a notice: examined, and set aside for the
    act that records them. As a context it drops them at its end: what the act took it has kept.
    """

    def __init__(self, *, user_id: int, whose: str, on: date) -> None:
        self._user_id, self._whose, self._on = user_id, whose, on
        self._keys: list[str] = []

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(self, *_ended: object) -> None:
        unsent.drop(self._keys, user_id=self._user_id)

    def keep(self, upload: UploadedFile[bytes], *, field: str = "file") -> Kept:
        """Examine and set aside. Raises the refusals of ``foundation.files.uploads`` and UploadQuotaSpent, each with
        ``field``.
        """
        content, name, size = upload.read(), upload.name or "", upload.size or 0
        unsent.check_quota(self._whose, size, self._on, field=field)
        seen = examine(content, filename=name, declared_type=upload.content_type or "", field=field, size=size)
        unsent.set_aside(content, seen.sha256, user_id=self._user_id)
        self._keys.append(seen.sha256)
        return Kept(seen.sha256, name[-_LONGEST_NAME:], seen.sha256, seen.media_type)
