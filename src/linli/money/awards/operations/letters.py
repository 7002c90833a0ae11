"""Letters about an award that goes on otherwise than granted: suspended, changed, ended.

Whoever receives is told in writing and why (社会救助暂行办法, State Council decree 649, article 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from linli.foundation.screens.texts import in_both
from linli.ground.notifications.operations import NewLetter, issue
from linli.ground.notifications.queries import TO, Letter
from linli.kernel.act import Act
from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.money import yuan
from linli.law.policies.engine import Pack
from linli.law.policies.engine.letters import letter_words
from linli.money.awards.codes import AwardState, Cause, ChangeKind, EndReason, Unit
from linli.money.awards.models import Award, AwardMember, PayeeAccount
from linli.money.awards.queries import ACCOUNT_STOPPED, NOTICES, letter_subject, lost_holders, packs_in_force
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
        _letter(packs[award.programme], NOTICES[turn.kind], award, names[award.pk], _places(packs, award, turn))
        for award in sorted(told, key=lambda award: award.pk)
        if award.pk in names
        for turn in (turns[award.pk],)
    ]
    return issue(act, letters=letters)


def tell_stopped(act: Act, *, accounts: Sequence[PayeeAccount]) -> list[Letter]:
    """Write about the running awards of units whose account is stopped, where the pack has a letter for what became of
    its holder.
    """
    losses = lost_holders((row.pk for row in accounts), act.on)
    kinds = {row.unit_key: ACCOUNT_STOPPED[losses[row.pk]] for row in accounts if row.pk in losses}
    packs = {code: pack for pack in packs_in_force(act.on) for code in pack.programmes}
    rows = Award.objects.filter(unit_key__in=kinds, valid_until__gt=act.on)
    awards = [
        award
        for award in rows.filter(state__in=(AwardState.ACTIVE, AwardState.SUSPENDED)).order_by("pk")
        if award.programme in packs and kinds[award.unit_key] in packs[award.programme].notices
    ]
    names, holders = _addressees(awards, act.on), {row.unit_key: row.holder_name for row in accounts}
    letters = [
        _letter(
            packs[award.programme],
            kinds[award.unit_key],
            award,
            names[award.pk],
            {"holder": holders[award.unit_key], "date": act.on},
        )
        for award in awards
        if award.pk in names
    ]
    return issue(act, letters=letters)


def _letter(pack: Pack, kind: str, award: Award, to: tuple[str, str], places: Mapping[str, object]) -> NewLetter:
    resident, name = to
    common = {"applicant": name, "number": award.number, "programme": pack.programmes[award.programme].label}
    content = {**letter_words(pack, kind, {**common, **places}), "award": award.number, TO: resident}
    return NewLetter(kind, letter_subject(award), content, award.stamp)


def _places(packs: Mapping[str, Pack], award: Award, turn: Turn) -> dict[str, object]:
    reason = _reason(packs[award.programme], turn)
    return {"amount": yuan(award.amount_fen), "date": turn.effective_date, "reason": reason}


def _reason(pack: Pack, turn: Turn) -> Text:
    """The reason of an end, or that payment is resumed; then what somebody wrote; then what it means for months that
    were paid already.
    """
    note = turn.note.strip()
    parts = [*_cause(pack, turn), *([Text(note, note)] if note else []), *_back(pack, turn.back_fen)]
    return reduce(lambda cause, note: pack.sentences.because % {"cause": cause, "note": note}, parts or [NO_TEXT])


def _cause(pack: Pack, turn: Turn) -> list[Text]:
    if turn.kind in (ChangeKind.RESUMED, ChangeKind.REINSTATED):
        return [pack.sentences.resumed]
    if turn.kind == ChangeKind.EXPIRED:
        return [pack.sentences.ran_out]
    if turn.cause:
        return [in_both(Cause(turn.cause).label)]
    return [in_both(EndReason(turn.reason).label)] if turn.reason else []


def _back(pack: Pack, fen: int) -> list[Text]:
    told = pack.sentences.paid_besides if fen > 0 else pack.sentences.paid_too_much
    return [told % {"amount": yuan(abs(fen))}] if fen else []


def _addressees(awards: Sequence[Award], on: date) -> dict[int, tuple[str, str]]:
    """To whom (number, name) the letter about each award is written: the person it is for; the family's head; one who
    went away.
    """
    living: dict[int, dict[int, tuple[str, str]]] = {award.pk: {} for award in awards}
    rows = AwardMember.objects.filter(award_id__in=living, resident__died_date__isnull=True).order_by("resident_id")
    for pk, resident, *who in rows.values_list("award_id", "resident_id", "resident__number", "resident__name"):
        living[pk][resident] = (who[0], who[1])
    families = members_on({award.household_id for award in awards}, on)
    found: dict[int, tuple[str, str]] = {}
    for award in awards:
        people = living[award.pk]
        family = [(member.number, member.name) for member in families[award.household_id]]
        own = [people[award.resident_id]] if award.unit == Unit.PERSON and award.resident_id in people else []
        to = [*own, *family, *people.values()]
        if to:
            found[award.pk] = to[0]
    return found
