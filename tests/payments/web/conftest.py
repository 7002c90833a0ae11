"""Pages."""

from tests.ledger.browser import desk, log_in

__all__ = ["desk", "log_in"]
