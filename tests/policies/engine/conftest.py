"""Packs for the engine's tests: the community's own, the invented one, and copies that can be spoiled."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from linli.law.policies.engine import Pack, PackProblem, load_pack
from tests.policies.engine.support import COMMUNITY, HARBOUR, problems_of

Spoil = Callable[..., tuple[PackProblem, ...]]


@pytest.fixture(scope="session")
def community_pack() -> Pack:
    return load_pack(COMMUNITY)


@pytest.fixture(scope="session")
def harbour_pack() -> Pack:
    return load_pack(HARBOUR)


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(COMMUNITY, tmp_path / "pack"))


@pytest.fixture
def spoil(copy) -> Spoil:
    """Replace a text in one file of a copy of the community's pack, once, and return the problems found."""

    def change(file: str, old: str, new: str) -> tuple[PackProblem, ...]:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return problems_of(copy)

    return change
