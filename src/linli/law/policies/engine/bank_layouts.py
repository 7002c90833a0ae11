"""Bank file layouts as data: what each line of the payment file and of the return file holds, and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linli.kernel.bilingual import Text
from linli.kernel.errors import gettext_noop
from linli.law.policies.engine.document import Document, read_document
from linli.law.policies.engine.lines import KeyPath
from linli.law.policies.engine.problems import PackError
from linli.law.policies.engine.schema import CODE, LABEL, TEXT, Choice, Label, ListOf, Table, Tables, Whole

# What a payment file may say of the batch and of each line, and what the bank may say in its answer.
SENT = (
    "FIXED",
    "BATCH_NUMBER",
    "DATE",
    "COUNT",
    "TOTAL",
    "LINE_NUMBER",
    "REFERENCE",
    "ACCOUNT",
    "PAYEE_NAME",
    "BANK_NAME",
    "AMOUNT",
    "PURPOSE",
)
ANSWERED = (
    "FIXED",
    "BATCH_NUMBER",
    "DATE",
    "COUNT",
    "TOTAL",
    "LINE_NUMBER",
    "REFERENCE",
    "ACCOUNT",
    "PAYEE_NAME",
    "AMOUNT",
    "RESULT_CODE",
    "RESULT_TEXT",
)
# Without these an answer cannot be matched with what was sent.
_NEEDED_OF_ANSWER = ("REFERENCE", "AMOUNT", "RESULT_CODE")


class BankLayoutInvalid(PackError):
    """A layout file cannot be used; ``problems`` holds every reason."""

    code = "policies.bank_layout_invalid"
    message = gettext_noop("银行文件格式定义有 %(count)s 处错误")


@dataclass(frozen=True)
class BankColumn:
    """One field of a line; ``width`` counts bytes of the encoding (0: delimited), ``value`` belongs to FIXED."""

    field: str
    value: str = ""
    width: int = 0
    align: str = "LEFT"
    pad: str = " "


@dataclass(frozen=True)
class BankFile:
    """A file: form DELIMITED (with its delimiter) or FIXED_WIDTH; header and trailer are one line each or empty."""

    form: str
    delimiter: str
    file_name: str
    header: tuple[BankColumn, ...]
    lines: tuple[BankColumn, ...]
    trailer: tuple[BankColumn, ...]


@dataclass(frozen=True)
class ReturnCode:
    """What a result code of the bank means: PAID or RETURNED."""

    value: str
    meaning: str
    label: Text


@dataclass(frozen=True)
class BankLayout:
    """A bank's two files. encoding GBK, GB18030 or UTF-8, line_end CRLF or LF, amount_unit FEN or YUAN."""

    code: str
    label: Text
    encoding: str
    line_end: str
    amount_unit: str
    date_form: str
    payment: BankFile
    returned: BankFile
    codes: Mapping[str, ReturnCode]


def load_bank_layout(path: Path) -> BankLayout:
    """Read a layout file. Raises BankLayoutInvalid with every problem, its line and cause."""
    document = read_document(path, path.name)
    if document.readable:
        _LAYOUT.check(document, (), document.data)
    if document.problems:
        raise BankLayoutInvalid(tuple(sorted(set(document.problems))))
    raw = document.data
    codes = [ReturnCode(c["value"], c["meaning"], Text(**c["label"])) for c in raw["return"]["codes"]]
    return BankLayout(
        code=raw["code"],
        label=Text(**raw["label"]),
        encoding=raw["encoding"],
        line_end=raw["line_end"],
        amount_unit=raw["amount_unit"],
        date_form=raw["date_form"],
        payment=_file(raw["payment"]),
        returned=_file(raw["return"]),
        codes={code.value: code for code in codes},
    )


def _file(raw: Mapping[str, Any]) -> BankFile:
    header, lines, trailer = (tuple(BankColumn(**c) for c in raw[part]) for part in ("header", "lines", "trailer"))
    delimiter = raw["delimiter"] if raw["form"] == "DELIMITED" else ""
    return BankFile(raw["form"], delimiter, raw.get("file_name", ""), header, lines, trailer)


def _fits_form(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """A delimited file has a delimiter, a fixed one a width for every column; both have lines."""
    if not value["lines"]:
        doc.report((*path, "lines"), "missing_key", key="field")
    if value["form"] == "DELIMITED":
        if "delimiter" not in value:
            doc.report(path, "missing_key", key="delimiter")
        return
    for part in ("header", "lines", "trailer"):
        for number, column in enumerate(value[part]):
            if "width" not in column:
                doc.report((*path, part, number), "missing_key", key="width")


def _can_be_matched(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """Each line of an answer says which payment it means, how much, and what became of it."""
    there = {column["field"] for column in value["lines"]}
    for name in _NEEDED_OF_ANSWER:
        if name not in there:
            doc.report((*path, "lines"), "missing_key", key=name)


def _parts(fields: tuple[str, ...]) -> dict[str, Any]:
    columns = ListOf(
        Table(
            {"field": Choice(fields)},
            {"value": TEXT, "width": Whole(1, 1000), "align": Choice(("LEFT", "RIGHT")), "pad": Choice((" ", "0"))},
        )
    )
    return {
        "form": Choice(("DELIMITED", "FIXED_WIDTH")),
        "header": columns,
        "lines": columns,
        "trailer": columns,
    }


_LAYOUT = Table(
    {
        "code": CODE,
        "label": LABEL,
        "encoding": Choice(("GBK", "GB18030", "UTF-8")),
        "line_end": Choice(("CRLF", "LF")),
        "amount_unit": Choice(("FEN", "YUAN")),
        "date_form": Choice(("YYYYMMDD", "YYYY-MM-DD")),
        "payment": Table({**_parts(SENT), "file_name": TEXT}, {"delimiter": TEXT}, [_fits_form]),
        "return": Table(
            {
                **_parts(ANSWERED),
                "codes": Tables(
                    Table({"value": TEXT, "meaning": Choice(("PAID", "RETURNED")), "label": Label()}), key="value"
                ),
            },
            {"delimiter": TEXT},
            [_fits_form, _can_be_matched],
        ),
    }
)
