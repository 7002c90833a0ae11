"""What the product does with agreements by itself."""

from linli.foundation.trail.jobs import job
from linli.kernel.act import Act
from linli.registry.partners.operations import turn


@job("partners.daily", daily=True)
def daily(today: Act) -> None:
    """Signed agreements begin on their day, those whose time is over end."""
    turn(today)
