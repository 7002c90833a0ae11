"""What the foundation does by itself: every day, when a long workbook is asked for, and after an upgrade."""

from linli.foundation.data import statistics
from linli.foundation.files import unsent
from linli.foundation.screens import exporting
from linli.foundation.trail import audit, checks, drafts, exports, tries
from linli.foundation.trail.jobs import job
from linli.kernel.act import Act

_SUNDAY = 6


@job("trail.seal_days", daily=True)
def seal(today: Act) -> None:
    """Seal the days that are over."""
    audit.seal_days(today, before=today.on)


@job("trail.verify", daily=True)
def verify(today: Act) -> None:
    """Have the trail checked, when the days that are over are sealed."""
    checks.ask_daily(today)


@job("trail.run_check")
def run_check(today: Act, check_id: int) -> None:
    """Check the trail, the whole or since the last time."""
    checks.run(check_id)


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


@job("files.drop_unsent", daily=True)
def drop_unsent(today: Act) -> None:
    """Throw away files that no draft names any more."""
    unsent.drop_old(today.at)


@job("data.analyse", daily=True)
def analyse(today: Act) -> None:
    """On Sundays let the database count what lies where."""
    if today.on.weekday() == _SUNDAY:
        statistics.analyse()


@job("trail.write_export")
def write_export(today: Act, export_id: int) -> None:
    """Write a long workbook."""
    exporting.write_export(today, export_id)
