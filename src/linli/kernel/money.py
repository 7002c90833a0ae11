"""Money is an integer of fen (1 yuan = 100 fen); yuan exist only in texts."""

import re
from typing import NewType

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.text import half_width

Fen = NewType("Fen", int)

# Twelve digits of yuan: far above any fund here, far below int64 in fen.
LARGEST_FEN = 999_999_999_999_99
_YUAN = re.compile(r"^(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$")


class MoneyMalformed(DomainError):
    """A text is not an amount in yuan with at most two decimals."""

    code = "money.malformed"
    message = gettext_noop("金额格式不正确：%(text)s。请填写元，最多两位小数，如 1200 或 1,200.50")


def yuan(fen: int) -> str:
    """Fen as yuan with thousands separators and two decimals: 120050 → "1,200.50"."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def yuan_short(fen: int) -> str:
    """Like :func:`yuan`, without decimals when they are zero: 120000 → "1,200"."""
    return yuan(fen).removesuffix(".00")


def parse_yuan(text: str, *, field: str = "") -> Fen:
    """A text in yuan as fen, exactly. Accepts "1200", "1,200.5", "¥1 200.50" with either ¥, full-width digits.

    Raises MoneyMalformed for anything else, more than two decimals and amounts too large to hold.
    """
    plain = re.sub(r"[\s\u00a5\uffe5元]", "", half_width(text))
    match = _YUAN.match(plain)
    if match is None:
        raise MoneyMalformed(field=field, text=text)
    sign, whole, cents = match.groups()
    fen = int(whole.replace(",", "")) * 100 + int((cents or "").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise MoneyMalformed(field=field, text=text)
    return Fen(-fen if sign else fen)


def capital_amount(fen: int) -> str:
    """The amount in capitals for vouchers: 100800000 → "壹佰万零捌仟元整" (支付结算办法 附一)."""
    import cn2an  # reads its grammar for a tenth of a second, which every command would pay

    text: str = cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100), "rmb")
    # A round number of ten-thousands before the thousands is read with 零, which the library leaves out.
    return re.sub(r"([仟佰拾]万)([壹贰叁肆伍陆柒捌玖]仟)", r"\1零\2", text)
