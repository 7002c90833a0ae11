"""What the tests of files share."""

from collections.abc import Iterator

import pytest

from tests.foundation.files.warm import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process that reads hundreds of files, each in a fork of its own."""
    process = Warm()
    yield process
    process.close()
