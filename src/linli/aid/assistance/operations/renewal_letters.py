"""Letters of the yearly review: it has begun, one has to apply anew, something goes on, something does not."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

from linli.aid.assistance.models import Renewal
from linli.aid.assistance.operations.common import new_letter
from linli.aid.assistance.queries.renewals import awards_of
from linli.ground.notifications.operations import NewLetter, issue
from linli.kernel.act import Act
from linli.kernel.bilingual import Text, listed
from linli.kernel.money import yuan
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import Award


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
