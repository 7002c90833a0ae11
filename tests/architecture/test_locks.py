"""The lock files are complete by themselves: what installs today installs in a year, whoever publishes what meanwhile.

Proved from the metadata of the installed distributions, without an index: every requirement of every locked
distribution, with its extras and markers, is in the lock for each Python and machine that the product is for.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
SETS = {"build": ["build.in"], "runtime": ["runtime.in"], "dev": ["dev.in"]}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PLATFORMS = [(python, machine) for python in PYTHONS for machine in MACHINES]


def lines(path: Path) -> list[str]:
    """The logical lines of a requirements file, without comments."""
    text = path.read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def wanted(name: str) -> list[Requirement]:
    """What a person wrote into requirements/*.in, files named by ``-r`` included."""
    found: list[Requirement] = []
    for line in lines(REQUIREMENTS / name):
        found += wanted(line.removeprefix("-r ").strip()) if line.startswith("-r ") else [Requirement(line)]
    return found


def locked(name: str) -> dict[str, Requirement]:
    """What the lock pins, by canonical name."""
    pins = [Requirement(HASH.sub("", line).strip()) for line in lines(REQUIREMENTS / f"{name}.txt")]
    assert len({canonicalize_name(pin.name) for pin in pins}) == len(pins), "a name stands twice"
    return {canonicalize_name(pin.name): pin for pin in pins}


def place(python: str, machine: str) -> Environment:
    """What markers see on a Linux of that Python and machine."""
    here = default_environment()
    here.update(
        python_version=python, python_full_version=f"{python}.0", platform_machine=machine, sys_platform="linux"
    )
    here.update(platform_system="Linux", os_name="posix", platform_python_implementation="CPython")
    here.update(implementation_name="cpython", implementation_version=f"{python}.0", platform_release="6.1")
    return here


def holds(requirement: Requirement, where: Environment, extras: frozenset[str]) -> bool:
    """Whether a requirement counts there, asked with the extras of who requires it."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**where, "extra": extra}) for extra in (extras or {""}))


@cache
def about(name: str) -> tuple[SpecifierSet, tuple[Requirement, ...]]:
    """For which Pythons an installed distribution is, and what it requires."""
    told = metadata.distribution(name)
    return SpecifierSet(told.metadata.get("Requires-Python") or ""), tuple(map(Requirement, told.requires or ()))


def missing(name: str, where: Environment) -> Iterator[str]:
    """Walk from what was asked for over the metadata; say every requirement that the lock does not meet."""
    pins = locked(name)
    asked = [("requirements", one) for one in wanted(SETS[name][0])]
    seen: set[tuple[str, frozenset[str]]] = set()
    while asked:
        by, requirement = asked.pop()
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or not holds(pin, where, frozenset()):
            yield f"{by} asks for {requirement}: not in the lock"
            continue
        version = next(iter(pin.specifier)).version
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{by} asks for {requirement}: the lock pins {version}"
        extras = frozenset(requirement.extras)
        if (pin.name, extras) in seen:
            continue
        seen.add((pin.name, extras))
        pythons, requires = about(pin.name)
        if not pythons.contains(where["python_full_version"]):
            yield f"{pin.name} {version} is not for Python {where['python_version']}"
        asked += [(pin.name, further) for further in requires if holds(further, where, extras | {""})]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("python", "machine"), PLATFORMS)
def test_every_requirement_of_every_locked_distribution_is_in_the_lock(name: str, python: str, machine: str) -> None:
    assert list(missing(name, place(python, machine))) == []


@pytest.mark.parametrize("name", SETS)
def test_a_requirement_left_out_of_the_lock_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locked(name)
    module = sys.modules[__name__]
    for gone in whole:
        if whole[gone].marker is not None and not holds(whole[gone], place("3.11", "x86_64"), frozenset()):
            continue
        monkeypatch.setattr(module, "locked", lambda _name, gone=gone: {k: v for k, v in whole.items() if k != gone})
        assert any("not in the lock" in line for line in missing(name, place("3.11", "x86_64"))), gone


def test_one_version_serves_all_three_sets() -> None:
    tests = {name: str(pin.specifier) for name, pin in locked("dev").items()}
    for name in ("build", "runtime"):
        assert {n: str(pin.specifier) for n, pin in locked(name).items()}.items() <= tests.items(), name


def test_what_is_installed_here_is_what_is_locked() -> None:
    for pin in locked("dev").values():
        if holds(pin, place(f"{sys.version_info.major}.{sys.version_info.minor}", "x86_64"), frozenset()):
            assert metadata.version(pin.name) in pin.specifier, pin.name


def test_the_product_imports_nothing_that_only_tests_or_the_build_install() -> None:
    """Every import of src is Python's own, the product's, or of a distribution of the runtime lock."""
    names = metadata.packages_distributions()
    allowed = locked("runtime").keys()
    imports = re.compile(r"^\s*(?:from|import) ([A-Za-z_]\w*)", re.MULTILINE)
    foreign = {
        f"{path.relative_to(ROOT)}: {top}"
        for path in (ROOT / "src").rglob("*.py")
        for top in imports.findall(path.read_text())
        if top not in sys.stdlib_module_names and top != "linli" and top in names
        if not any(canonicalize_name(owner) in allowed for owner in names[top])
    }
    assert foreign == set()


def test_the_pythons_of_the_lock_are_those_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert all(SpecifierSet(project["requires-python"]).contains(python) for python in PYTHONS)
