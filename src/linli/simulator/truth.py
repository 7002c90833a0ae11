"""What is true of a family today, and what the rules make of it: the same rules that determine applications."""

from collections.abc import Collection, Mapping
from datetime import date

from linli.law.policies.engine.evaluation import Evaluation
from linli.simulator.case import living
from linli.simulator.population import Home, true_facts
from linli.simulator.settle import Settled, World


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
