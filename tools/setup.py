"""Set up .venv for the product or for the tests. Plain Python: it runs before anything is installed.

usage: setup.py product|tests
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
REQUIREMENTS = {"product": ("build.txt", "runtime.txt"), "tests": ("dev.txt",)}


def main(what: str) -> int:
    """Make the environment when missing, install the pinned set, compile translations, mark it done."""
    if not (VENV / "bin" / "python").exists():
        say("making .venv")
        venv.create(VENV, with_pip=True)
    for name in REQUIREMENTS[what]:
        say(f"installing requirements/{name}")
        # What is locked and nothing else: pip resolves nothing, so a release that appears tomorrow changes nothing.
        pip("install", "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / name))
    pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    pip("check")
    run(str(VENV / "bin" / "python"), str(ROOT / "tools" / "messages.py"), "compile")
    (ROOT / "build").mkdir(exist_ok=True)
    if what == "tests":
        run("sh", str(ROOT / "tools" / "ensure_browser.sh"))
        run("sh", str(ROOT / "tools" / "ensure_proxy.sh"))
        (VENV / ".product").touch()
    (VENV / f".{what}").touch()
    return 0


def pip(*arguments: str) -> None:
    """Run pip quietly inside the environment."""
    flags = ["-q", "--disable-pip-version-check", "--no-input"]
    run(str(VENV / "bin" / "python"), "-m", "pip", arguments[0], *flags, *arguments[1:])


def run(*command: str) -> None:
    """Run a command; a failure ends the set-up with its own message."""
    result = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False)
    if result.returncode:
        sys.exit(result.returncode)


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"· {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
