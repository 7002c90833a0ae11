"""What an award was last determined on, beside what is known today: who reviews it sees what has changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from linli.kernel.bilingual import Text
from linli.law.policies.engine.determination import recorded_facts
from linli.law.policies.engine.facts import CaseFacts, Fact
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import determinations, pack_of
from linli.money.awards.models import Award
from linli.money.awards.queries.cases import case_of
from linli.registry.residents.queries import facts_of, members_on

_UNKNOWN = Fact(None)


@dataclass(frozen=True)
class Compared:
    """One fact: of whom (their number, empty for the household), then and now; ``fact`` is empty for the person's being
    there.
    """

    who: str
    name: str  # of somebody who lives there today
    fact: Text | None
    unit: str
    then: Fact
    now: Fact

    @property
    def changed(self) -> bool:
        """Whether another value is known today."""
        return self.then.value != self.now.value


def compared(award: Award, on: date) -> list[Compared]:
    """The facts of the last determination against the registry's of the day, what changed first; none without one."""
    change = award.changes.filter(determination_id__isnull=False).order_by("-seq").first()
    made = (change.determination_id if change else None) or award.determination_id
    known = facts_of({award.household_id}, on).get(award.household_id)
    found = determinations([made] if made else []).get(made or 0)
    if found is None or known is None:
        return []
    pack = pack_of(found.pack_version_id)
    names = {one.number: one.name for one in members_on({award.household_id}, on)[award.household_id]}
    rows = _rows(pack, recorded_facts(json.loads(found.document)), case_of(pack, known), names)
    return sorted(rows, key=lambda row: not row.changed)


def _rows(pack: Pack, then: CaseFacts, now: CaseFacts, names: dict[str, str]) -> Iterator[Compared]:
    before, after = ({member.key: member.facts for member in case.members} for case in (then, now))
    for key in dict.fromkeys((*before, *after)):
        if (key in before) != (key in after):
            yield Compared(key, names.get(key, ""), None, "BOOL", Fact(key in before), Fact(key in after))
    subjects = [("", then.household, now.household)]
    subjects += [(key, before[key], after[key]) for key in before if key in after]
    for who, old, new in subjects:
        for code in sorted({*old, *new} & pack.facts.keys()):
            spec = pack.facts[code]
            pair = old.get(code, _UNKNOWN), new.get(code, _UNKNOWN)
            if any(fact.value is not None for fact in pair):
                yield Compared(who, names.get(who, ""), spec.label, spec.unit, *pair)
