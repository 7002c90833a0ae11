"""Names registered before there was one spelling, and the search keys of everybody, are made anew.

Search keys changed with the readings of surnames and with the dots that count as one. Names are few to change, keys are
many to look at: rows are read in slices and only those that differ are written.
"""

from django.db import migrations

from linli.kernel.text import plain_name
from linli.registry.residents.engine.names import key, name_keys

_SLICE = 2_000


def respell(apps, schema_editor):
    """Every resident's name and keys, every household's key of its building. Runs as often as it likes."""
    _respell_residents(apps.get_model("residents", "Resident"))
    _respell_households(apps.get_model("residents", "Household"))


def _respell_residents(model):
    columns = ("name_key", "given_key", "pinyin_key", "initials_key")
    for rows in _slices(model.objects.only("name", *columns)):
        changed = []
        for row in rows:
            name = plain_name(row.name)
            keys = name_keys(name)
            wanted = (name, keys.name, keys.given, keys.pinyin, keys.initials)
            if wanted != (row.name, row.name_key, row.given_key, row.pinyin_key, row.initials_key):
                row.name, row.name_key, row.given_key, row.pinyin_key, row.initials_key = wanted
                changed.append(row)
        model.objects.bulk_update(changed, ["name", *columns], batch_size=100)


def _respell_households(model):
    for rows in _slices(model.objects.exclude(building=None).select_related("building").order_by("pk")):
        changed = []
        for row in rows:
            wanted = key(row.building.name)
            if row.building_key != wanted:
                row.building_key = wanted
                changed.append(row)
        model.objects.bulk_update(changed, ["building_key"], batch_size=100)


def _slices(rows):
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:_SLICE]):
        yield page
        last = page[-1].pk


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_search_indexes"), ("areas", "0001_initial")]

    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
