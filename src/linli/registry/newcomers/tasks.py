"""What the product does with requests by itself."""

from linli.foundation.trail.jobs import job
from linli.kernel.act import Act
from linli.registry.newcomers.operations import empty


@job("newcomers.daily", daily=True)
def daily(today: Act) -> None:
    """Refused requests are emptied when their time is over."""
    empty(today)
