"""Files on their way in: bounded as they arrive, in memory that has no name, never on a disk in the clear."""

import os
import tempfile
from typing import IO, Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.reading.bounds import MAX_BYTES
from linli.kernel.errors import DomainError

_MEGABYTE: Final = 1024 * 1024
# A case's papers as photographs, handed in at once; who is not logged in hands in no file.
MAX_REQUEST: Final = 64 * _MEGABYTE
MAX_OF_STRANGERS: Final = _MEGABYTE


class RequestTooLarge(DomainError):
    """All files of a form together are more than is taken at once."""

    code = "upload.request"
    message = _("一次提交的内容有 %(megabytes)s MB，超过 %(limit)s MB 的上限，没有保存任何内容；请分几次提交")


def check_length(length: int, *, known: bool) -> None:
    """Refuse a request by the length that it announces, before a byte of it is read. ``known``: of somebody logged in.

    Raises RequestTooLarge. A server reads no more than what is announced.
    """
    limit = MAX_REQUEST if known else MAX_OF_STRANGERS
    if length > limit:
        raise RequestTooLarge(megabytes=-(-length // _MEGABYTE), limit=limit // _MEGABYTE)


def memory_file() -> IO[bytes]:
    """A nameless file that never touches a disk: uploads hold people's data. Its size is limited as a file's is."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("linli"), "w+b")
    return tempfile.TemporaryFile()


class BoundedUploadHandler(FileUploadHandler):
    """Keeps of each file as much as anybody may read, and one byte more, which tells that there was too much.

    ``size`` says how much there was.
    """

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self.file = memory_file()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The next bytes."""
        room = MAX_BYTES + 1 - start
        if room > 0:
            self.file.write(raw_data[:room])
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """The file, from its beginning."""
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """The sender is gone."""
        if hasattr(self, "file"):
            self.file.close()
