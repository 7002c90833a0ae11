"""What this room adds to what is shared: words of its acts, what waits in it."""

from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.finding import numbered, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.work import awaiting, work
from linli.foundation.trail import words
from linli.ground.users.codes import REGISTRY_ROLES
from linli.registry.partners import queries
from linli.registry.partners.steps import AGREEMENT

_NOUN = _("共建协议")
words.acts.put({**words.of_steps(AGREEMENT, _NOUN), "partners.turn": _("共建协议按日开始或期满")})
words.subjects.put({"agreement": _NOUN, "agreements": _NOUN})
waiting = {"sign": queries.to_sign, "review": queries.reviews_due, "renew": queries.ending}
work.put({"partners.agreements": awaiting(AGREEMENT, _NOUN, "agreement_detail", waiting)})
numbered("agreement", _NOUN, REGISTRY_ROLES, series("XY"), "agreement_detail", queries.agreements, name="partner")
habits.put({"partners.review": Habit(Rhythm.MONTH, REGISTRY_ROLES, _("看承诺做到没有、何时到期。"), "agreement_list")})
