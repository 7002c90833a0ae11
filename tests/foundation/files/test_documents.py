"""PDF documents: Chinese text that can be taken out again, data that is never markup, the same bytes every time."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typst
from django.utils import translation
from pypdf import PdfReader

from linli.foundation.files.documents import render_pdf

LETTER = {
    "title": "受理通知书",
    "number": "邻救受〔2026〕12号",
    "addressee": "李建国：",
    "paragraphs": ["您于2026年3月9日提交的救助申请已受理。"],
    "table": {"columns": ["项目", "金额（元）"], "rows": [["基本救助金", "500.00"]], "numeric": [1]},
    "closing": ["特此通知。"],
    "sender": "幸福社区居民委员会",
    "date": "2026年3月10日",
    "note": "本通知一式两份。",
}
FORM = {
    "title": "救助申请表",
    "number": "A-2026-0012",
    "sections": [
        {
            "title": "一、申请人",
            "note": "必填",
            "fields": [["姓名", "李建国"], ["住址", "幸福路1号", "wide"], ["电话", ""], ["户籍", "本地"], ["民族", ""]],
        },
        {"title": "二、类型", "choices": [{"label": "低收入", "checked": True}, {"label": "残疾人"}]},
        {"title": "三、成员", "table": {"columns": ["姓名", "关系"], "rows": [["王芳", "配偶"]]}},
        {"title": "四、说明", "lines": 3, "known": "老人独居。"},
    ],
    "signatures": [["申请人", "", ""], ["社区工作人员", "张三", "2026年3月9日"]],
    "notes": ["请用黑色笔填写。"],
}
STATEMENT = {
    "title": "资金收支表",
    "subtitle": "2026年3月",
    "number": "F-3",
    "facts": [["社区", "幸福社区"], ["期初余额", "1,000,000.00"]],
    "tables": [
        {
            "title": "按来源",
            "columns": ["来源", "支出"],
            "rows": [["政府资助", "80,000.00"]] * 80,
            "numeric": [1],
            "total": ["合计", "6,400,000.00"],
        }
    ],
    "notes": ["未经审计。"],
    "sender": "幸福社区",
    "date": "2026年4月1日",
    "landscape": True,
}


def text(pdf: bytes) -> str:
    """The file's text without blanks, which Chinese setting puts where it likes."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


class TestLetter:
    @pytest.mark.parametrize(
        "words",
        [
            "受理通知书",
            "编号：邻救受〔2026〕12号",
            "李建国：",
            "您于2026年3月9日提交的救助申请已受理。",
            "基本救助金",
            "500.00",
            "特此通知。",
            "幸福社区居民委员会",
            "（盖章处）",
            "2026年3月10日",
            "本通知一式两份。",
            "第1页，共1页",
        ],
    )
    def test_says(self, words: str):
        assert words in text(render_pdf("letter.typ", LETTER))

    def test_leaves_the_seal_out_when_told(self):
        assert "盖章" not in text(render_pdf("letter.typ", LETTER | {"seal": False}))

    def test_needs_no_more_than_title_sender_and_date(self):
        assert "通知" in text(render_pdf("letter.typ", {"title": "通知", "sender": "社区", "date": "今日"}))

    def test_counts_its_pages(self):
        assert "第2页，共" in text(render_pdf("letter.typ", LETTER | {"paragraphs": ["很长的一段话。" * 40] * 6}))

    def test_gives_the_column_of_long_texts_the_room(self):
        # With three equal columns these reasons need a second page.
        rows = [["孤寡老人", "周岁：76 · 老年人年龄：60 · 有配偶：是 · 有子女或其他赡养人：否", "否"]] * 12
        table = {"columns": ["步骤", "依据", "结果"], "rows": rows}
        pdf = render_pdf("letter.typ", {"title": "决定书", "sender": "", "date": "", "seal": False, "table": table})
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 1

    def test_is_a4(self):
        box = PdfReader(io.BytesIO(render_pdf("letter.typ", LETTER))).pages[0].mediabox

        assert (round(box.width), round(box.height)) == (595, 842)

    def test_prints_markup_as_the_text_it_is(self):
        pdf = render_pdf("letter.typ", LETTER | {"paragraphs": ['#read("/etc/passwd") *a* $1$ \\ "']})

        assert '#read("/etc/passwd")*a*$1$\\"' in text(pdf)

    def test_keeps_its_title_for_readers(self):
        assert PdfReader(io.BytesIO(render_pdf("letter.typ", LETTER))).metadata.title == "受理通知书"


class TestForm:
    @pytest.mark.parametrize(
        "words",
        [
            "救助申请表",
            "李建国",
            "幸福路1号",
            "低收入",
            "王芳",
            "老人独居。",
            "签名：张三",
            "请用黑色笔填写。",
            "年月日",
        ],
    )
    def test_says(self, words: str):
        assert words in text(render_pdf("form_sheet.typ", FORM))

    @pytest.mark.parametrize("lines", range(1, 30))
    def test_nobody_signs_a_page_that_says_nothing(self, lines: int):
        """However long the form, the last section stands on the page of the signatures."""
        last = {"title": "不同意见", "lines": 2}
        long = FORM | {"sections": [{"title": "需求", "lines": lines}, last]}
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf("form_sheet.typ", long))).pages]

        assert all("不同意见" in page for page in pages if "签名" in page)

    def test_blank_and_filled_have_one_layout(self):
        blank = FORM | {"sections": [{"title": "一、申请人", "fields": [["姓名", ""]]}]}
        filled = FORM | {"sections": [{"title": "一、申请人", "fields": [["姓名", "李"]]}]}

        assert text(render_pdf("form_sheet.typ", filled)).replace("李", "", 1) == text(
            render_pdf("form_sheet.typ", blank)
        )


class TestStatement:
    @pytest.mark.parametrize(
        "words",
        ["资金收支表", "2026年3月", "1,000,000.00", "80,000.00", "6,400,000.00", "单位：元", "未经审计。", "幸福社区"],
    )
    def test_says(self, words: str):
        assert words in text(render_pdf("statement_sheet.typ", STATEMENT))

    def test_repeats_the_header_on_every_page(self):
        pages = PdfReader(io.BytesIO(render_pdf("statement_sheet.typ", STATEMENT))).pages

        assert all("来源" in page.extract_text() for page in pages[:-1])

    def test_lies_across_when_told(self):
        page = PdfReader(io.BytesIO(render_pdf("statement_sheet.typ", STATEMENT))).pages[0]

        assert page.mediabox.width > page.mediabox.height


class TestRenderPdf:
    @pytest.mark.parametrize(
        ("template", "data"), [("letter.typ", LETTER), ("form_sheet.typ", FORM), ("statement_sheet.typ", STATEMENT)]
    )
    def test_gives_the_same_bytes_for_the_same_input(self, template: str, data: dict[str, object]):
        first = render_pdf(template, data)
        render_pdf("letter.typ", {"title": "另一封", "sender": "", "date": ""})

        assert render_pdf(template, data) == first

    def test_does_not_depend_on_the_readers_language(self):
        first = render_pdf("letter.typ", LETTER)
        with translation.override("en"):
            assert render_pdf("letter.typ", LETTER) == first

    def test_carries_no_date_of_its_own(self):
        assert PdfReader(io.BytesIO(render_pdf("letter.typ", LETTER))).metadata.creation_date is None

    def test_can_be_asked_from_many_threads(self):
        titles = [f"通知{number}" for number in range(24)]
        with ThreadPoolExecutor(8) as threads:
            pdfs = list(threads.map(lambda title: render_pdf("letter.typ", LETTER | {"title": title}), titles))

        assert [title for title, pdf in zip(titles, pdfs, strict=True) if title not in text(pdf)] == []

    def test_takes_another_rooms_template(self, tmp_path: Path):
        template = tmp_path / "own.typ"
        template.write_text(
            '#import "/foundation/files/templates/letterhead.typ": ground, title-line\n'
            "#let data = json(bytes(sys.inputs.data))\n"
            "#ground(title: data.title)[#title-line(data.title) #str(data.size) #data.on #if data.gone == none [无]]"
        )

        from datetime import date

        pdf = render_pdf(template, {"title": "走访表", "size": 3, "on": date(2026, 3, 9), "gone": None})

        assert text(pdf).startswith("走访表32026-03-09无")

    def test_opens_no_file_outside_the_package(self, tmp_path: Path):
        template = tmp_path / "own.typ"
        template.write_text('#read("../../../../../../etc/passwd")')

        with pytest.raises(typst.TypstError):
            render_pdf(template, {})

    def test_names_the_template_that_does_not_compile(self, tmp_path: Path):
        template = tmp_path / "broken.typ"
        template.write_text("#let x = ")

        with pytest.raises(typst.TypstError) as caught:
            render_pdf(template, {})

        assert "broken.typ" in caught.value.__notes__[0]

    def test_refuses_data_whose_text_could_differ_between_runs(self):
        with pytest.raises(TypeError):
            render_pdf("letter.typ", LETTER | {"amount": 0.1})
