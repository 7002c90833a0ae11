"""A pack's folder is written beside its place and put there at the end: it is there whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Where to write what becomes ``target`` when the block ends well; nothing is left when it does not.

    The folder is not there yet: what a killed process left in its place is taken away first.
    """
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.rename(target)
