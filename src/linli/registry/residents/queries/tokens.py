"""Keyed hashes of parts of numbers, short because they only narrow a search down."""

from linli.foundation.data.crypto import blind_index

_SHORT = 16  # 64 bits: no accidental hits among a billion


def token(purpose: str, text: str) -> str:
    """The keyed hash of a part; empty stays empty."""
    return blind_index(purpose, text)[:_SHORT]


def phone_tokens(phone: str) -> dict[str, str]:
    """Search columns of a telephone number."""
    return {
        "phone_first3": token("phone_first3", phone[:3]),
        "phone_first5": token("phone_first5", phone[:5]),
        "phone_first7": token("phone_first7", phone[:7]),
        "phone_last4": token("phone_last4", phone[-4:]),
    }
