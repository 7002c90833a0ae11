"""What this room adds to what is shared: the words of its acts, what the coming year still needs."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.finding import numbered, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.work import Todo, listed, work
from linli.foundation.trail import words
from linli.ground.users.codes import OFFICER_ROLES
from linli.ground.users.queries import Authority
from linli.law.policies.queries import work_calendar
from linli.overview.planning.permissions import READERS, WRITERS
from linli.overview.planning.queries.next_year import to_do
from linli.overview.planning.queries.versions import all_versions

words.acts.put(
    {
        "planning.adopt": pgettext_lazy("audit", "采用方案版本"),
        "planning.save_version": pgettext_lazy("audit", "保存方案版本"),
    }
)
words.subjects.put(
    {
        "plan": pgettext_lazy("audit", "方案"),
    }
)


def _next_year(authority: Authority, on: date) -> Iterator[Todo]:
    """What the coming year still needs from this person; the whole list stands on its page."""
    for line in to_do(authority, on):
        yield Todo(
            "NEXT_YEAR",
            line.title,
            line.subject,
            "next_year",
            because=line.words,
            due_date=line.due_date,
            days_left=work_calendar().working_days_between(on, line.due_date),
            colour="RED" if line.due_date < on else "GREEN",
        )


work.put({"planning.next_year": listed(_next_year, called=_("下一年度准备"))})
numbered("planning.version", pgettext_lazy("audit", "方案"), READERS, series("FA", 3), "plan_version", all_versions)
habits.put(
    {
        "planning.actual": Habit(Rhythm.MONTH, READERS, _("看方案的指标做到多少，点开数字看记录。"), "plan_actual"),
        "planning.check": Habit(Rhythm.NEEDED, WRITERS, _("改方案之前，先核对钱和人手够不够。"), "plan_check"),
        "planning.year": Habit(Rhythm.NEEDED, OFFICER_ROLES, _("年底前看下一年还缺什么。"), "next_year"),
    }
)
