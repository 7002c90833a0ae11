"""A slice of ``make fuzz`` with every run of the tests, and that the fuzzer sees what it looks for."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

_FIND = """
from tests.foundation.files import fuzzing
from tests.foundation.files.damage import flip_bits

def fails(data):
    raise {raised}

found = fuzzing.run(
    fuzzing.Format([b"x"], flip_bits, fails), "x", count=3, seed=1, warm=fuzzing.Warm(), keep=None
)
print(len(found.faults))
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as ``make fuzz`` runs it."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )


def test_a_hundred_damaged_files_of_each_format_are_taken_or_refused():
    done = python("-m", "tests.foundation.files.fuzzing", "--count", "100", "--seed", "20260309")

    assert (done.returncode, "FAULT" in done.stdout) == (0, False), done.stdout[-3000:] + done.stderr[-2000:]
    assert {"xlsx", "csv", "pdf", "png", "jpeg"} <= {line.partition(":")[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(("raised", "faults"), [("ValueError('x')", 3), ("fuzzing.DomainError()", 0)])
def test_an_exception_that_is_no_refusal_is_a_fault(raised: str, faults: int):
    done = python("-c", _FIND.format(raised=raised))

    assert done.stdout.strip() == str(faults), done.stderr[-2000:]


def test_a_reader_that_breaks_is_a_fault():
    program = (
        "from tests.foundation.files import fuzzing\n"
        "from linli.foundation.files.children import ReadingStopped\n"
        "print([bool(fuzzing._fault(ReadingStopped(), code)) for code in (70, 71, -6, -24, -11, -14)])"
    )

    assert python("-c", program).stdout.strip() == "[True, False, False, False, True, True]"
