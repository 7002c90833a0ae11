"""After an upgrade: rows whose columns have changed are digested as they are now, and the trail says that they were."""

from collections.abc import Sequence
from typing import Any

from linli.foundation.data import definitions, touched
from linli.foundation.trail import digests, jobs
from linli.foundation.trail.acts import act
from linli.foundation.trail.audit import record
from linli.kernel.act import Act


@act
def accept_definitions(act: Act) -> None:
    """What the database is told to keep is right as it is now: somebody at the server looked at it."""
    found = definitions.differences()
    definitions.keep()
    record(act, where=0, subject=f"day:{act.on.isoformat()}", lines=found, note={"definitions": found})


def digest_after_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: when something was migrated, answer anew for the rows of tables with other columns than before.

    A start without migrations answers for nothing: what was altered behind the product's back stays altered.
    """
    if plan and using == "default":
        jobs.do_now("trail.digest_rows_anew")


def digest_older(now: Act) -> None:
    """Digest the rows of tables whose columns have changed since their rows were digested."""
    tables = digests.of_older_shape()
    if tables:
        digest_anew(now, tables=tables)


@act
def digest_anew(act: Act, *, tables: Sequence[str]) -> None:
    """Digest every row of the tables as it is now."""
    counts = {table: touched.note_all(table) for table in tables}
    record(act, where=0, subject=f"day:{act.on.isoformat()}", lines=sorted(tables), note={"rows": counts})
