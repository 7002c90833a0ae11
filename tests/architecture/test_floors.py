"""A room per idea, floors only downward."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

from tests.architecture.source import ROOT, below_linli, floors, folder, modules, rooms, short

# Where one room may enter another (docs/adr/0011). Engines and rules are pure.
MEETING_POINTS = {"operations", "queries", "codes", "engine", "rules"}
# Models of rooms below are named in foreign keys and in the types of rows; test_code says who may fetch rows.
NAME_MODELS = {"models", "queries", "operations", "web", "family"}
# The composer, the simulator with its own contract, and the two floors under all rooms.
NO_ROOMS = {"config", "simulator", "foundation", "kernel"}


def test_the_contracts_of_the_floors_are_kept():
    linter = shutil.which("lint-imports", path=Path(sys.executable).parent)
    done = subprocess.run(
        [str(linter), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_every_room_has_its_floor():
    assert set(rooms()) == set(floors())


def test_rooms_meet_only_where_they_may():
    wrong = []
    for module in modules():
        if module.room in NO_ROOMS or not module.room:
            continue
        for node, name in module.imports():
            other, entrance = (*below_linli(name), "", "")[:2]
            if other in {module.room, *NO_ROOMS, ""}:
                continue
            names_rows = module.layer in NAME_MODELS and entrance == "models"
            # What one room brings to a family's page is met by what another brings (docs/adr/0040).
            on_one_page = module.layer == entrance == "family"
            if entrance not in MEETING_POINTS and not names_rows and not on_one_page:
                wrong.append(f"{module.at(node)} imports {name}")

    assert not wrong, "\n".join(wrong)


def test_foreign_keys_point_down():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("linli."):
            continue
        room = below_linli(model.__module__)[0]
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField) or not isinstance(field.related_model, type):
                continue
            target = (*below_linli(field.related_model.__module__), "")[0]
            if target not in {room, ""} and floors()[target] <= floors()[room]:
                wrong.append(f"{model.__name__}.{field.name} → {target}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", rooms())
def test_every_room_says_what_it_is_for(room):
    assert (folder(room) / "README.md").exists()


def test_no_module_is_longer_than_500_lines():
    lengths = {short(m.path): len(m.path.read_text().splitlines()) for m in modules()}

    assert {name: length for name, length in lengths.items() if length > 500} == {}


# Libraries and modules that open what a stranger hands in, and where they may be imported (docs/adr/0013).
READERS = {"csv", "zipfile", "tarfile", "python_calamine", "openpyxl", "pikepdf", "pypdf", "PIL", "xml", "lxml"}


def test_files_from_strangers_are_opened_by_the_child_alone():
    wrong = []
    for module in modules():
        inside = module.parts[:3] == ("foundation", "files", "reading")
        for node, name in module.imports():
            if name.partition(".")[0] in READERS and not inside:
                wrong.append(f"{module.at(node)} imports {name}")
            if inside and name.startswith("django"):
                wrong.append(f"{module.at(node)} imports {name}")
            # What the child and the asking side share is no reader.
            _own, _mark, rest = name.partition("linli.foundation.files.reading.")
            if rest and not inside and rest.partition(".")[0] not in {"answers", "bounds"}:
                wrong.append(f"{module.at(node)} imports {name}")

    assert not wrong, "\n".join(wrong)
