"""The warm process reads as the product's child does, under the same limits, and tells of a reader that broke."""

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.foundation.files import children
from linli.foundation.files.reading.answers import DONE, TOO_MUCH, UNFORESEEN
from linli.foundation.files.tables import read_table
from tests.foundation.files.builders import HEADER, PEOPLE, PERSON, csv_text, jpeg, pdf, png, sheet
from tests.foundation.files.warm import Warm

GOOD = sheet([HEADER, PERSON])
# What the reader of tables does instead of reading.
BROKEN = """
from linli.foundation.files.reading import tables
import os, socket
def read(data, options):
    {instead}
tables.read = read
"""


@contextlib.contextmanager
def broken(instead: str) -> Iterator[Warm]:
    """A warm process whose reader of tables does this."""
    warm = Warm(BROKEN.format(instead=instead))
    try:
        yield warm
    finally:
        warm.close()


@pytest.mark.parametrize(
    ("task", "data", "options"),
    [
        ("table", GOOD, {"last_row": 9}),
        ("table", GOOD, {"last_row": 1}),
        ("table", csv_text([HEADER, PERSON]).encode(), {"last_row": 9}),
        ("table", GOOD[:900], {"last_row": 9}),
        ("table", b"", {}),
        ("PDF", pdf(), {}),
        ("PDF", pdf()[:99], {}),
        ("PNG", png(), {}),
        ("JPEG", jpeg()[:9], {}),
    ],
)
def test_says_what_the_child_of_the_product_says(warm: Warm, task: str, data: bytes, options: dict[str, int]):
    assert warm(task, data, options) == children.run(task, data, options)


def test_goes_on_with_the_next_file_after_one_that_broke_the_reader():
    with broken("os.abort() if data == b'!' else None; return {}") as warm:
        assert [warm("table", data, {})[0] for data in (b"!", b"?", b"!")] == [-signal.SIGABRT, DONE, -signal.SIGABRT]


@pytest.mark.parametrize(
    ("instead", "ended"),
    [
        ("os.abort()", -signal.SIGABRT),
        ("os.kill(os.getpid(), 11)", -signal.SIGSEGV),
        ("raise ValueError", UNFORESEEN),
        ("bytearray(1 << 29)", TOO_MUCH),
        ("open('/etc/hostname')", UNFORESEEN),
        ("socket.socket()", UNFORESEEN),
    ],
)
def test_a_reader_that_breaks_or_leaves_its_bounds_fails_the_test_with_the_file_that_did_it(instead: str, ended: int):
    with broken(instead) as warm:

        @settings(database=None, max_examples=10)
        @given(st.binary())
        def never_crashes(data: bytes) -> None:
            warm.take(lambda: read_table(b"PK" + data, filename="a.xlsx", columns=PEOPLE))

        with pytest.raises(AssertionError, match=rf"(?s)the reader ended with {ended}\n.*data=b'"):
            never_crashes()


def test_leaves_no_open_file_behind(warm: Warm):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        warm("PNG", png(), {})

    assert len(os.listdir("/proc/self/fd")) == before
