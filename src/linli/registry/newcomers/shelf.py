"""What this room adds to what is shared: a public door, words of its acts, what waits in it."""

from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.finding import numbered, series
from linli.foundation.screens.front import Door, doors
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.work import awaiting, work
from linli.foundation.trail import words
from linli.registry.newcomers import queries
from linli.registry.newcomers.steps import REGISTRARS, REQUEST

_NOUN = _("自助登记")
_ACTS = {"newcomers.ask": _("收到自助登记"), "newcomers.empty": _("清空不予登记的内容")}
words.acts.put({**words.of_steps(REQUEST, _NOUN), **_ACTS})
words.subjects.put({"request": _NOUN, "requests": _NOUN})
work.put({"newcomers.requests": awaiting(REQUEST, _NOUN, "request_detail", {"confirm": queries.to_confirm})})
numbered("newcomers.request", _NOUN, REGISTRARS, series("ZB"), "request_detail", queries.requests)
doors.put({"newcomers.ask": Door(_NOUN, _("还没有登记过？留下电话，社区会联系您。"), "newcomer_ask")})
_SEEN = _("给自助登记的人打电话核对，登记或说明理由。")
habits.put({"newcomers.confirm": Habit(Rhythm.DAY, REGISTRARS, _SEEN, "request_list")})
