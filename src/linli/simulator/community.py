"""Invent a community that fits a plan: its households and residents, and as many in each group as it aims at.

No group and no fact is known here: the pack's own rules say who belongs where and who is paid, and ``fitting`` changes
homes until the numbers are right.
"""

from collections import Counter
from datetime import date
from random import Random

from linli.law.policies.engine.model import Pack
from linli.overview.planning.engine import Plan
from linli.simulator.families import customs
from linli.simulator.fitting import fit
from linli.simulator.maker import Maker
from linli.simulator.population import Population


def invent(pack: Pack, plan: Plan, *, seed: int, on: date) -> Population:
    """People for a plan's population, with each group and programme as large as planned, as far as the rules allow.

    Denominators are the plan's ``population.residents`` and ``population.households``. What could not be reached, or
    contradicts itself in the plan, is told by ``census``.
    """
    draw = Random(f"population:{seed}")
    maker = Maker(pack, on, draw, customs())
    homes = [maker.offered(home) for home in fit(maker, plan, maker.homes(*_size(plan)))]
    counts = Counter(part for home in homes for part, _place in home.counted)
    return Population(
        tuple(homes),
        sum(len(home.members) for home in homes),
        len(homes),
        {part: counts[part] for part in (*maker.tests, *maker.offers)},
    )


def _size(plan: Plan) -> tuple[int, int]:
    """Households and residents of the plan; where it names no households, two people and a half live in each."""
    residents = int(plan.figures["population.residents"].value)
    figure = plan.figures.get("population.households")
    return max(int(figure.value) if figure else residents * 2 // 5, 1), residents
