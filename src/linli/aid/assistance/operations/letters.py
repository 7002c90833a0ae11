"""Letters of decision, with the reason chain that led there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from linli.aid.assistance.models import Application, Assessment, Renewal
from linli.aid.assistance.operations.common import new_letter
from linli.aid.assistance.queries.beginning import Follows
from linli.aid.assistance.queries.detail import result_views
from linli.aid.assistance.queries.people import called_ever
from linli.aid.assistance.queries.reasons import Reason, departed_reasons, reason_chain, reasons_plain
from linli.aid.assistance.queries.renewals import awards_of
from linli.ground.notifications.operations import NewLetter, issue
from linli.ground.notifications.queries import Letter
from linli.kernel.act import Act
from linli.kernel.bilingual import Text, apart, listed
from linli.kernel.money import yuan
from linli.law.policies.engine.letters import in_words
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import Award


class GrantedAward(Protocol):
    """What a letter says of an award."""

    @property
    def application_number(self) -> str: ...

    @property
    def programme(self) -> str: ...

    @property
    def amount_fen(self) -> int: ...

    @property
    def valid_from(self) -> date: ...


@dataclass(frozen=True)
class _Findings:
    """What the assessment found of the claimed groups: one may be met and another not, and a letter says both."""

    met: tuple[str, ...]
    unmet: tuple[str, ...]
    departed: bool


def write_decision_letters(
    act: Act,
    applications: Sequence[Application],
    assessments: Mapping[int, Assessment],
    awards: Mapping[str, Sequence[GrantedAward]],
    *,
    refusal: str = "",
    follows: Mapping[str, Sequence[Follows]] | None = None,
) -> list[Letter]:
    """One letter per application: GRANTED with amounts, RECOGNISED without money, or REFUSED.

    ``follows``: the earlier awards that new ones go on from; months between them that nothing pays are said.
    """
    letters = []
    people = _people(applications, assessments)
    for application in applications:
        pack = pack_of(application.pack_version_id)
        own = awards.get(application.number, ())
        kind = "REFUSED" if refusal else "GRANTED" if own else "RECOGNISED"
        assessment = assessments[application.pk]
        findings = _findings(pack, application, assessment)
        reason = _with_gap(pack, refusal or _grounds(pack, findings), (follows or {}).get(application.number, ()))
        places = _places(act, pack, own, findings, reason)
        chain: list[Reason] = []
        if assessment.determination is not None:
            names = people.get(assessment.determination.on, {})
            chain = reason_chain(pack, assessment.determination, application.group_codes, names)
            chain += departed_reasons(result_views(pack, assessment), names)
        letters.append(new_letter(act, kind, application, places, reasons=reasons_plain(chain)))
    return issue(act, letters=letters)


def _with_gap(pack: Pack, reason: Text | str, follows: Sequence[Follows]) -> Text | str:
    """The reason, and since when until when nothing is paid where the new award does not join the earlier one."""
    gaps = [one for one in follows if one.gap]
    if not gaps or isinstance(reason, str):
        return reason
    widest = max(gaps, key=lambda one: len(one.gap))
    first, last = in_words(widest.gap[0].first_day), in_words(widest.gap[-1].last_day)
    places = {"reason": reason, "until": in_words(widest.last_date), "first": first, "last": last}
    return pack.sentences.gap % places


def _people(
    applications: Sequence[Application], assessments: Mapping[int, Assessment]
) -> Mapping[date, Mapping[str, str]]:
    """Names of the people whom the determinations speak of, by day and number; one statement per day."""
    households: dict[date, set[int]] = {}
    for application in applications:
        made = assessments[application.pk].determination
        if made is not None:
            households.setdefault(made.on, set()).add(application.household_id)
    return {day: called_ever(ids, day) for day, ids in households.items()}


def _places(
    act: Act, pack: Pack, awards: Sequence[GrantedAward], findings: _Findings, reason: Text | str
) -> dict[str, object]:
    met = [pack.groups[code].label for code in findings.met]
    labels = [pack.programmes[award.programme].label for award in awards] or met
    return {
        "programme": listed(dict.fromkeys(labels)),
        "amount": yuan(sum(award.amount_fen for award in awards)),
        "date": min((award.valid_from for award in awards), default=act.on),
        "reason": reason,
    }


def _grounds(pack: Pack, findings: _Findings) -> Text:
    """Why, group by group: which claimed groups somebody belongs to, which nobody does, whose amount it is."""
    says = pack.sentences
    met, unmet = (listed(pack.groups[code].label for code in codes) for codes in (findings.met, findings.unmet))
    clauses = [
        *([says.met % {"groups": met}] if findings.met else []),
        *([says.unmet % {"groups": unmet}] if findings.unmet else []),
        *([says.assessors_set] if findings.departed else []),
    ]
    below = says.see_reasons_and_grounds if findings.departed else says.see_reasons
    return below % {"reason": apart(clauses)}


def _findings(pack: Pack, application: Application, assessment: Assessment) -> _Findings:
    departed = any(result.departed for result in result_views(pack, assessment))
    claimed = application.group_codes
    if assessment.determination is None:
        return _Findings(tuple(claimed), (), departed)
    answers: dict[str, list[bool | None]] = {code: [] for code in claimed}
    for entry in json.loads(assessment.determination.document)["groups"]:
        answers.get(entry["group"], []).append(entry["belongs"])
    return _Findings(
        met=tuple(code for code in claimed if any(answers[code])),
        unmet=tuple(code for code in claimed if answers[code] and all(one is False for one in answers[code])),
        departed=departed,
    )


def tell_withdrawn(act: Act, application: Application) -> None:
    """Tell who applied that somebody who acts for them has withdrawn; where the pack says so."""
    if "WITHDRAWN" in pack_of(application.pack_version_id).notices:
        issue(act, letters=[new_letter(act, "WITHDRAWN", application, {})])


# --- letters of the yearly review: it has begun, one has to apply anew, something goes on, something does not ---


def tell_due(act: Act, rows: Sequence[Renewal]) -> None:
    """That the review has begun, what it is about, and until when changes are to be told; where a pack says so."""
    awards = awards_of(rows)
    letters = [
        new_letter(act, "RENEWAL_DUE", row.application, _ending(row, awards[row.pk], deadline=row.due_date))
        for row in rows
        if "RENEWAL_DUE" in _pack(row).notices
    ]
    issue(act, letters=letters)


def tell_reapply(act: Act, rows: Sequence[Renewal], reason: str = "") -> None:
    """That they have to apply anew: why (the scheme asks everybody to, where nobody gave a reason), until when, what to
    bring; the pack's closing says whom to call.
    """
    awards = awards_of(rows)
    letters = []
    for row in rows:
        pack = _pack(row)
        papers = listed(one.label for one in required_papers(pack, row.application.group_codes, proxy=False))
        why = reason or pack.sentences.all_apply
        until = apply_by(row, act.on)
        places = _ending(row, awards[row.pk], reason=why, deadline=until, papers=papers)
        letters.append(new_letter(act, "REAPPLY", row.application, places))
    issue(act, letters=letters)


def apply_by(row: Renewal, on: date) -> date:
    """Until when a family should apply: in time for a decision before the end, else by the end, else at once."""
    return next((day for day in (row.due_date, row.until_date - timedelta(days=1)) if day >= on), on)


def tell_renewed(act: Act, renewed: Sequence[tuple[Renewal, Pack, Sequence[Award]]]) -> None:
    """What goes on, from when, with how much a month."""
    issue(act, letters=[_renewed_letter(act, *one) for one in renewed])


def _renewed_letter(act: Act, row: Renewal, pack: Pack, awards: Sequence[Award]) -> NewLetter:
    kind = "RENEWED" if "RENEWED" in pack.notices else "GRANTED"
    was = {(one["programme"], one["unit_key"]): one["was_fen"] for one in json.loads(row.results)}
    same = all(was[one.programme, one.unit_key] == one.amount_fen for one in awards)
    places = {
        "programme": _labels(pack, awards),
        "amount": yuan(sum(one.amount_fen for one in awards)),
        "date": row.until_date,
        "reason": pack.sentences.unchanged if same else pack.sentences.anew,
    }
    return new_letter(act, kind, row.application, places, pack)


def tell_ended(act: Act, ended: Sequence[tuple[Renewal, Award, str]]) -> None:
    """What does not go on, and why: it is no longer due, where nobody gave a reason."""
    letters = []
    for row, award, because in ended:
        pack = _pack(row)
        places = {
            "programme": _labels(pack, [award]),
            "amount": yuan(award.amount_fen),
            "date": row.until_date,
            "reason": because or pack.sentences.not_due,
        }
        letters.append(new_letter(act, "ENDED", row.application, places, award=award.number))
    issue(act, letters=letters)


def _ending(row: Renewal, awards: Sequence[Award], **places: object) -> dict[str, object]:
    """What runs out, and on which day for the last time; besides what else the letter says."""
    return {"programme": _labels(_pack(row), awards), "date": row.until_date - timedelta(days=1), **places}


def _pack(row: Renewal) -> Pack:
    return pack_of(row.application.pack_version_id)


def _labels(pack: Pack, awards: Sequence[Award]) -> Text:
    return listed(pack.programmes[code].label for code in dict.fromkeys(one.programme for one in awards))
