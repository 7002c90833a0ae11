"""What the foundation does by itself: every day, when a long workbook is asked for, and after an upgrade."""

from collections.abc import Sequence
from typing import Any

from linli.foundation.clock import now
from linli.foundation.data import statistics
from linli.foundation.screens import exporting
from linli.foundation.trail import audit, digests, drafts, exports, tries, upgrading
from linli.foundation.trail.jobs import job
from linli.kernel.act import SYSTEM, Act

_SUNDAY = 6


@job("trail.seal_days", daily=True)
def seal(today: Act) -> None:
    """Seal the days that are over."""
    audit.seal_days(today, before=today.on)


@job("trail.drop_drafts", daily=True)
def drop_drafts(today: Act) -> None:
    """Throw away drafts that nobody touched for thirty days."""
    drafts.drop_old(today.at)


@job("trail.drop_tries", daily=True)
def drop_tries(today: Act) -> None:
    """Throw away what was counted of tries that are long over."""
    tries.drop_old(today.at)


@job("trail.drop_exports", daily=True)
def drop_exports(today: Act) -> None:
    """Throw away workbooks that were asked for more than a day ago."""
    exports.drop_old(today.at)


@job("data.analyse", daily=True)
def analyse(today: Act) -> None:
    """On Sundays let the database count what lies where."""
    if today.on.weekday() == _SUNDAY:
        statistics.analyse()


@job("trail.write_export")
def write_export(today: Act, export_id: int) -> None:
    """Write a long workbook."""
    exporting.write_export(today, export_id)


def digest_after_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: when something was migrated, answer anew for the rows of tables with other columns than before.

    A start without migrations answers for nothing: what was altered behind the product's back stays altered.
    """
    tables = digests.of_older_shape() if plan and using == "default" else []
    if tables:
        upgrading.digest_anew(Act(SYSTEM, now()), tables=tables)
