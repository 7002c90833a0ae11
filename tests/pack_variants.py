"""The community's pack with some words of its files exchanged, installed: law that a test needs to say otherwise."""

import shutil
from pathlib import Path

from linli.law.policies.models import PackVersion
from linli.law.policies.operations import install_pack
from tests.conftest import system_act

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "community" / "assistance_plan"


def install_variant(into: Path, *changes: tuple[str, str, str]) -> PackVersion:
    """Install a copy made in ``into``; a change is (file, text, other text). A text that is not there is an error."""
    copy = into / f"pack{len(list(into.iterdir()))}"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("examples"))
    for name, old, new in changes:
        text = (copy / name).read_text()
        assert old in text, f"{name} does not say {old}"
        (copy / name).write_text(text.replace(old, new))
    return install_pack(system_act(), folder=copy)
