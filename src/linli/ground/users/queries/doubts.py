"""What an auditor looks at twice: entries of the trail of the last thirty days, with who acted."""

from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.measures import Measure, Shown, Window
from linli.foundation.screens.texts import joined_by_dot, moment_text
from linli.foundation.trail import audit
from linli.foundation.trail.words import act_words, subject_words
from linli.ground.areas.queries import areas
from linli.ground.users.models import User

_DAYS = timedelta(days=30)
SINCE = _("近三十天")


def _here(rows: QuerySet[Any, Any], window: Window) -> Any:
    here: QuerySet[Any, Any] = rows.filter(chain__in=areas(window.scope).values("pk"))
    return here.annotate(place=F("chain"))


def doubts(*acts: str, **which: object) -> Measure:
    """Entries of the acts, and of them those of which the rest is true."""

    def rows(window: Window) -> Any:
        hand = User.objects.filter(pk=OuterRef("actor_id")).values("name")
        found = audit.noted(window.on - _DAYS, window.on).filter(act__in=acts, **which)
        return _here(found, window).annotate(hand=Subquery(hand))

    return Measure(
        rows,
        unit="pk",
        line="pk",
        shown=(
            Shown(_("时间"), "at", words=moment_text),
            Shown(_("谁"), "hand", none=_("系统")),
            Shown(_("做了什么"), "act", words=act_words),
            Shown(_("对象"), "subject", words=lambda subject: joined_by_dot(*subject_words(subject))),
            Shown(_("行数"), "lines_count", "INTEGER"),
        ),
    )


def _unsealed(window: Window) -> Any:
    chain, day = Cast("chain", CharField()), Cast("day", CharField())
    rows = audit.unsealed(window.on - _DAYS, window.on - timedelta(days=1))
    return _here(rows, window).annotate(chain_day=Concat(day, Value(" "), chain))


# Days of one area each, as they are sealed.
UNSEALED_DAYS = Measure(
    _unsealed,
    unit="chain_day",
    line="chain_day",
    shown=(Shown(_("日期"), "day", "DATE"), Shown(pgettext_lazy("audit", "记录"), "entries", "INTEGER")),
)
