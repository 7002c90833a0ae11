"""Why a result is as it is: the reason chain with people's names, what goes with it, what would change it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from linli.aid.assistance.queries.compared import Compared, compared, running
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.people import called_ever
from linli.aid.assistance.queries.reasons import Reason, ServiceDue, departed_reasons, reason_chain, services_due, shown
from linli.aid.assistance.queries.screens import changes_that_matter
from linli.foundation.screens.cells import state_chip
from linli.foundation.screens.texts import day_text, difference_text, joined, pack_text, source_text
from linli.kernel.bilingual import Text
from linli.kernel.tones import Tone
from linli.law.policies.engine.changes import WhatIf
from linli.law.policies.engine.clauses import Clause, clauses
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import programme_labels


@dataclass(frozen=True)
class Cited(Reason):
    """A step with the words of its articles."""

    clauses: Sequence[Clause]


@dataclass(frozen=True)
class Why:
    """The latest completed assessment explained; empty before it. ``total_fen`` a month, None without money."""

    chain: tuple[Cited, ...] = ()
    total_fen: int | None = None
    services: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of the household's people, by number


def why(case: ApplicationDetail) -> Why:
    """The explanation of a case's result."""
    done = next((one for one in reversed(case.assessments) if one.determination is not None), None)
    if done is None or done.determination is None:
        return Why()
    pack, made = pack_of(case.pack_version_id), done.determination
    names = called_ever({case.household_id}, made.on)
    return Why(
        tuple(
            _readable(pack, one)
            for one in (
                *reason_chain(pack, made, case.group_codes, names),
                *departed_reasons(done.results, names),
            )
        ),
        sum(result.amount_fen for result in done.results) if done.results else None,
        tuple(_services(services_due(pack, made, case.group_codes, names))),
        tuple(_change(programme, one, names) for programme, one in changes_that_matter(case)),
        names,
    )


@dataclass(frozen=True)
class Departed:
    """An amount that the assessors set: beside what the rules give, whose, why, who signed it."""

    programme: str
    who: str
    amount_fen: int
    rules_fen: int | None
    difference: str
    reason: str
    signed_by: str


def departed(case: ApplicationDetail, names: Mapping[str, str]) -> list[Departed]:
    """The amounts of the latest report that are not the rules'."""
    done = next((one for one in reversed(case.assessments) if one.determination is not None), None)
    if done is None:
        return []
    signed = joined(seat.name for seat in done.seats if seat.signed_at)
    return [
        Departed(
            pack_text(one.programme),
            names.get(one.unit_key, ""),
            one.amount_fen,
            one.determined_fen,
            difference_text(one.amount_fen - (one.determined_fen or 0)),
            one.reason,
            signed,
        )
        for one in done.results
        if one.departed
    ]


def beside(case: ApplicationDetail, on: date) -> list[tuple[Compared, str, SafeString]]:
    """What the family has, or had in the round before, beside what the case gives: whose it is, a chip."""
    rows = compared(case, on)
    names = called_ever({case.household_id}, on) if rows else {}
    return [(row, names.get(row.unit_key, gettext("全户")), state_chip(_verdict(row))) for row in rows]


def running_words(household_ids: Collection[int], names: Mapping[str, str], on: date) -> list[str]:
    """What families get already, in words; names of their people by number."""
    labels, pattern = programme_labels(on), gettext("%(programme)s（%(unit)s，至 %(day)s）")
    return [
        pattern
        % {
            "programme": pack_text(labels.get(one.programme, one.programme)),
            "unit": names.get(one.unit_key, gettext("全户")),
            "day": day_text(one.last_date),
        }
        for one in running(household_ids, on)
    ]


def _verdict(row: Compared) -> tuple[str, str]:
    if row.twice:
        return gettext("已在享受，不能重复批准"), Tone.LATE
    if row.award and row.now_fen is None:
        return gettext("照常发放"), Tone.INFO
    if row.award:
        return gettext("到期后接续"), Tone.OK
    return (gettext("新增"), Tone.OK) if row.before_fen is None else (gettext("上一轮"), Tone.INFO)


def _readable(pack: Pack, reason: Reason) -> Cited:
    """A step as it was kept, the words of its sources in the reader's language, its articles from its pack."""
    inputs = tuple({**one, "source": source_text(one["source"])} for one in reason.inputs)
    return Cited(**{**vars(reason), "inputs": inputs}, clauses=clauses(pack, reason.article))


def _services(dues: list[ServiceDue]) -> list[str]:
    people: dict[tuple[Text, int | None, str], list[str]] = {}
    for due in dues:
        people.setdefault((due.label, due.times, due.per), []).append(due.member)
    return [_service(label, times, per, joined(names)) for (label, times, per), names in people.items()]


def _service(label: Text, times: int | None, per: str, names: str) -> str:
    places: dict[str, Any] = {"service": pack_text(label), "often": _often(times, per), "names": names}
    pattern = gettext("%(service)s，%(often)s：%(names)s") if places["often"] else gettext("%(service)s：%(names)s")
    return pattern % places if names else f"{places['service']} {places['often']}".strip()


def _often(times: int | None, per: str) -> str:
    if times is None:
        return ""
    patterns = {
        "WEEK": ngettext("每周 %(times)s 次", "每周 %(times)s 次", times),
        "MONTH": ngettext("每月 %(times)s 次", "每月 %(times)s 次", times),
        "YEAR": ngettext("每年 %(times)s 次", "每年 %(times)s 次", times),
    }
    return patterns[per] % {"times": times} if per in patterns else ""


def _change(programme: Text, one: WhatIf, names: Mapping[str, str]) -> str:
    key = one.fact_member_key or ""
    places = {
        "fact": f"{names.get(key, key)} {pack_text(one.label)}".strip(),
        "current": pack_text(shown(one.unit, one.current)),
        "needed": pack_text(shown(one.unit, one.needed)),
        "programme": pack_text(programme),
    }
    if one.eligible:
        return gettext("如果“%(fact)s”由 %(current)s 变为 %(needed)s，就符合“%(programme)s”。") % places
    return gettext("如果“%(fact)s”由 %(current)s 变为 %(needed)s，就不再符合“%(programme)s”。") % places
