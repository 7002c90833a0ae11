"""What somebody handed in goes out again: as what it is, in a box of its own, a paper to be saved and not to be run."""

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from linli.foundation.files.uploads import fetch, media_type_of
from linli.foundation.screens.pages import no_store

# Whatever it is, it must not run in our name.
_BOX: Final = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


def hand_out(key: str, name: str) -> HttpResponse:
    """The file kept under a key. Pictures are shown; everything else is saved, under ``name``.

    Raises UploadMissing, UploadDamaged.
    """
    data = fetch(key)
    kind = media_type_of(data)
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not kind.startswith("image/"), name) or "inline"
    response["Content-Security-Policy"] = _BOX
    response["X-Content-Type-Options"] = "nosniff"
    return no_store(response)
