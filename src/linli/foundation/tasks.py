"""What the foundation does by itself every day."""

from linli.foundation.screens.pages import now
from linli.foundation.trail import audit
from linli.foundation.trail.jobs import job
from linli.kernel.act import SYSTEM, Act


@job("trail.seal_days", daily=True)
def seal() -> None:
    """Seal the days that are over."""
    today = Act(SYSTEM, now())
    audit.seal_days(today, before=today.on)
