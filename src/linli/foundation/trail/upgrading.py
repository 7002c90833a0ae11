"""After an upgrade: rows whose columns have changed are digested as they are now, and the trail says that they were."""

from collections.abc import Mapping, Sequence
from typing import Any

from linli.foundation.data import definitions, touched
from linli.foundation.trail import digests
from linli.foundation.trail.acts import act
from linli.foundation.trail.audit import record
from linli.foundation.trail.jobs import by_the_clock
from linli.kernel.act import Act


@act
def accept_definitions(act: Act) -> None:
    """What the database is told to keep is right as it is now: somebody at the server looked at it."""
    found = definitions.differences()
    definitions.keep()
    record(act, where=0, subject=f"day:{act.on.isoformat()}", lines=found, note={"definitions": found})


def check_rows_before_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: an upgrade answers for what migrations write, not for what somebody else wrote before. Rows of
    tables whose columns change cannot be read by the new code: the manual has them verified before.

    Raises DefinitionsDiffer with the rows.
    """
    if plan and using == "default" and digests.are_there():
        found = [str(one) for table in digests.of_this_shape() for one in digests.forged_in(table)]
        if found:
            raise definitions.DefinitionsDiffer(found)


def digest_after_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: when something was migrated, answer anew for rows with other columns, and for those that the
    migrations wrote; where an upgrade was ended before it came to that, for the first alone.

    A start without migrations answers for nothing else: what was altered behind the product's back stays altered. Who
    takes digests away, or puts some there, to have a table digested anew leaves entries that miss them, or digests that
    no entry answers for: then nothing is. No job does this: whoever writes a job's row would have the product sign.

    Raises DefinitionsDiffer with the entries.
    """
    if using == "default" and (plan or digests.of_older_shape()):
        loose = [f"foundation_auditentry {entry}" for entry in digests.loose_entries()]
        if loose:
            raise definitions.DefinitionsDiffer(loose)
        digest_older(by_the_clock(), migrated=bool(plan))


def digest_older(act: Act, *, migrated: bool) -> None:
    """Digest the rows of tables whose columns have changed since their rows were digested; ``migrated``: and those that
    migrations wrote.
    """
    tables = digests.of_older_shape()
    same = digests.of_this_shape() if migrated else []
    rows = {table: [one.row for one in digests.forged_in(table)] for table in same}
    written = {table: keys for table, keys in rows.items() if keys}
    if tables or written:
        digest_anew(act, tables=tables, rows=written)


@act
def digest_anew(act: Act, *, tables: Sequence[str], rows: Mapping[str, Sequence[int]]) -> None:
    """Digest every row of the tables, and the rows named by their keys, as they are now."""
    counts = {table: touched.note_all(table) for table in tables}
    counts |= {table: touched.note(table, keys) for table, keys in rows.items()}
    record(act, where=0, subject=f"day:{act.on.isoformat()}", lines=sorted(counts), note={"rows": counts})
