"""Uploads: judged by their bytes, kept whole and encrypted."""

import hashlib
import io
import stat
import zlib
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from linli.foundation.files import uploads
from linli.foundation.files.documents import render_pdf
from linli.foundation.files.inspection import UploadActive, UploadBroken, UploadLocked, UploadOversized
from linli.foundation.files.uploads import (
    MAX_BYTES,
    UploadDamaged,
    UploadEmpty,
    UploadKindRefused,
    UploadMismatched,
    UploadMissing,
    UploadTooLarge,
    examine,
    fetch,
    store,
)
from tests.foundation.files.builders import chunk, jpeg, object_stream, pdf, png
from tests.foundation.files.warm import Warm

LETTER = {"title": "通知", "paragraphs": ["您好"], "sender": "社区", "date": "2026年3月9日"}

SPLIT_PNG = (
    b"\x89PNG\r\n\x1a\n",
    png()[8:33],
    chunk(b"IDAT", zlib.compress(b"\0" * 20)[:-4]),
    chunk(b"IEND", b""),
)


def packed_twice(content: bytes) -> bytes:
    """An object stream packed, then written in hexadecimal digits: legal, and unknown to a simple reader."""
    return object_stream(
        content, filters=b"/Filter [/ASCIIHexDecode /FlateDecode]", packed=zlib.compress(content).hex().encode() + b">"
    )


def loose_objects(content: bytes) -> bytes:
    """An object stream that does not say that it is one; readers that ask for its counts alone open it."""
    return object_stream(b"5 0 " + content).replace(b"/Type /ObjStm ", b"")


def locked() -> bytes:
    """Encrypted without a password to open it."""
    paper, target = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.save(target, encryption=pikepdf.Encryption(owner="x", user=""))
    return target.getvalue()


def opening(how: bytes) -> bytes:
    """A paper that says what is shown first."""
    return pdf().replace(b"/Pages 2 0 R >>", b"/Pages 2 0 R /OpenAction " + how + b" >>")


BAD = {
    "empty": (b"", "a.pdf", UploadEmpty),
    "too large": (b"%PDF-1.7" + b" " * MAX_BYTES, "a.pdf", UploadTooLarge),
    "web page": (b"<html><script>1</script></html>", "a.pdf", UploadKindRefused),
    "drawing with script": (b"<svg onload='x'/>", "a.png", UploadKindRefused),
    "moving picture": (b"GIF89a\x01\x00\x01\x00", "a.png", UploadKindRefused),
    "phone picture HEIC": (b"\0\0\0\x18ftypheic", "a.jpg", UploadKindRefused),
    "program": (b"MZ\x90\0", "a.pdf", UploadKindRefused),
    "zip archive": (b"PK\x03\x04", "a.pdf", UploadKindRefused),
    "PDF behind other bytes": (b"MZ" + pdf(), "a.pdf", UploadKindRefused),
    "PNG named PDF": (png(), "a.pdf", UploadMismatched),
    "PDF named JPG": (pdf(), "a.jpg", UploadMismatched),
    "no extension": (pdf(), "pdf", UploadMismatched),
    "double extension": (pdf(), "a.pdf.exe", UploadMismatched),
    "PDF cut off": (pdf()[:-8], "a.pdf", UploadBroken),
    "PDF without version": (pdf().replace(b"%PDF-1.7", b"%PDF-x.y"), "a.pdf", UploadBroken),
    "PDF without table": (pdf().replace(b"startxref", b"start"), "a.pdf", UploadBroken),
    "PDF with script": (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "a.pdf", UploadActive),
    "PDF with script in disguise": (pdf(b"<< /S /J#61va#53cript /JS (1) >>"), "a.pdf", UploadActive),
    "PDF that starts a program": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "a.pdf", UploadActive),
    "PDF with attachment": (pdf(b"<< /Type /EmbeddedFile >>"), "a.pdf", UploadActive),
    "PDF with attachment names": (pdf(b"<</Names<</EmbeddedFiles 5 0 R>>>>"), "a.pdf", UploadActive),
    "PDF with film": (pdf(b"<< /Subtype /RichMedia >>"), "a.pdf", UploadActive),
    "PDF with XFA form": (pdf(b"<< /XFA [] >>"), "a.pdf", UploadActive),
    "PDF that sends data": (pdf(b"<< /S /SubmitForm >>"), "a.pdf", UploadActive),
    "script packed away": (pdf(object_stream(b"3 0 << /S /JavaScript >>")), "a.pdf", UploadActive),
    "script packed in disguise": (pdf(object_stream(b"3 0 << /S /#4aavaScript >>")), "a.pdf", UploadActive),
    "script in an unpacked stream": (
        pdf(object_stream(b"", filters=b"", packed=b"<</S/Launch>>")),
        "a.pdf",
        UploadActive,
    ),
    "object stream that is not packed as it says": (
        pdf(object_stream(b"x", filters=b"/Filter [/ASCIIHexDecode /FlateDecode]")),
        "a.pdf",
        UploadBroken,
    ),
    "script packed twice": (pdf(packed_twice(b"4 0 << /S /JavaScript >>")), "a.pdf", UploadActive),
    "script packed with a predictor": (
        pdf(
            object_stream(
                b"",
                filters=b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 15 >>",
                packed=zlib.compress(b"\0<</S/JavaScript\0>>             "),
            )
        ),
        "a.pdf",
        UploadActive,
    ),
    "script behind a table that is wrong": (
        pdf().replace(b"xref\n0", b"9 0 obj\n" + packed_twice(b"9 0 << /JS (1) >>") + b"\nendobj\nxref\n0"),
        "a.pdf",
        UploadActive,
    ),
    **{
        f"PDF that does something: {name}": (pdf(content), "a.pdf", UploadActive)
        for name, content in {
            "plays a rendition": b"<< /S /Rendition >>",
            "plays a film": b"<< /S /Movie >>",
            "plays a sound": b"<< /S /Sound >>",
            "sends a form": b"<< /S /SubmitForm >>",
            "acts on a page": b"<< /AA << /O 5 0 R >> >>",
            "carries a file by its key": b"<< /EF << /F 5 0 R >> >>",
            "carries a file by a note": b"<< /Subtype /FileAttachment >>",
            "carries associated files": b"<< /AF [] >>",
            "is a portfolio": b"<< /Collection << >> >>",
            "has a model with a program": b"<< /Subtype /3D >>",
            "name with escapes": b"<< /S /L#61#75nch >>",
            "name that ends at NUL": b"<< /S /JavaScript#00 >>",
            "name with NUL in the middle": b"<< /S /Java#00Script >>",
            "name with a bare NUL in the middle": b"<< /S /Java\0Script >>",
            "begins with an action": b"<< /OpenAction << /S /URI /URI (http://a) >> >>",
            "begins with a page and goes on": b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next 3 0 R >> >>",
            "begins with an action elsewhere": b"<< /OpenAction 4 0 R >>",
            "object stream of no kind": loose_objects(b"<< /S /Launch >>"),
            "object stream of no kind that begins": loose_objects(b"<< /AA 7 0 R >>"),
        }.items()
    },
    "PDF with a name that holds NUL": (pdf(b"<< /Kind /Pa#00ge >>"), "a.pdf", UploadBroken),
    "PDF with a packed name that holds NUL": (pdf(object_stream(b"3 0 << /Kind /Pa#00ge >>")), "a.pdf", UploadBroken),
    "PDF that a program locked": (locked(), "a.pdf", UploadLocked),
    "PDF with more objects than a paper has": (pdf(*[b"<<>>"] * 50_001), "a.pdf", UploadBroken),
    "PDF without a page": (pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     "), "a.pdf", UploadBroken),
    "PDF whose pages are their own parents": (pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), "a.pdf", UploadBroken),
    "object stream that is noise": (pdf(object_stream(b"", packed=b"noise")), "a.pdf", UploadBroken),
    "object stream bomb": (pdf(object_stream(b"\0" * (33 << 20))), "a.pdf", UploadBroken),
    "object stream with a hidden kind": (
        pdf(b"/ObjStm", b"<< /Type 4 0 R /Filter /FlateDecode >>\nstream\nxx\nendstream"),
        "a.pdf",
        UploadBroken,
    ),
    "PDF whose end is too far from its end": (pdf().rstrip() + b" " * 1020, "a.pdf", UploadBroken),
    "PDF with password": (pdf(trailer=b"/Encrypt 5 0 R"), "a.pdf", UploadLocked),
    "PNG cut off": (png()[:-12], "a.png", UploadBroken),
    "PNG cut in a chunk": (png()[:-20], "a.png", UploadBroken),
    "PNG with a wrong sum": (png()[:20] + b"\xff" + png()[21:], "a.png", UploadBroken),
    "PNG with something behind": (png() + b"PK\x03\x04", "a.png", UploadBroken),
    "PNG without header": (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "a.png", UploadBroken),
    "PNG with a short header": (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0") + chunk(b"IEND", b""),
        "a.png",
        UploadBroken,
    ),
    "PNG without pixels": (png(pixels=b""), "a.png", UploadBroken),
    "PNG with too many pixels": (png(pixels=b"\0" * 5000), "a.png", UploadBroken),
    "PNG whose pixels are noise": (b"".join([*SPLIT_PNG[:2], chunk(b"IDAT", b"noise")]), "a.png", UploadBroken),
    "PNG whose pixels stop early": (b"".join(SPLIT_PNG), "a.png", UploadBroken),
    "PNG of no width": (png(0, 2, pixels=b""), "a.png", UploadBroken),
    "PNG bomb by size": (png(60_000, 60_000, pixels=b"\0"), "a.png", UploadOversized),
    "PNG bomb by area": (png(19_000, 19_000, pixels=b"\0"), "a.png", UploadOversized),
    "PNG of an unknown interlace": (png(interlace=2), "a.png", UploadBroken),
    "JPEG cut off": (jpeg(end=b""), "a.jpg", UploadBroken),
    "JPEG cut in the picture": (jpeg(end=b"\xff"), "a.jpg", UploadBroken),
    "JPEG without picture": (b"\xff\xd8\xff\xd9", "a.jpg", UploadBroken),
    "JPEG with noise between segments": (b"\xff\xd8\xff\xe0\x00\x02noise", "a.jpg", UploadBroken),
    "JPEG with a lying length": (b"\xff\xd8\xff\xe0\xff\xff\x00", "a.jpg", UploadBroken),
    "JPEG with an impossible length": (b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", "a.jpg", UploadBroken),
    "JPEG with a short frame": (b"\xff\xd8\xff\xc0\x00\x04\x08\x00\xff\xd9", "a.jpg", UploadBroken),
    "JPEG of no height": (jpeg(3, 0), "a.jpg", UploadBroken),
    "JPEG bomb": (jpeg(65_000, 65_000), "a.jpg", UploadOversized),
}


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path: Path) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


class TestExamine:
    @pytest.mark.parametrize("name", BAD)
    def test_refuses(self, name: str):
        data, filename, refusal = BAD[name]

        with pytest.raises(refusal) as caught:
            examine(data, filename=filename, field="paper")

        assert caught.value.field == "paper"

    @pytest.mark.parametrize("name", BAD)
    def test_says_why_in_a_whole_sentence(self, name: str):
        data, filename, refusal = BAD[name]

        with pytest.raises(refusal) as caught:
            examine(data, filename=filename)

        assert "%(" not in str(caught.value)

    @pytest.mark.parametrize(
        ("data", "filename", "kind"),
        [
            (pdf(), "身份证.PDF", "PDF"),
            (pdf(object_stream(b"4 0 << /Type /Page >>")), "a.pdf", "PDF"),
            (pdf(packed_twice(b"4 0 << /Type /Page >>")), "a.pdf", "PDF"),
            # Tables that are wrong by a few bytes are common and mended by every viewer.
            (pdf().replace(b"xref\n0", b"   \nxref\n0"), "a.pdf", "PDF"),
            # The end is looked for in the last 1,024 bytes, where its start is told in the last 2,048.
            (pdf().rstrip() + b" " * 1019, "a.pdf", "PDF"),
            (pdf(b"<< /OpenAction [2 0 R /Fit] /Length 2 >>\nstream\r\n/J\nendstream"), "a.pdf", "PDF"),
            (png(), "a.png", "PNG"),
            # Seven passes of 7, 4, 10, 14, 32, 52 and 84 bytes.
            (png(9, 7, pixels=b"\0" * 203, interlace=1), "a.png", "PNG"),
            (png(2, 1, pixels=b"\0" * 8, interlace=1), "a.png", "PNG"),
            (png(900, 900), "a.png", "PNG"),
            (png(extra=chunk(b"tEXt", b"x")), "a.png", "PNG"),
            (b"\xff\xd8\xff\x01" + jpeg()[2:], "a.jpg", "JPEG"),
            (jpeg(), "a.JPG", "JPEG"),
            (jpeg(end=b"\xff\xff\xd9") + b"second picture of the phone", "a.jpeg", "JPEG"),
        ],
    )
    def test_knows_what_it_is(self, data: bytes, filename: str, kind: str):
        assert examine(data, filename=filename).kind == kind

    @pytest.mark.parametrize("how", [b"[3 0 R /Fit]", b"<< /S /GoTo /D [3 0 R /Fit] >>", b"/first"])
    def test_accepts_a_paper_that_opens_at_a_page(self, how: bytes):
        assert examine(opening(how), filename="a.pdf").kind == "PDF"

    def test_three_letters_in_a_packed_picture_are_no_script(self):
        picture = b"<< /Length 9 >>\nstream\n..../JS (x\nendstream"

        assert examine(pdf(picture), filename="a.pdf").kind == "PDF"

    def test_accepts_our_own_letters(self):
        assert examine(render_pdf("letter.typ", LETTER), filename="a.pdf").media_type == "application/pdf"

    def test_accepts_what_another_program_writes(self, tmp_path: Path):
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.write(tmp_path / "a.pdf")

        assert examine((tmp_path / "a.pdf").read_bytes(), filename="a.pdf").kind == "PDF"

    def test_refuses_an_attachment_another_program_writes(self, tmp_path: Path):
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.add_attachment("a.txt", b"x")
        writer.write(tmp_path / "a.pdf")

        with pytest.raises(UploadActive):
            examine((tmp_path / "a.pdf").read_bytes(), filename="a.pdf")

    def test_gives_hash_and_size(self):
        examined = examine(png(), filename="a.png")

        assert (examined.sha256, examined.size) == (hashlib.sha256(png()).hexdigest(), len(png()))

    @pytest.mark.parametrize("declared", ["", "image/jpeg", "image/JPG; q=1", "application/octet-stream"])
    def test_takes_an_honest_or_absent_declared_type(self, declared: str):
        assert examine(jpeg(), filename="a.jpg", declared_type=declared).kind == "JPEG"

    def test_refuses_a_lying_declared_type(self):
        with pytest.raises(UploadMismatched):
            examine(jpeg(), filename="a.jpg", declared_type="application/pdf")

    def test_shows_no_folders_and_no_control_characters_of_a_name(self):
        with pytest.raises(UploadEmpty) as caught:
            examine(b"", filename="C:\\secret\\a\u202e\x00.pdf")

        assert caught.value.details["filename"] == "a.pdf"

    @given(st.sampled_from([pdf(), png(), jpeg()]), st.integers(0, 400), st.binary(max_size=12))
    def test_damaged_files_pass_or_are_refused_but_never_crash(self, warm: Warm, data: bytes, at: int, noise: bytes):
        damaged = data[:at] + noise + data[at + len(noise) :]
        for filename in ("a.pdf", "a.png", "a.jpg"):
            warm.take(lambda filename=filename: examine(damaged, filename=filename))


class TestStore:
    def test_gives_back_what_was_kept(self):
        assert fetch(store(b"paper")) == b"paper"

    def test_names_a_file_by_its_content(self):
        assert store(b"paper") == hashlib.sha256(b"paper").hexdigest()

    def test_keeps_the_same_content_once(self, uploads_folder: Path):
        store(b"paper")
        store(b"paper")

        assert sum(path.is_file() for path in uploads_folder.rglob("*")) == 1

    def test_keeps_it_for_the_owner_alone(self, uploads_folder: Path):
        key = store(b"paper")

        assert stat.S_IMODE((uploads_folder / key[:2] / key[2:4] / key).stat().st_mode) == 0o600

    def test_keeps_it_encrypted(self, uploads_folder: Path):
        key = store(b"paper of somebody")

        assert b"paper" not in (uploads_folder / key[:2] / key[2:4] / key).read_bytes()

    def test_repairs_a_damaged_copy(self, uploads_folder: Path):
        key = store(b"paper")
        (uploads_folder / key[:2] / key[2:4] / key).write_bytes(b"linli1\nt1\ndamaged")
        store(b"paper")

        assert fetch(key) == b"paper"

    def test_leaves_nothing_half_written(self, uploads_folder: Path, monkeypatch):
        def full(descriptor: int) -> None:
            raise OSError(28, "no space left")

        monkeypatch.setattr(uploads.os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            store(b"paper")

        assert not [path for path in uploads_folder.rglob("*") if path.is_file()]

    def test_opens_what_an_older_key_sealed(self, settings):
        key = store(b"paper")
        settings.KEYS = type(settings.KEYS)("s", settings.KEYS.envelope | {"t2": b"2" * 32}, "t2", b"", b"")

        assert fetch(key) == b"paper"


class TestFetch:
    @pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 64, "0" * 64 + "\n"])
    def test_knows_only_its_own_keys(self, key: str):
        with pytest.raises(UploadMissing):
            fetch(key)

    @pytest.mark.parametrize("content", [b"", b"paper", b"linli1\n", b"linli1\nt1\n" + b"x" * 40, b"linli1\n\xff\nx"])
    def test_refuses_what_is_not_what_was_handed_in(self, uploads_folder: Path, content: bytes):
        key = store(b"paper")
        (uploads_folder / key[:2] / key[2:4] / key).write_bytes(content)

        with pytest.raises(UploadDamaged):
            fetch(key)

    def test_refuses_another_papers_envelope(self, uploads_folder: Path):
        first, second = store(b"first"), store(b"second")
        path = uploads_folder / second[:2] / second[2:4] / second
        path.write_bytes((uploads_folder / first[:2] / first[2:4] / first).read_bytes())

        with pytest.raises(UploadDamaged):
            fetch(second)

    def test_compares_the_content_with_its_key(self, uploads_folder: Path):
        key = hashlib.sha256(b"promised").hexdigest()
        path = uploads_folder / key[:2] / key[2:4] / key
        path.parent.mkdir(parents=True)
        path.write_bytes(b"linli1\nt1\n" + uploads.seal_bytes(b"other", aad=f"upload|{key}", key_id="t1"))

        with pytest.raises(UploadDamaged):
            fetch(key)
