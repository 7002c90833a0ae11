"""Keyed hashes of the parts of numbers that their masks show, short because they only narrow a search down."""

from linli.foundation.data.crypto import blind_index

_SHORT = 16  # 64 bits: no accidental hits among a billion
_MASKED_AS_MOBILE = 11  # kernel.masking shows both ends of telephones of so many digits and more


def token(purpose: str, text: str) -> str:
    """The keyed hash of a part; empty stays empty."""
    return blind_index(purpose, text)[:_SHORT]


def phone_tokens(phone: str) -> dict[str, str]:
    """Search columns of a telephone number; none of a short one, of which the mask shows two digits."""
    first, last = (phone[:3], phone[-4:]) if len(phone) >= _MASKED_AS_MOBILE else ("", "")
    return {"phone_first3": token("phone_first3", first), "phone_last4": token("phone_last4", last)}
