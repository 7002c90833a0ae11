"""What the room of accounts does by itself every day."""

from linli.foundation.trail.jobs import job
from linli.ground.users.operations.sessions import drop_sessions_over
from linli.kernel.act import Act


@job("users.drop_sessions", daily=True)
def drop_sessions(today: Act) -> None:
    """Throw away sessions that are over."""
    drop_sessions_over(today.at)
