"""Names as people look for them: whole, given name, pinyin, initials.

A key is the text's UTF-8 in hex: digits and a–f sort alike under every collation, and a prefix of the text is a prefix
of the key, so "starts with" is a range on a plain B-tree, for one and two characters too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from linli.kernel.masking import surname_of
from linli.kernel.text import latin, plain_name

# Characters read otherwise when they are a surname (百家姓 readings).
_SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "任": "ren", "区": "ou", "盖": "ge",
    "朴": "piao", "翟": "zhai", "华": "hua", "覃": "qin", "缪": "miao", "乐": "yue", "员": "yun", "黑": "he",
    "繁": "po", "折": "she", "洗": "xian", "召": "shao", "种": "chong", "秘": "bi", "牟": "mu", "葛": "ge",
    "卜": "bu", "阚": "kan", "薄": "bo", "都": "du", "粘": "nian", "藏": "zang", "乜": "nie", "佴": "nai",
    "祭": "zhai", "么": "yao", "颉": "xie", "贠": "yun", "句": "gou",
    "尉迟": "yuchi", "长孙": "zhangsun", "澹台": "tantai", "单于": "chanyu", "令狐": "linghu", "万俟": "moqi",
}  # fmt: skip
_BETWEEN = re.compile(r"[\s·'’]")
# ü after n and l: as in passports (GB/T 28039), and before e where the two dots were left out.
_UMLAUT = re.compile(r"([nl])(?:yu|u(?=e))")
_MOST_UMLAUTS = 3  # in one text; each doubles what is looked for
_TALLEST_KEY = 190  # bytes; a key column holds twice that
_TALLEST_INITIALS = 80  # a character without a reading is its own initial, three or four bytes


@dataclass(frozen=True)
class NameKeys:
    """The four search keys of a name."""

    name: str
    given: str
    pinyin: str
    initials: str


def key(text: str) -> str:
    """The search key of a text: compact, lower case, hex of UTF-8."""
    return _hex(compact(text), _TALLEST_KEY)


def _hex(text: str, tallest: int) -> str:
    return text.encode()[:tallest].hex()


def compact(text: str) -> str:
    """Without blanks, dots and apostrophes, lower case, ü as v: 阿依古丽·买买提 is found with and without its dot."""
    return latin(_BETWEEN.sub("", plain_name(text)))


def readings(text: str) -> list[str]:
    """What a typed Latin text may mean, itself first: passports write lyu for lü, old books lue for lüe.

    As n and l end and begin other syllables (an-yu, lu-en), what was typed is always looked for too.
    """
    found = [compact(text)]
    for place in list(_UMLAUT.finditer(found[0]))[:_MOST_UMLAUTS]:
        # Every reading so far has the same letters before and behind this place, counted from the end.
        start, end = place.start() - len(found[0]), place.end() - len(found[0])
        found += [f"{one[:start]}{place[1]}v{one[end:] if end else ''}" for one in found]
    return found


@lru_cache(maxsize=20_000)
def name_keys(name: str) -> NameKeys:
    """Keys of a name. The given name is what follows the surname, nothing for a name of one character."""
    plain = compact(name)
    syllables = _syllables(plain)
    given = plain[len(surname_of(plain)) :]
    initials = compact("".join(s[:1] for s in syllables))
    return NameKeys(key(plain), key(given), key("".join(syllables)), _hex(initials, _TALLEST_INITIALS))


def _syllables(plain: str) -> list[str]:
    # Its dictionaries take a fifth of a second, which every command would pay, also one that reads no name.
    from pypinyin import lazy_pinyin

    surname = next((plain[:length] for length in (2, 1) if plain[:length] in _SURNAMES), "")
    rest: list[str] = lazy_pinyin(plain[len(surname) :])
    if not surname:
        return rest
    read = _SURNAMES[surname]
    # A double surname has two initials; its reading is kept whole, so the second is taken from the library.
    second = lazy_pinyin(surname[1:])
    return [read[: -len(second[0])], second[0], *rest] if second and read.endswith(second[0]) else [read, *rest]
