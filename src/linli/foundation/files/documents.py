"""PDF documents: a Typst template and data, set with the packaged Chinese fonts; same input, same bytes."""

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast

import typst
from django.utils import translation
from django.utils.translation import get_language, gettext
from pylopdf_fonts_zh_cn import sans_path

from linli.foundation.files.print_signs import printable
from linli.kernel.canonical import canonical_json
from linli.kernel.money import yuan

# Templates may import and read inside the package and nowhere else.
_ROOT: Final = Path(__file__).resolve().parents[2]
_OWN: Final = Path(__file__).resolve().parent / "templates"
# The compiler keeps one world (fonts, sources, inputs): two threads must not change it at once. 3 ms a letter.
_ONE_AT_A_TIME = threading.Lock()


def render_pdf(template: str | Path, data: Mapping[str, object], *, language: str = "zh-hans") -> bytes:
    """Set a document and return the PDF.

    ``template`` is the name of a file in this room's ``templates/`` or the path of another room's ``.typ`` file, which
    imports ours as ``/foundation/files/templates/letterhead.typ``. ``data`` (texts, integers, booleans, dates, lists
    and mappings of these) reaches the template as JSON in ``sys.inputs.data``: it is printed, never interpreted.
    Money goes in as text, since the template does not count. ``language`` chooses the fixed words (page, seal place).

    Signs that the fonts lack are printed as an office has stated; without a statement the document is refused, so that
    no box is ever printed.

    Bytes depend on template, data, language and these statements alone: no clock, no active language. Raises
    SignsUnprintable, TypeError for data without
    a canonical form (floats, sets) and typst.TypstError for a template that does not compile.
    """
    path = _OWN / template if isinstance(template, str) else template
    source = path.read_bytes()
    inputs = {"data": canonical_json(printable(data)), "words": json.dumps(_words(language), ensure_ascii=False)}
    with _ONE_AT_A_TIME:
        try:
            return cast("bytes", _compiler().compile(input=source, format="pdf", sys_inputs=inputs, timestamp=0))
        except typst.TypstError as error:
            error.add_note(f"in {path.name}: {error.diagnostic}")
            raise


def render_sheet(
    title: str,
    number: str,
    sender: str,
    day: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[Mapping[str, object]],
    notes: Sequence[str] = (),
) -> bytes:
    """A sheet with figures to sign, in the reader's language: facts, tables (:func:`sheet_table`), notes."""
    fixed: dict[str, object] = {"title": title, "subtitle": sender, "number": number, "sender": sender, "date": day}
    data = fixed | {"facts": [list(fact) for fact in facts], "tables": list(tables), "notes": list(notes)}
    return render_pdf("statement_sheet.typ", data, language=get_language() or "zh-hans")


def sheet_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str | int]], numeric: Sequence[int]
) -> dict[str, object]:
    """A table of a sheet with its sums: whole numbers are fen, those of ``numeric`` stand to the right."""
    sums = [sum(value for value in values if isinstance(value, int)) for values in zip(*rows, strict=True)]
    fen = {at for row in rows for at, value in enumerate(row) if isinstance(value, int)}
    total = [yuan(sums[at]) if at in fen else "" for at in range(1, len(columns))]
    return {
        "title": title,
        "columns": list(columns),
        "rows": [[yuan(value) if isinstance(value, int) else value for value in row] for row in rows],
        "numeric": list(numeric),
        "total": [gettext("合计"), *total],
    }


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(_ROOT), font_paths=[str(sans_path().parent)], ignore_system_fonts=True)


@cache
def _words(language: str) -> Mapping[str, str]:
    """The fixed words of all documents; ``{n}``-like places are filled by the template."""
    with translation.override(language):
        return {
            "lang": language.partition("-")[0],
            "page": gettext("第 {page} 页，共 {pages} 页"),
            "number": gettext("编号"),
            "colon": gettext("："),
            "seal": gettext("（盖章处）"),
            "signature": gettext("签名"),
            "date": gettext("日期"),
            "blank_date": gettext("      年    月    日"),
            "total": gettext("合计"),
            "unit": gettext("单位：元"),
            "office_use": gettext("以下由工作人员填写"),
            "yes": gettext("是"),
            "no": gettext("否"),
        }
