"""Files on their way in: no more is kept than may be read, and nothing on a disk."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from linli.foundation.files.reading.bounds import MAX_BYTES
from linli.foundation.files.receiving import (
    MAX_OF_STRANGERS,
    MAX_REQUEST,
    BoundedUploadHandler,
    RequestTooLarge,
    check_length,
)


@contextmanager
def received(data: bytes):
    """The file as a view is given it."""
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("名单.xlsx", data, "text/csv")})
    yield request.FILES["file"]
    request.close()


class TestBoundedUploadHandler:
    def test_is_the_only_one(self):
        assert [f"{BoundedUploadHandler.__module__}.BoundedUploadHandler"] == settings.FILE_UPLOAD_HANDLERS

    @pytest.mark.parametrize("size", [0, 5, MAX_BYTES, MAX_BYTES + 1])
    def test_gives_a_file_as_it_came(self, size: int):
        with received(b"x" * size) as file:
            assert (file.name, file.size, file.read() == b"x" * size) == ("名单.xlsx", size, True)

    def test_keeps_one_byte_more_than_may_be_read_and_counts_the_rest(self):
        with received(b"x" * (MAX_BYTES + 5_000_000)) as file:
            assert (file.size, len(file.read())) == (MAX_BYTES + 5_000_000, MAX_BYTES + 1)

    def test_writes_nothing_to_a_disk(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        with received(b"x" * 4_000_000) as file:
            assert file.size == 4_000_000

    def test_is_closed_with_its_request(self):
        with received(b"x") as file:
            assert not file.closed
        assert file.closed


class TestCheckLength:
    @pytest.mark.parametrize(("known", "limit"), [(True, MAX_REQUEST), (False, MAX_OF_STRANGERS)])
    def test_refuses_one_byte_more(self, known: bool, limit: int):
        check_length(limit, known=known)
        with pytest.raises(RequestTooLarge) as caught:
            check_length(limit + 1, known=known)
        assert f"{limit // 1024 // 1024} MB" in str(caught.value)

    def test_the_proxy_of_the_manual_lets_as_much_through(self):
        manual = (Path(__file__).parents[3] / "docs" / "nginx.conf").read_text()
        assert f"client_max_body_size {MAX_REQUEST // 1024 // 1024}m;" in manual
