"""What has changed since an award was last determined, as its review shows it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Cell
from linli.foundation.screens.listings import Column
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text, source_text, value_words
from linli.kernel.tones import Tone
from linli.law.policies.engine.facts import Fact
from linli.money.awards.queries.comparing import Compared


def _who(_list: object, row: Compared) -> str:
    return row.name or row.who or gettext("全家")


def _fact(_list: object, row: Compared) -> Cell:
    words = pack_text(row.fact) if row.fact else gettext("在本户")
    return Cell(words, chips=[(gettext("有变化"), Tone.SOON)] if row.changed else [])


def _value(row: Compared, fact: Fact) -> Cell:
    value = fact.value if isinstance(fact.value, int) or fact.value is None else None
    source = joined_by_dot(source_text(fact.source), day_text(fact.date))
    return Cell(value_words(value, row.unit), meta=(source if row.changed else "",))


COMPARED = (
    Column("who", _("谁"), cell=_who, phone="title"),
    Column("fact", _("情况"), cell=_fact),
    Column("then", _("上次核定"), cell=lambda _list, row: _value(row, row.then)),
    Column("now", _("现在"), cell=lambda _list, row: _value(row, row.now)),
)
