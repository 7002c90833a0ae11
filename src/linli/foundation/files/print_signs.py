"""How a sign that no font has is written on paper: an office states it once, and every document follows.

Names stay as the register writes them; 李𬎆 is 李〔王+其〕 in a letter when somebody has stated so.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.foundation.data import triggers
from linli.foundation.files.glyphs import unprintable
from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

LONGEST = 20


class SignsUnprintable(DomainError):
    """A document holds signs that no font has, and nobody has stated how they are written."""

    code = "files.signs_unprintable"
    message = _(
        "打印字库中没有「%(signs)s」，印出来会是方框。请先在「居民」的「打印写法」页面填写该字在文书上怎样写"
        "（如〔王+其〕或拼音），再打印"
    )


class PrintSpellingRefused(DomainError):
    """What is to stand for a sign cannot be printed itself, is empty or too long, or the sign needs nothing."""

    code = "files.print_spelling_refused"
    message = _("「%(sign)s」的打印写法须为能打印的文字，最多 %(limit)s 字，如〔王+其〕或拼音")


class PrintSign(models.Model):
    """A sign and what is printed for it. Append-only: the newest statement counts."""

    sign = models.CharField(max_length=4)
    shown = models.CharField(max_length=LONGEST)
    stated_by_id = models.PositiveBigIntegerField()  # users stand above: a plain id
    stated_at = models.DateTimeField()

    class Meta:
        app_label = "foundation"
        indexes = [models.Index(fields=["sign", "-id"], name="print_sign")]
        constraints = [models.CheckConstraint(condition=~models.Q(shown=""), name="print_sign_shown")]

    def __str__(self) -> str:
        return f"{self.sign} {self.shown}"


def stated_signs() -> list[PrintSign]:
    """The statement in force of every sign, newest first."""
    newest: dict[str, PrintSign] = {}
    for row in PrintSign.objects.order_by("-pk"):
        newest.setdefault(row.sign, row)
    return list(newest.values())


def unstated(text: str) -> str:
    """The signs of a text that cannot be printed and that nobody has stated a way for."""
    signs = unprintable(text)
    return "".join(sign for sign in signs if sign not in _stated(signs)) if signs else ""


def print_spelling(text: str) -> str:
    """A text as paper shows it; itself when every sign is in the fonts. Raises SignsUnprintable."""
    return cast("str", printable(text))


def printable(data: object) -> object:
    """A document's data with every text as paper shows it. Raises SignsUnprintable, with all signs at once."""
    signs = "".join(dict.fromkeys(sign for text in _texts(data) for sign in unprintable(text)))
    if not signs:
        return data
    shown = _stated(signs)
    missing = "".join(sign for sign in signs if sign not in shown)
    if missing:
        raise SignsUnprintable(signs=missing)
    return _spelled(data, shown)


@within_act
def state_signs(act: Act, *, shown: Mapping[str, str]) -> None:
    """State how signs are written on paper, within an act that writes its own audit entry.

    Raises PrintSpellingRefused.
    """
    for sign, text in shown.items():
        check_spelling(sign, text)
    PrintSign.objects.bulk_create(
        [PrintSign(sign=sign, shown=text, stated_by_id=act.by.pk, stated_at=act.at) for sign, text in shown.items()]
    )


def check_spelling(sign: str, text: str) -> None:
    """Raises PrintSpellingRefused."""
    if unprintable(sign) != sign or not text or len(text) > LONGEST or unprintable(text):
        raise PrintSpellingRefused(field="print_as", sign=sign, limit=LONGEST)


def _stated(signs: str) -> dict[str, str]:
    rows = PrintSign.objects.filter(sign__in=list(signs)).order_by("pk")
    return dict(rows.values_list("sign", "shown"))


def _texts(data: object) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _spelled(data: object, shown: Mapping[str, str]) -> object:
    if isinstance(data, str):
        return "".join(shown.get(sign, sign) for sign in data)
    if isinstance(data, Mapping):
        return {key: _spelled(value, shown) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_spelled(value, shown) for value in data]
    return data


triggers.register(*triggers.append_only("foundation_printsign"))
