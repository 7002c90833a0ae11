"""From registry and home visit to the facts a pack's rules ask for; and from its result to programmes per unit."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.rules.results import Departure, ProgrammeResult
from linli.kernel.errors import DomainError
from linli.law.policies.engine.determination import determine
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.units import fits
from linli.law.policies.queries import Determination, pack_of
from linli.money.awards.queries.cases import typed, usable_facts
from linli.registry.residents.queries import Change, HouseholdFacts, changes_since, facts_of

Observed = Mapping[str, Mapping[str, int | bool | None]]
Overtaken = Mapping[tuple[str, str], tuple[Change, ...]]
_NOTHING: Mapping[int, Observed] = MappingProxyType({})


class FactOutOfRange(DomainError):
    """An observed fact that the scheme cannot use."""

    message = _("“%(fact)s”的值不在允许范围内")


def case_facts(
    applications: Iterable[Application],
    on: date,
    *,
    observed: Mapping[int, Observed] = _NOTHING,
    visited: date | None = None,
    packs: Mapping[int, Pack] | None = None,
    anew: bool = False,
) -> dict[int, CaseFacts]:
    """The facts of each application's household on a day, by application id; what was seen at home comes last.

    ``packs`` are those that ask for the facts, by application id, where it is not the application's own. ``observed``
    maps application ids to {member number, or "": {code: value}}. ``anew``: whom somebody lives with is not known where
    it was said before somebody came or went (:func:`overtaken`). Raises FactOutOfRange.
    """
    rows = list(applications)
    registry = facts_of([application.household_id for application in rows], on)
    asking = packs or {application.pk: pack_of(application.pack_version_id) for application in rows}
    return {
        application.pk: _case(
            asking[application.pk],
            _asked_anew(asking[application.pk], registry[application.household_id], on)
            if anew
            else registry[application.household_id],
            observed.get(application.pk, {}),
            f"入户调查 {application.number}",
            visited or on,
        )
        for application in rows
    }


def programme_results(application: Application, determination: Determination) -> list[ProgrammeResult]:
    """What the determination gives, for the claimed groups' programmes only, unit by unit."""
    pack = pack_of(application.pack_version_id)
    claimed = {code for code, programme in pack.programmes.items() if programme.group in application.group_codes}
    household = application.household.number
    return [
        ProgrammeResult(
            entry["programme"],
            entry["unit"],
            entry["member_key"] or household,
            entry["amount_fen"] or 0,
            entry["amount_fen"],
        )
        for entry in json.loads(determination.document)["entitlements"]
        if entry["programme"] in claimed
    ]


def departures_on(assessment: Assessment) -> list[Departure]:
    """The assessors' own amounts that stand on a sheet."""
    return [Departure(**one) for one in json.loads(assessment.departures or "[]")]


def foreseen(
    application: Application, on: date, *, observed: Observed, visited: date | None
) -> tuple[list[ProgrammeResult], list[str]]:
    """What the rules would give on what is known and seen, and the facts ("member.fact") that are missing for it.

    Raises FactOutOfRange.
    """
    seen = {application.pk: observed}
    facts = case_facts([application], on, observed=seen, visited=visited, anew=True)[application.pk]
    said = determine(pack_of(application.pack_version_id), facts, on)
    stopped = {name for one in said.entitlements if one.amount_fen is None for name in one.stopped_by}
    return programme_results(application, Determination(document=said.to_json())), sorted(stopped)


def overtaken(pack: Pack, known: HouseholdFacts, on: date) -> Overtaken:
    """Facts about whom somebody lives with (``FactSpec.register``) that were recorded before somebody died, left or
    joined, or all moved: by whose they are (a number) and what, what happened since. None where nothing happened.
    """
    told = {
        (member.number, name): member.facts[name].as_of
        for member in known.members
        for name, spec in pack.facts.items()
        if spec.register and name in member.facts and member.facts[name].value is not None
    }
    if not told:
        return {}
    happened = changes_since(known.household_id, after=min(told.values()), on=on)
    since = {key: tuple(one for one in happened if one.day > day) for key, day in told.items()}
    return {key: some for key, some in since.items() if some}


def _asked_anew(pack: Pack, known: HouseholdFacts, on: date) -> HouseholdFacts:
    gone = overtaken(pack, known, on)
    members = [
        one._replace(
            facts={
                name: fact._replace(value=None) if (one.number, name) in gone else fact
                for name, fact in one.facts.items()
            }
        )
        for one in known.members
    ]
    return replace(known, members=tuple(members)) if gone else known


def _case(pack: Pack, known: HouseholdFacts, observed: Observed, source: str, seen_on: date) -> CaseFacts:
    members = []
    for member in known.members:
        facts = usable_facts(pack, "PERSON", member.facts)
        facts |= _seen(pack, "PERSON", observed.get(member.number, {}), source, seen_on)
        members.append(Member(member.number, member.relation, facts))
    household = usable_facts(pack, "HOUSEHOLD", known.facts)
    household |= _seen(pack, "HOUSEHOLD", observed.get("", {}), source, seen_on)
    return CaseFacts(tuple(members), household)


def _seen(
    pack: Pack, level: str, facts: Mapping[str, int | bool | None], source: str, seen_on: date
) -> dict[str, Fact]:
    usable = {}
    for name, value in sorted(facts.items()):
        spec = pack.facts.get(name)
        if spec is None or spec.level != level:
            raise FactOutOfRange(field=name, fact=name)
        found = typed(spec, None if value is None else int(value))
        if found is not None and not fits(found, spec.unit, spec.low, spec.high):
            raise FactOutOfRange(field=name, fact=spec.label)
        usable[name] = Fact(found, source, seen_on)
    return usable
