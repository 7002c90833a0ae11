"""What is in the repository says nothing of the machine it was made on."""

import re

import pytest

from tests.architecture.source import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# A pinned requirement with its hashes, and nothing else: no index, no address, no folder.
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,_ -]+\])?==[^\s;]+( ; [^\\]+)?( \\)?$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
HOME = re.compile("/(ho" + r"me|Users)/\w|/ro" + r"ot/\w")
TEXTS = {".py", ".toml", ".md", ".html", ".css", ".js", ".sh", ".in", ".txt", ".po", ".typ"}
FOLDERS = ("src", "tests", "docs", "tools", "packs", "requirements")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_only_pinned_packages_and_hashes(lock):
    wrong = [line for line in lock.read_text().splitlines() if line and not (PINNED.match(line) or HASH.match(line))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_a_lock_file_has_a_hash(lock):
    text = lock.read_text()

    assert [name for name in re.split(r"\n(?=\S)", text) if name.strip() and "--hash=sha256:" not in name] == []


def test_no_file_knows_somebodys_home():
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in TEXTS and path.is_file()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if HOME.search(line)
    ]

    assert not wrong, "\n".join(wrong)
