"""Next year's pack as the rule writes it: written once for all tests that only install it."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from linli.law.policies.engine.next_year import write_next_year


@cache
def next_year_of(folder: Path) -> Path:
    """The folder of the pack that follows another one; whoever changes it takes a copy."""
    kept = Path(tempfile.mkdtemp(prefix="linli-next-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    return write_next_year(folder, kept / "pack")
