"""An application as the desk remembers it, and the people of the family behind it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from linli.aid.assistance.codes import AssessorCapacity, Proposal
from linli.ground.users.queries import User
from linli.kernel.period import age_on
from linli.law.policies.engine.evaluation import Evaluation
from linli.simulator.population import Home, Person, true_facts
from linli.simulator.settle import Settled, World

_OF_AGE = 18
# Nobody answers any more: the application lapses by itself.
NEVER = date.max


@dataclass(eq=False)
class Case:
    """One application on its way. ``people``: the family's living members (places) when it came in."""

    settled: Settled
    groups: tuple[str, ...]
    honest: bool
    papers_at_hand: bool = False  # somebody who was too late once brings everything along
    people: tuple[int, ...] = ()
    application_id: int = 0
    number: str = ""
    ready_on: date = date.min  # nothing is done with it before this day
    missing: tuple[str, ...] = ()
    assessment_id: int = 0
    team: Mapping[AssessorCapacity, User] = field(default_factory=dict)  # while its sheet is open
    written: int = 0  # the version of the sheet to sign; 0: nobody has been there yet
    proposal: Proposal = Proposal.GRANT
    objection_id: int = 0

    def again(self, on: date, *, papers_at_hand: bool) -> "Case":
        """The same family with a new application, not before the day."""
        fresh = Case(self.settled, self.groups, honest=self.honest, papers_at_hand=papers_at_hand)
        return replace(fresh, ready_on=on)


def living(settled: Settled, dead: Collection[int]) -> Iterator[tuple[int, Person, int, str]]:
    """Place, person as they are now, resident id and number of everybody of the family who is alive."""
    people = zip(settled.home.members, settled.resident_ids, settled.resident_numbers, strict=True)
    for place, (person, resident_id, number) in enumerate(people):
        if resident_id not in dead:
            changed = settled.changed.get(place)
            now = replace(person, facts={**person.facts, **changed}) if changed else person
            yield place, now, resident_id, number


def applicant_of(settled: Settled, dead: Collection[int], on: date) -> int | None:
    """Resident id of the first living grown-up, who applies for the family; None when there is none."""
    grown = (pk for _place, person, pk, _number in living(settled, dead) if age_on(person.birth_date, on) >= _OF_AGE)
    return next(grown, None)


# --- what is true of a family today, and what the rules make of it: the same rules that determine applications ---


def amounts_due(world: World, settled: Settled, dead: Collection[int], on: date) -> Mapping[tuple[str, str], int]:
    """Fen a month by (programme, number of the household or resident) for the family as it is today."""
    people = list(living(settled, dead))
    home = Home(settled.home.index, tuple(person for _place, person, *_rest in people), settled.home.facts)
    pack = world.law(on)
    run = Evaluation(pack.graph, pack.parameters_on(on), true_facts(pack, home, on)).run()
    numbers = [number for *_rest, number in people]
    due = {}
    for programme in pack.programmes.values():
        for key in run.keys_of(pack.graph.nodes[programme.amount_rule]):
            number = settled.number if key is None else numbers[int(key)]
            due[programme.code, number] = int(run.get(programme.amount_rule, key).value or 0)
    return due
