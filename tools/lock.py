"""Resolve requirements/*.in into complete, hash-pinned *.txt, and see that every platform finds its wheels.

Needs uv and a package index; nothing else in the project does. Set-up installs exactly what stands in the files
(``--no-deps --require-hashes``), so the files must be complete by themselves: extras stay in the names, markers stay on
the lines, and one version serves all three sets. ``tests/architecture/test_locks.py`` proves it without an index.

usage: lock.py [--upgrade]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")
# What Debian 12 can load: glibc 2.36 and older. pip asks for each tag by name.
GLIBC = (*(f"manylinux_2_{minor}" for minor in range(36, 4, -1)), "manylinux2014", "manylinux2010", "manylinux1")
COMPILE = (
    "uv pip compile -q --generate-hashes --universal --no-strip-extras --no-header --no-annotate --python-version 3.11"
)


def main(arguments: list[str]) -> int:
    """The exit code: 0 when all is resolved and every platform finds a wheel for every line."""
    # The widest set first: the other two take its versions.
    run(*COMPILE.split(), *arguments, "requirements/dev.in", "-o", "requirements/dev.txt")
    for name in ("build", "runtime"):
        source, target = f"requirements/{name}.in", f"requirements/{name}.txt"
        run(*COMPILE.split(), "-c", "requirements/dev.txt", source, "-o", target)
    missing = [
        f"{python} {machine}: {reason}"
        for python in PYTHONS
        for machine in MACHINES
        if (reason := wheels_missing(python, machine))
    ]
    for line in missing or [f"wheels found for CPython {', '.join(PYTHONS)} on {', '.join(MACHINES)}"]:
        sys.stdout.write(line + "\n")
    return 1 if missing else 0


def wheels_missing(python: str, machine: str) -> str:
    """What pip says when a locked line has no wheel there; empty when all have one."""
    platforms = [word for tag in GLIBC for word in ("--platform", f"{tag}_{machine}")]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--dry-run"),
                *("--target", folder, "--no-deps", "--require-hashes", "--only-binary", ":all:"),
                *("--implementation", "cp", "--python-version", python, *platforms),
                *("-r", str(REQUIREMENTS / "dev.txt")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return "; ".join(errors) or (f"pip ended with {done.returncode}" if done.returncode else "")


def run(*command: str) -> None:
    """Run a command at the root; its failure is ours."""
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
