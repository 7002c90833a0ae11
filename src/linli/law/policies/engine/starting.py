"""Start a pack: a small scheme on one page that loads, keeps its promise and can be checked; the rest has defaults."""

import re
from pathlib import Path

from linli.kernel.errors import DomainError, gettext_noop
from linli.law.policies.engine.cases import EXAMPLES_FOLDER
from linli.law.policies.engine.examples import check_examples
from linli.law.policies.engine.loader import PARAMETERS_FILE, PLAN_FILE, RULES_FILE, SCHEME_FILE, load_pack
from linli.law.policies.engine.writing import drafted

_SCHEME = """\
code = "{code}"
version = "0.1"
label = {{ zh = "新方案", en = "New scheme" }}
source = "《办法》"
valid_from = {before}-11-01 # applications are taken two months before the plan's year

[facts.wages_fen]
label = {{ zh = "月工资", en = "Wages a month" }}
level = "PERSON"
unit = "FEN"

[[groups]]
code = "IN_NEED"
label = {{ zh = "困难家庭", en = "Household in need" }}
unit = "HOUSEHOLD"
rule = "in_need"

[[programmes]]
code = "GRANT"
label = {{ zh = "生活补助", en = "Grant" }}
group = "IN_NEED"
amount_rule = "grant_fen"

[[fund_sources]]
code = "TOWN"
label = {{ zh = "街道拨款", en = "Town grant" }}
"""
_PARAMETERS = """\
[need_line_fen]
label = { zh = "人均月收入线", en = "Income line per head" }
value = 90_000

[grant_monthly_fen]
label = { zh = "每户每月", en = "Per household and month" }
value = 30_000
"""
_RULES = """\
from linli.kernel.money import Fen
from linli.policies.engine import household_rule


@household_rule(zh="困难家庭", en="In need", article="《办法》第一条")
def in_need(total_wages_fen: Fen, size: int, need_line_fen: Fen) -> bool:
    return total_wages_fen < need_line_fen * size


@household_rule(zh="补助金额", en="Grant", article="《办法》第二条")
def grant_fen(in_need: bool, grant_monthly_fen: Fen) -> Fen:
    return grant_monthly_fen if in_need else Fen(0)
"""
_PLAN = """\
year = {year}
population = {{ residents = 3000, households = 1200 }}

[[programmes]]
programme = "GRANT"
recipients = 40
monthly_amount = "grant_monthly_fen"

[[sources]]
source = "TOWN"
amount = 14_400_000
"""
_EXAMPLE = """\
title = { zh = "收入在线下", en = "Income below the line" }
article = "《办法》第一条"
members = [{ key = "A", role = "HEAD", facts = { wages_fen = 80_000 } }]

[[expect.entitlements]]
programme = "GRANT"
eligible = true
amount_fen = 30_000
"""


class FolderOccupied(DomainError):
    """There is something where a new pack is to be; nothing is ever overwritten."""

    message = gettext_noop("%(folder)s 已存在，不会覆盖；请换一个文件夹")


def start_pack(folder: Path, *, year: int) -> Path:
    """Write a small pack for the year into a new folder; returns the folder.

    The folder's name is the scheme's code. Raises FolderOccupied. Nothing is left behind after a refusal.
    """
    if folder.exists():
        raise FolderOccupied(folder=folder.name)
    code = re.sub(r"[^a-z0-9_]+", "_", folder.name.lower()).strip("_") or "scheme"
    with drafted(folder) as draft:
        (draft / EXAMPLES_FOLDER).mkdir(parents=True)
        for name, text in {
            SCHEME_FILE: _SCHEME.format(code=code, before=year - 1),
            PARAMETERS_FILE: _PARAMETERS,
            RULES_FILE: _RULES,
            PLAN_FILE: _PLAN.format(year=year),
            f"{EXAMPLES_FOLDER}/01_below_the_line.toml": _EXAMPLE,
        }.items():
            (draft / name).write_text(text, encoding="utf-8")
        check_examples(draft, load_pack(draft))
    return folder
