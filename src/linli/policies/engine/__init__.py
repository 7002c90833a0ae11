"""Policy packs and the determination of what they give: plain Python, no Django.

``load_pack`` reads a folder into a frozen ``Pack``; rule files mark their functions with ``person_rule`` and
``household_rule``.
"""

from linli.policies.engine.rulebook import household_rule, person_rule
from linli.policies.engine.loader import load_pack  # isort: skip

__all__ = ["household_rule", "load_pack", "person_rule"]
