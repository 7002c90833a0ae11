"""Signs that look right and are not: full-width digits, Chinese quotes, marks at the start, other encodings."""

import unicodedata
from collections.abc import Iterator, Mapping

from linli.law.policies.engine.problems import PackProblem, problem

BYTE_ORDER_MARK = "\ufeff"
# What people type with a Chinese keyboard where the format wants another sign.
_QUOTES = dict.fromkeys("“”„‟「」『』＂", '"') | dict.fromkeys("‘’‚‛＇", "'")
_MARKS = {"。": ".", "、": ",", "【": "[", "】": "]", "—": "-", "–": "-", "\u2212": "-", "・": ".", "·": "."}
_PLAIN: Mapping[str, str] = {**_QUOTES, **_MARKS}
# The first bytes by which other encodings are known.
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def undecodable(file: str, raw: bytes, at: int) -> PackProblem:
    """The problem of a file that is not UTF-8: what it seems to be, at the first line that cannot be read."""
    line = raw.count(b"\n", 0, at) + 1
    if raw.startswith(_UTF16):
        return problem(file, 1, "other_encoding", encoding="UTF-16")
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return problem(file, line, "not_utf8")
    return problem(file, line, "other_encoding", encoding="GBK (ANSI)")


def spelled_wrong(file: str, text: str, line: int) -> PackProblem | None:
    """The wrong sign behind a syntax error, looked for on its line and then on the one before."""
    if text.startswith(BYTE_ORDER_MARK):
        return problem(file, 1, "byte_order_mark")
    lines = text.split("\n")
    for number in (line, line - 1):
        if 1 <= number <= len(lines):
            for sign, plain in _wrong_signs(lines[number - 1]):
                name = f"U+{ord(sign):04X}"
                if plain == " ":
                    return problem(file, number, "wrong_blank", name=name)
                return problem(file, number, "wrong_sign", sign=sign, name=name, plain=plain)
    return None


def _wrong_signs(line: str) -> Iterator[tuple[str, str]]:
    """Signs outside of texts and comments that have a plain form, each with it; in a text that does not end, quotes."""
    quote = ""
    within: list[str] = []
    for position, sign in enumerate(line):
        if quote:
            within.append(sign)
            if sign == quote and line[position - 1] != "\\":
                quote, within = "", []
        elif sign in "\"'":
            quote = sign
        elif sign == "#":
            return
        elif not sign.isascii():
            plain = _plain(sign)
            if plain is not None:
                yield sign, plain
    yield from ((sign, _QUOTES[sign]) for sign in within if sign in _QUOTES)


def _plain(sign: str) -> str | None:
    if sign in _PLAIN:
        return _PLAIN[sign]
    if sign.isspace() or unicodedata.category(sign) == "Cf":
        return " "
    plain = unicodedata.normalize("NFKC", sign)
    return plain if plain.isascii() and len(plain) == 1 else None
