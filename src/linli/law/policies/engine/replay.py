"""Run a recorded determination again and hold it against what was recorded."""

import json
from collections.abc import Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from linli.law.policies.engine.determination import Determination, determine
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.problems import PackDiffers, ReplayDiffers


def replay(pack: Pack, recorded: str) -> str:
    """Determine again from the recorded facts, day and overrides; returns the same text.

    Raises PackDiffers when the record was made with another pack, ReplayDiffers when the bytes are not the same.
    """
    content = json.loads(recorded)
    if content["pack"]["digest"] != pack.digest:
        raise PackDiffers(recorded=content["pack"]["digest"], given=pack.digest)
    again = _determine_again(pack, content).to_json()
    if again != recorded:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(again, recorded, strict=False)))
        raise ReplayDiffers(position=same + 1)
    return again


def recorded_facts(content: Mapping[str, Any]) -> CaseFacts:
    """The facts that a recorded determination (its JSON, read) was made from."""
    facts = content["facts"]
    members = tuple(Member(m["key"], m["role"], _facts(m["facts"])) for m in facts["members"])
    return CaseFacts(members, _facts(facts["household"]))


def _determine_again(pack: Pack, content: Mapping[str, Any]) -> Determination:
    on = date.fromisoformat(content["on"])
    return determine(pack, recorded_facts(content), on, overrides=content["overrides"])


def _facts(raw: Mapping[str, Any]) -> Mapping[str, Fact]:
    return {
        name: Fact(fact["value"], fact["source"], date.fromisoformat(fact["date"]) if fact["date"] else None)
        for name, fact in raw.items()
    }
