"""Pages of the workbench on Monday."""

from tests.browser import desk, log_in

__all__ = ["desk", "log_in"]
