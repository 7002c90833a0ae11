"""What a bank's payment file can hold: asked when a name is typed and confirmed, not when everybody's money leaves."""

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.bilingual import Text
from linli.law.policies.engine.bank_layouts import BankLayout


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
