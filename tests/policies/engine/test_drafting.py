"""What is written beside its place is there whole or not at all, whoever writes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linli.law.policies.engine import load_pack
from linli.law.policies.engine.next_year import write_next_year
from linli.law.policies.engine.starting import start_pack
from linli.law.policies.engine.versioning import write_version
from linli.law.policies.engine.writing import drafted
from tests.policies.engine.support import COMMUNITY

WRITERS: dict[str, Callable[[Path], Path]] = {
    "a new pack": lambda target: start_pack(target, year=2027),
    "next year's": lambda target: write_next_year(COMMUNITY, target),
    "another version": lambda target: write_version(COMMUNITY, target, changes={}, version="9.9"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_killed_process_left_is_no_part_of_it(tmp_path: Path, name: str) -> None:
    left = tmp_path / ".pack.draft"
    left.mkdir()
    (left / "left.txt").write_text("x")

    made = WRITERS[name](tmp_path / "pack")

    assert made == tmp_path / "pack"
    assert load_pack(made)
    assert not (made / "left.txt").exists()
    assert list(tmp_path.iterdir()) == [made]


def test_nothing_is_left_after_a_refusal(tmp_path: Path) -> None:
    def write() -> None:
        with drafted(tmp_path / "pack") as draft:
            draft.mkdir()
            raise ValueError

    with pytest.raises(ValueError):
        write()
    assert list(tmp_path.iterdir()) == []
