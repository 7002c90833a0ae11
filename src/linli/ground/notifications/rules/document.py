"""A letter's kept content as the data of ``foundation/files/templates/letter.typ``, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.kernel.marks import is_english


@dataclass(frozen=True)
class Words:
    """The fixed words around a letter, in the letter's language."""

    reasons: str  # heading line above the reason chain
    columns: tuple[str, str, str]  # step, what it rests on, answer
    colon: str


# What nobody has entered is seen to be missing, and is filled in by hand.
BLANK = "_" * 16


def office_line(language: str, *offices: Sequence[str]) -> str:
    """Where the office is reached, in zh or en: the first (telephone, address) that is known, else blanks."""
    telephone, address = next((one for one in offices if any(one)), (BLANK, BLANK))
    return (
        f"电话：{telephone}；地址：{address}。" if language == "zh" else f"Telephone: {telephone}. Address: {address}."
    )


def letter_data(
    content: Mapping[str, Any], *, number: str, sender: str, date: str, language: str, words: Words
) -> dict[str, Any]:
    """Title, body and, where the letter gives reasons, the chain as a table; sender with the place of the seal."""
    key = "en" if is_english(language) else "zh"
    text = content[key]
    data: dict[str, Any] = {
        "title": text["title"],
        "number": number,
        "paragraphs": [text["body"]],
        "closing": list(text.get("closing", ())),
        "sender": sender,
        "date": date,
    }
    reasons: Sequence[Mapping[str, Any]] = content.get("reasons") or ()
    if reasons:
        data["paragraphs"] = [text["body"], words.reasons]
        data["table"] = {"columns": list(words.columns), "rows": [reason_row(one, key, words) for one in reasons]}
    return data


def reason_row(reason: Mapping[str, Any], key: str, words: Words) -> list[str]:
    """One step: what was asked, from which facts and article, the answer."""
    facts = [f"{one['label'][key]}{words.colon}{one['value'][key]}" for one in reason["inputs"]]
    basis = " · ".join([*facts, *([reason["article"]] if reason["article"] else [])])
    asked = reason["label"][key] + (f" {reason['member']}" if reason["member"] else "")
    return [asked, basis, reason["value"][key]]
