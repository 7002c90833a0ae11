"""``linli audit verify`` and ``linli audit head``: is everything still what it was, and the code that proves it later.

Exit codes: 0 all is whole, 1 something is not (every problem is named), 2 there is no database to look at.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linli.foundation.trail.invariants import Violation
    from linli.foundation.trail.verifying import Reached

WHOLE, BROKEN, NO_DATABASE = 0, 1, 2
# The table that every installation has.
_SIGN_OF_LIFE = "foundation_auditentry"
_WHOLE = (
    "完整：审计链、封存、每条记录、数据库定义、外键、密钥、不变式、上传的材料均已重新核对，没有问题\n"
    "whole: audit chain, seals, every row, the database's definitions, foreign keys, keys of envelopes, invariants and "
    "uploaded papers were checked again"
)
_NO_DATABASE = (
    "没有可用的数据库：请检查 LINLI_DATABASE 与 LINLI_DATA，或先运行 migrate\n"
    "no database that is set up: check LINLI_DATABASE and LINLI_DATA, or run migrate"
)
_BEHIND = (
    "数据库是旧版本的：请用旧版本核验，备份后再启动新版本完成升级\n"
    "the database is of an older version: verify it with that, back it up, and start this one to upgrade"
)
# What a problem is, for those who read Chinese; the code and the subject follow.
_SAID = {
    "audit": "审计记录不完整",
    "row": "记录不是经办理改成这样的",
    "definition": "数据库定义被改动",
    "reference": "外键不完整",
    "key": "缺少密钥，加密内容打不开",
    "upload": "上传的材料缺失、被改动或打不开",
    "database": "没有数据库",
}


def run_verify(*, as_json: bool, head: Path | None = None, since_last: bool = False) -> int:
    """Recompute the audit chain, its seals and the digests of every row, compare the database's definitions, follow
    every foreign key, look for the keys that envelopes name, ask every room for its invariants, open every uploaded
    paper; ``head`` is a file by which the end of the trail is known. ``since_last``: go on from the last check of the
    worker's that found nothing. Writes nothing to the database.

    Writes each problem to standard output, one a line or as JSON. Returns 0 without problems, 1 with, 2 when the
    database is not there, not set up or of an older version.
    """
    if not _database_is_there():
        return _no_database(as_json=as_json)
    if _is_behind():
        return _no_database("database.behind", _BEHIND, as_json=as_json)
    from linli.foundation.data.readings import one_reading
    from linli.foundation.trail import checks

    with one_reading():
        far = checks.reached() if since_last else None
        problems = [*checks.look(since=far), *_beyond(head)]
    if as_json:
        _write_json(
            {
                "whole": not problems,
                "head": _head(),
                "problems": [{"code": problem.code, "subject": problem.subject} for problem in problems],
            }
        )
    else:
        lines = [f"{_said(problem.code)}{problem.code} {problem.subject}" for problem in problems]
        lines.append(f"共 {len(problems)} 处问题 · {len(problems)} problems" if problems else _whole(far))
        sys.stdout.write("\n".join(lines) + "\n")
    return BROKEN if problems else WHOLE


def _whole(far: "Reached | None") -> str:
    if far is None:
        return _WHOLE
    return (
        f"自{far.day.isoformat()}起完整：更早的记录以上一次核验为准，没有重新核对\n"
        f"whole since {far.day.isoformat()}: what is older was not checked again, the last check answers for it"
    )


def _beyond(file: Path | None) -> "list[Violation]":
    from linli.foundation.trail import heads
    from linli.foundation.trail.invariants import Violation

    if file is None:
        return []
    try:
        found = heads.compare(file.read_text())
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file}：无法作为封存摘要读取 · cannot be read as a head: {error}") from error
    return [Violation("audit.cut", f"area {one.chain}, {one.day.isoformat()}: {one.what}") for one in found]


def run_head(*, as_json: bool) -> int:
    """Write the newest seal's code, or as JSON the whole head; kept elsewhere, it proves later that nothing was cut
    off. Returns 0, or 2.
    """
    if not _database_is_there():
        return _no_database(as_json=as_json)
    if _is_behind():
        return _no_database("database.behind", _BEHIND, as_json=as_json)
    if as_json:
        from linli.foundation.trail import heads

        _write_json(heads.newest())
    else:
        sys.stdout.write(_head() + "\n")
    return WHOLE


def run_accept(*, yes: bool) -> int:
    """Write what of the database's definitions is not as the last upgrade left it; with ``yes`` it stands from now on,
    and the trail says so. Returns 0 when nothing differs (any more), 1 when something does, 2 without a database.
    """
    if not _database_is_there():
        return _no_database(as_json=False)
    from linli.foundation.clock import now
    from linli.foundation.data.definitions import differences
    from linli.foundation.trail.upgrading import accept_definitions
    from linli.kernel.act import SYSTEM, Act

    found = differences()
    sys.stdout.write("".join(f"{name}\n" for name in found))
    if found and yes:
        accept_definitions(Act(SYSTEM, now()))
    return BROKEN if found and not yes else WHOLE


def _database_is_there() -> bool:
    import django

    django.setup()
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    # Opening a file that is not there would make one.
    in_memory = name == ":memory:" or "mode=memory" in name
    if connection.vendor == "sqlite" and not in_memory and not Path(name).exists():
        return False
    return _SIGN_OF_LIFE in connection.introspection.table_names()


def _is_behind() -> bool:
    """Whether the database was made by an older version: its columns are others than the code reads."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _no_database(code: str = "database.missing", told: str = _NO_DATABASE, *, as_json: bool) -> int:
    if as_json:
        _write_json({"problems": [{"code": code, "subject": told}]})
    else:
        sys.stderr.write(told + "\n")
    return NO_DATABASE


def _said(code: str) -> str:
    return f"{_SAID.get(code.partition('.')[0], '账目或状态不符')} · "


def _head() -> str:
    from linli.foundation.trail.audit import head

    return head()


def _write_json(report: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
