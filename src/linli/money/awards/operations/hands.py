"""Whose hand a difference already bears before it is followed: whoever recorded what it rests on."""

from collections.abc import Sequence
from datetime import datetime, time

from django.utils.translation import gettext_lazy as _

from linli.ground.users.queries import authority
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.steps import SamePerson
from linli.law.policies.queries import determinations
from linli.money.awards.queries.foresight import Foreseen
from linli.money.awards.steps import ADJUSTMENT
from linli.registry.residents.queries import changed_by


def check_hands(act: Act, step: str, found: Sequence[Foreseen]) -> None:
    """Whoever recorded what a difference rests on does not follow it as well: one person alone would set what is paid.

    Looked at is what was recorded of the household and its people since the rules were asked about the months that
    change: what they were asked with then, others decided upon. Raises SamePerson.
    """
    asked = {one.award.pk: _asked_with(one) for one in found if one.findings}
    made = determinations({pk for some in asked.values() for pk in some})
    since: dict[int, datetime] = {}
    for one in found:
        if one.award.pk in asked:
            # Of an award that rests on no determination everything since the grant is looked at.
            granted = datetime.combine(one.award.granted_date, time.min, CHINA_TIME)
            days = [made[pk].made_at for pk in asked[one.award.pk] if pk in made] or [granted]
            since[one.award.household_id] = min(*days, since.get(one.award.household_id, days[0]))
    own = changed_by(authority(act).accounts(act.on), since) if since else frozenset[int]()
    for one in found:
        if one.award.household_id in own:
            label = ADJUSTMENT.step(step).label
            raise SamePerson(number=one.award.number, before=_("记录情况"), step=label)


def _asked_with(one: Foreseen) -> set[int]:
    """The determinations that the months of its differences rest on, the award's own where somebody set an amount."""
    rested = {one.rests_on.get(month) for finding in one.findings for month in finding.months}
    return {made or one.award.determination_id or 0 for made in rested}
