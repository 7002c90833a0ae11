"""Signs that no font has: named, printed as stated, never a box."""

import io
import re

import pytest
from django.db import IntegrityError, transaction
from pylopdf_fonts_zh_cn import sans_path
from pypdf import PdfReader

from linli.foundation.data.scope import Stamp
from linli.foundation.files.documents import render_pdf
from linli.foundation.files.glyphs import _code_points, unprintable
from linli.foundation.files.print_signs import (
    PrintSign,
    PrintSpellingRefused,
    SignsUnprintable,
    printable,
    state_signs,
    stated_signs,
    unstated,
)
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, at

SHIMING, QI = "\U0002c386", "\U00020bb7"


@act
def state(act: Act, *, shown: dict[str, str]) -> None:
    state_signs(act, shown=shown)
    audit.record(act, where=Stamp(1, 2, 3), subject="signs")


def stating(**shown: str) -> None:
    state(Act(SYSTEM, at(MONDAY)), shown={{"shiming": SHIMING, "qi": QI}[name]: text for name, text in shown.items()})


def letter(name: str) -> bytes:
    data = {
        "title": "受理通知书",
        "number": "WS-1",
        "paragraphs": [f"{name}：您的申请已受理。"],
        "closing": [],
        "sender": "和平街道",
        "date": "2026年3月9日",
    }
    return render_pdf("letter.typ", data)


def words(data: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


class TestUnprintable:
    @pytest.mark.parametrize(
        "text", ["", "Aygul", "王小明", "买买提·艾力", "第一行\r\n第二行\t", "〔王+其〕", "（①—✓）"]
    )
    def test_what_the_fonts_have_is_no_fault(self, text):
        assert unprintable(text) == ""

    def test_each_missing_sign_is_named_once(self):
        assert unprintable(f"李{SHIMING}赵{QI}{SHIMING}") == SHIMING + QI

    def test_reads_what_the_font_says(self):
        points = _code_points(sans_path().read_bytes())

        assert (ord("王") in points, ord(SHIMING) in points, len(points) > 20_000) == (True, False, True)

    def test_a_file_that_is_no_font_is_refused(self):
        with pytest.raises(ValueError, match="cmap"):
            _code_points(b"OTTO" + bytes(40))


@pytest.mark.django_db
class TestPaper:
    def test_a_letter_with_a_missing_sign_is_refused_by_its_sign(self):
        with pytest.raises(SignsUnprintable) as refusal:
            letter(f"李{SHIMING}")

        assert refusal.value.signs == SHIMING

    def test_it_is_printed_as_stated(self):
        stating(shiming="〔王+其〕")

        assert "李〔王+其〕：您的申请已受理" in words(letter(f"李{SHIMING}"))

    def test_every_text_of_the_data_is_spelled_and_the_rest_stays(self):
        stating(shiming="QI")

        data = {"a": [f"李{SHIMING}", 3, {"b": (SHIMING, None, True)}], "c": "王"}
        assert printable(data) == {"a": ["李QI", 3, {"b": ["QI", None, True]}], "c": "王"}

    def test_the_newest_statement_counts(self):
        stating(shiming="QI")
        stating(shiming="〔王+其〕", qi="JI")

        assert ([str(row) for row in stated_signs()], unstated(SHIMING)) == (
            [f"{QI} JI", f"{SHIMING} 〔王+其〕"],
            "",
        )

    @pytest.mark.parametrize("text", ["", QI, "长" * 21])
    def test_what_cannot_stand_for_it_is_refused(self, text):
        with pytest.raises(PrintSpellingRefused):
            stating(shiming=text)

    def test_a_sign_that_is_printed_needs_nothing(self):
        with pytest.raises(PrintSpellingRefused):
            state(Act(SYSTEM, at(MONDAY)), shown={"王": "WANG"})

    def test_what_needs_no_spelling_asks_no_database(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            letter("王小明")


@pytest.mark.django_db
class TestTable:
    def row(self, shown: str = "QI") -> PrintSign:
        return PrintSign.objects.create(sign=QI, shown=shown, stated_by_id=1, stated_at=at(MONDAY))

    def test_a_statement_says_something(self):
        with pytest.raises(IntegrityError, match="print_sign_shown"), transaction.atomic():
            self.row(shown="")

    def test_is_never_altered(self):
        row = self.row()

        with pytest.raises(IntegrityError), transaction.atomic():
            PrintSign.objects.filter(pk=row.pk).update(shown="JI")

    def test_is_never_deleted(self):
        row = self.row()

        with pytest.raises(IntegrityError), transaction.atomic():
            PrintSign.objects.filter(pk=row.pk).delete()
