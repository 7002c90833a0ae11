"""Bank file layouts as data: what each line of the payment file and of the return file holds, and how it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from linli.kernel.bilingual import Text
from linli.kernel.errors import gettext_noop
from linli.law.policies.engine.document import Document, KeyPath, read_document
from linli.law.policies.engine.named import Code
from linli.law.policies.engine.problems import PackError
from linli.law.policies.engine.schema import Choice, Coded, ListOf, Whole
from linli.law.policies.engine.sections import Key, section, table_of

# What a payment file may say of the batch and of each line, and what the bank may say in its answer.
_BOTH = (
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
)
SENT = (*_BOTH, "BANK_NAME", "PURPOSE")
ANSWERED = (*_BOTH, "RESULT_CODE", "RESULT_TEXT")
# Without these an answer cannot be matched with what was sent.
_NEEDED_OF_ANSWER = ("REFERENCE", "AMOUNT", "RESULT_CODE")


class BankLayoutInvalid(PackError):
    """A layout file cannot be used; ``problems`` holds every reason."""

    message = gettext_noop("银行文件格式定义有 %(count)s 处错误")


@section()
class BankColumn:
    """One field of a line; ``width`` counts bytes of the encoding (0: delimited), ``value`` belongs to FIXED, ``shows``
    says how much of an ACCOUNT the bank repeats: the whole number, its last four digits behind asterisks, or alone.
    """

    field: str
    value: str = ""
    width: Annotated[int, Whole(1, 1000)] = 0
    align: Annotated[str, Choice(("LEFT", "RIGHT"))] = "LEFT"
    pad: Annotated[str, Choice((" ", "0"))] = " "
    shows: Annotated[str, Choice(("WHOLE", "MASKED", "LAST_FOUR"))] = "WHOLE"


@section()
class _Sent(BankColumn):
    field: Annotated[str, Choice(SENT)]


@section()
class _Answered(BankColumn):
    field: Annotated[str, Choice(ANSWERED)]


_SentColumns = Annotated[tuple[BankColumn, ...], ListOf(table_of(_Sent))]
_AnsweredColumns = Annotated[tuple[BankColumn, ...], ListOf(table_of(_Answered))]


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


@section()
class BankFile:
    """A file: form DELIMITED (with its delimiter) or FIXED_WIDTH; header and trailer are one line each or empty."""

    form: Annotated[str, Choice(("DELIMITED", "FIXED_WIDTH"))]
    header: tuple[BankColumn, ...]
    lines: tuple[BankColumn, ...]
    trailer: tuple[BankColumn, ...]
    delimiter: str = ""

    def __post_init__(self) -> None:
        if self.form != "DELIMITED":
            object.__setattr__(self, "delimiter", "")


@section(_fits_form)
class PaymentFile(BankFile):
    """What is sent, under its name."""

    header: _SentColumns
    lines: _SentColumns
    trailer: _SentColumns
    file_name: str


@section(key="value")
class ReturnCode:
    """What a result code of the bank means: PAID or RETURNED."""

    value: str
    meaning: Annotated[str, Choice(("PAID", "RETURNED"))]
    label: Text


@section(_fits_form, _can_be_matched)
class ReturnFile(BankFile):
    """What the bank answers, and what its codes mean."""

    header: _AnsweredColumns
    lines: _AnsweredColumns
    trailer: _AnsweredColumns
    codes: Mapping[str, ReturnCode]


@section()
class BankLayout:
    """A bank's two files, ``line_end`` and ``date_form`` as they are written."""

    code: Code
    label: Text
    encoding: Annotated[str, Choice(("GBK", "GB18030", "UTF-8"))]
    line_end: Annotated[str, Coded(("CRLF", "LF"), ("\r\n", "\n"))]
    amount_unit: Annotated[str, Choice(("FEN", "YUAN"))]
    date_form: Annotated[str, Coded(("YYYYMMDD", "YYYY-MM-DD"), ("%Y%m%d", "%Y-%m-%d"))]
    payment: PaymentFile
    returned: Annotated[ReturnFile, Key("return")]

    @property
    def amounts_in_fen(self) -> bool:
        """Whether its files write fen, not yuan."""
        return self.amount_unit == "FEN"


def load_bank_layout(path: Path) -> BankLayout:
    """Read a layout file. Raises BankLayoutInvalid with every problem, its line and cause."""
    document, layout = read_document(path, path.name), table_of(BankLayout)
    if document.readable:
        layout.check(document, (), document.data)
    if document.problems:
        raise BankLayoutInvalid(tuple(sorted(set(document.problems))))
    found: BankLayout = layout.made(document.data)
    return found


# --- what a bank's payment file can hold: asked when a name is typed, not when the money leaves -----


@dataclass(frozen=True)
class Obstacle:
    """Why a bank's file cannot hold a text: ``signs`` outside its encoding or of its own grammar, or more bytes than
    ``width``.
    """

    bank: Text
    encoding: str
    signs: str = ""
    width: int = 0


def obstacle(layouts: Iterable[BankLayout], field: str, text: str) -> Obstacle | None:
    """The first obstacle to a text in a field of the payment lines; which bank pays is decided later, so all count."""
    for layout in layouts:
        for column in layout.payment.lines:
            if column.field == field and (found := _found(layout, column.width, text)) is not None:
                return found
    return None


def _found(layout: BankLayout, width: int, text: str) -> Obstacle | None:
    try:
        size = len(text.encode(layout.encoding))
    except UnicodeEncodeError:
        signs = "".join(dict.fromkeys(sign for sign in text if not _encodes(sign, layout.encoding)))
        return Obstacle(layout.label, layout.encoding, signs=signs)
    delimiter = layout.payment.delimiter
    if delimiter:
        # A line end or the delimiter would begin another field.
        signs = "".join(dict.fromkeys(sign for sign in text if sign in f"{delimiter}\r\n"))
        return Obstacle(layout.label, layout.encoding, signs=signs) if signs else None
    return Obstacle(layout.label, layout.encoding, width=width) if size > width else None


def _encodes(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
