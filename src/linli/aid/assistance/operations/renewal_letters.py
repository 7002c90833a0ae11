"""Letters of the yearly review: it has begun, one has to apply anew, something goes on, something does not."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

from linli.aid.assistance.models import Renewal
from linli.aid.assistance.operations.common import letter_content
from linli.aid.assistance.queries.renewals import awards_of
from linli.ground.notifications.operations import NewLetter, issue
from linli.kernel.act import Act
from linli.kernel.bilingual import listed
from linli.kernel.money import yuan
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import Award

# Stand in letters in both languages.
_UNCHANGED = {"zh": "经核实仍符合条件", "en": "the conditions are still met"}
_ANEW = {
    "zh": "按核实的情况和新年度标准重新计算",
    "en": "worked out anew from what was confirmed and the new year's standard",
}
# Why everybody applies anew under a scheme that confirms nobody.
ALL_APPLY = {"zh": "按规定待遇期满须重新申请", "en": "the scheme asks everybody to apply again at the end"}
NOT_DUE = {"zh": "经年度复核不再符合条件", "en": "after the yearly review the conditions are no longer met"}


def tell_due(act: Act, rows: Sequence[Renewal]) -> None:
    """That the review has begun, what it is about, and until when changes are to be told."""
    awards = awards_of(rows)
    letters = []
    for row in rows:
        pack = pack_of(row.application.pack_version_id)
        if "RENEWAL_DUE" not in pack.notices:
            continue
        places = {
            "programme": _labels(pack, awards[row.pk]),
            "date": row.until_date - timedelta(days=1),
            "deadline": row.due_date,
        }
        content = letter_content(pack, "RENEWAL_DUE", row.application, places, on=act.on)
        letters.append(NewLetter("RENEWAL_DUE", row.application.subject, content, row.stamp))
    if letters:
        issue(act, letters=letters)


def tell_reapply(act: Act, rows: Sequence[Renewal], reason: object) -> None:
    """That they have to apply anew: why, until when, what to bring; the pack's closing says whom to call."""
    awards = awards_of(rows)
    letters = []
    for row in rows:
        pack = pack_of(row.application.pack_version_id)
        papers = [one.label for one in required_papers(pack, row.application.group_codes, proxy=False)]
        places = {
            "programme": _labels(pack, awards[row.pk]),
            "date": row.until_date - timedelta(days=1),
            "reason": reason,
            "deadline": apply_by(row, act.on),
            "papers": listed(papers).both,
        }
        content = letter_content(pack, "REAPPLY", row.application, places, on=act.on)
        letters.append(NewLetter("REAPPLY", row.application.subject, content, row.stamp))
    if letters:
        issue(act, letters=letters)


def apply_by(row: Renewal, on: date) -> date:
    """Until when a family should apply: in time for a decision before the end, else by the end, else at once."""
    return next((day for day in (row.due_date, row.until_date - timedelta(days=1)) if day >= on), on)


def tell_renewed(act: Act, renewed: Sequence[tuple[Renewal, Pack, Sequence[Award]]]) -> None:
    """What goes on, from when, with how much a month."""
    letters = [_renewed_letter(act, *one) for one in renewed]
    if letters:
        issue(act, letters=letters)


def _renewed_letter(act: Act, row: Renewal, pack: Pack, awards: Sequence[Award]) -> NewLetter:
    kind = "RENEWED" if "RENEWED" in pack.notices else "GRANTED"
    was = {(one["programme"], one["unit_key"]): one["was_fen"] for one in json.loads(row.results)}
    same = all(was[one.programme, one.unit_key] == one.amount_fen for one in awards)
    places = {
        "programme": _labels(pack, awards),
        "amount": yuan(sum(one.amount_fen for one in awards)),
        "date": row.until_date,
        "reason": _UNCHANGED if same else _ANEW,
    }
    content = letter_content(pack, kind, row.application, places, on=act.on)
    return NewLetter(kind, row.application.subject, content, row.stamp)


def tell_ended(act: Act, ended: Sequence[tuple[Renewal, Award, object]]) -> None:
    """What does not go on, and why."""
    letters = []
    for row, award, because in ended:
        pack = pack_of(row.application.pack_version_id)
        places = {
            "programme": _labels(pack, [award]),
            "amount": yuan(award.amount_fen),
            "date": row.until_date,
            "reason": because,
        }
        content = letter_content(pack, "ENDED", row.application, places, on=act.on)
        letters.append(NewLetter("ENDED", row.application.subject, {**content, "award": award.number}, row.stamp))
    if letters:
        issue(act, letters=letters)


def _labels(pack: Pack, awards: Sequence[Award]) -> dict[str, str]:
    labels = [pack.programmes[code].label for code in dict.fromkeys(one.programme for one in awards)]
    return listed(labels).both
