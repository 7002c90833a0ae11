"""Letters about an award that goes on otherwise than granted: suspended, changed, ended.

Whoever receives is told in writing and why (社会救助暂行办法, State Council decree 649, article 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from linli.ground.notifications.operations import NewLetter, issue
from linli.ground.notifications.queries import Letter
from linli.kernel.act import Act
from linli.kernel.money import yuan
from linli.law.policies.engine import Pack
from linli.law.policies.engine.letters import letter_words
from linli.money.awards.codes import AwardState, Cause, ChangeKind, EndReason, Unit
from linli.money.awards.models import Award, AwardMember, PayeeAccount
from linli.money.awards.queries import ACCOUNT_STOPPED, NOTICES, letter_subject, packs_in_force
from linli.registry.residents.queries import members_on


@dataclass(frozen=True)
class Turn:
    """What happened to an award: from which day, and why; ``reason`` of an end, ``cause`` where the rules were asked.

    ``back_fen``: paid besides for months already paid; below 0: paid too much for them.
    """

    kind: ChangeKind
    effective_date: date
    note: str
    reason: str = ""
    cause: str = ""
    back_fen: int = 0


def tell(act: Act, *, awards: Mapping[int, Award], turns: Mapping[int, Turn]) -> list[Letter]:
    """Issue the pack's letter about each award (by id), as it stands now, in order of number.

    Of a programme that no pack in force knows nothing can be said in a pack's words. When all whom the award protected
    are dead and nobody lives in the household there is nobody left to write to.
    """
    packs = {code: pack for pack in packs_in_force(act.on) for code in pack.programmes}
    told = [award for award in awards.values() if award.programme in packs]
    told = [award for award in told if NOTICES[turns[award.pk].kind] in packs[award.programme].notices]
    names = _addressees(told, act.on)
    letters = [
        NewLetter(
            NOTICES[turn.kind],
            letter_subject(award),
            _content(packs[award.programme], award, turn, names[award.pk]),
            award.stamp,
        )
        for award in sorted(told, key=lambda award: award.number)
        if award.pk in names
        for turn in (turns[award.pk],)
    ]
    return issue(act, letters=letters) if letters else []


def tell_stopped(act: Act, *, accounts: Sequence[PayeeAccount]) -> list[Letter]:
    """Write about the running awards of units whose account is stopped, where the pack has a letter for it."""
    packs = {code: pack for pack in packs_in_force(act.on) for code in pack.programmes}
    rows = Award.objects.filter(unit_key__in={row.unit_key for row in accounts}, valid_until__gt=act.on)
    awards = [
        award
        for award in rows.filter(state__in=(AwardState.ACTIVE, AwardState.SUSPENDED)).order_by("number")
        if award.programme in packs and ACCOUNT_STOPPED in packs[award.programme].notices
    ]
    names, holders = _addressees(awards, act.on), {row.unit_key: row.holder_name for row in accounts}
    letters = []
    for award in awards:
        if award.pk in names:
            label = packs[award.programme].programmes[award.programme].label
            words = letter_words(
                packs[award.programme],
                ACCOUNT_STOPPED,
                {
                    "applicant": names[award.pk],
                    "number": award.number,
                    "programme": {"zh": label.zh, "en": label.en},
                    "holder": holders[award.unit_key],
                    "date": act.on,
                },
            )
            letters.append(
                NewLetter(ACCOUNT_STOPPED, letter_subject(award), {**words, "award": award.number}, award.stamp)
            )
    return issue(act, letters=letters) if letters else []


def _content(pack: Pack, award: Award, turn: Turn, name: str) -> dict[str, object]:
    label = pack.programmes[award.programme].label
    words = letter_words(
        pack,
        NOTICES[turn.kind],
        {
            "applicant": name,
            "number": award.number,
            "programme": {"zh": label.zh, "en": label.en},
            "amount": yuan(award.amount_fen),
            "date": turn.effective_date,
            "reason": {"zh": _reason(turn, "zh-hans", "："), "en": _reason(turn, "en", ": ")},
        },
    )
    return {**words, "award": award.number}


def _reason(turn: Turn, language: str, colon: str) -> str:
    """The reason of an end, or that payment is resumed, in the letter's language; then what somebody wrote."""
    with translation.override(language):
        if turn.kind in (ChangeKind.RESUMED, ChangeKind.REINSTATED):
            words = gettext("恢复发放")
        elif turn.kind == ChangeKind.EXPIRED:
            words = gettext("待遇期限届满")
        elif turn.cause:
            words = str(Cause(turn.cause).label)
        else:
            words = str(EndReason(turn.reason).label) if turn.reason else ""
        back = _back_words(turn.back_fen)
    return colon.join(text for text in (words, turn.note.strip(), back) if text)


def _back_words(fen: int) -> str:
    """What the change means for months that were paid already."""
    if fen > 0:
        return gettext("以前月份另行补发%(fen)s元") % {"fen": yuan(fen)}
    return gettext("以前月份多发%(fen)s元") % {"fen": yuan(-fen)} if fen else ""


def _addressees(awards: Sequence[Award], on: date) -> dict[int, str]:
    """To whom the letter about each award is written: the person it is for; the family's head; one who went away."""
    living: dict[int, dict[int, str]] = {award.pk: {} for award in awards}
    rows = AwardMember.objects.filter(award_id__in=living, resident__died_date__isnull=True)
    for pk, resident, name in rows.order_by("resident__number").values_list(
        "award_id", "resident_id", "resident__name"
    ):
        living[pk][resident] = name
    families = members_on({award.household_id for award in awards}, on)
    found: dict[int, str] = {}
    for award in awards:
        people = living[award.pk]
        family = [member.name for member in families[award.household_id]]
        own = [people[award.resident_id]] if award.unit == Unit.PERSON and award.resident_id in people else []
        names = [*own, *family, *people.values()]
        if names:
            found[award.pk] = names[0]
    return found
