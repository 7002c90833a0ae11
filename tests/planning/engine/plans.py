"""Plans for the tests: the pack's own, and mutations of it read from the files beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from linli.law.policies.engine import load_pack
from linli.law.policies.engine.loader import filled_plan
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.planfile import PLAN
from linli.overview.planning.engine import Change, Plan, plan_from_pack

ROOT = Path(__file__).parents[3]
COMMUNITY = ROOT / "packs" / "community" / "assistance_plan"
HARBOUR = ROOT / "tests" / "packs" / "harbour_relief"
# Packs of other schemes, each with a list of findings worked out by hand.
FOREIGN = {file.stem: file for file in sorted(Path(__file__).parent.glob("*.toml"))}
FOLDERS = {name: ROOT / "tests" / "packs" / name for name in FOREIGN} | {COMMUNITY.name: COMMUNITY}
MUTATIONS = [*sorted((Path(__file__).parent / "mutations").glob("*.toml")), *FOREIGN.values()]
_KEYS = {"sources": "source", "programmes": "programme", "groups": "group"}


@cache
def pack_in(folder: Path) -> Pack:
    """A pack, read once for all tests."""
    return load_pack(folder)


@cache
def community_plan() -> Plan:
    """S2 as written."""
    return plan_from_pack(pack_in(COMMUNITY))


@cache
def harbour_plan() -> Plan:
    """The foreign scheme's plan."""
    return plan_from_pack(pack_in(HARBOUR))


def plan_written(pack: Pack, text: Mapping[str, Any]) -> Plan:
    """The plan of a pack whose plan file says something else."""
    return plan_from_pack(replace(pack, plan=PLAN.made(text)))


def mutation(file: Path) -> tuple[Plan, Mapping[str, Any]]:
    """The mutated plan and what its file expects."""
    expected = tomllib.loads(file.read_text(encoding="utf-8"))
    pack = pack_in(FOLDERS[file.stem] if file.stem in FOREIGN else COMMUNITY)
    text = filled_plan(FOLDERS[file.stem] if file.stem in FOREIGN else COMMUNITY) or {}
    for replaced in expected.get("replace", ()):
        key = _KEYS[replaced["section"]]
        text[replaced["section"]] = [
            {**entry, replaced["field"]: replaced["value"]} if entry[key] == replaced["code"] else entry
            for entry in text[replaced["section"]]
        ]
    changes = [Change(change["path"], change["value"]) for change in expected.get("changes", ())]
    return plan_written(pack, text).with_changes(changes), expected
