"""Jobs that wait in the table name their function by its module: rooms stand in wings now (docs/adr/0029)."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

WING = {"assistance": "aid", "awards": "money"}


def follow(apps, schema_editor):
    _rename(apps, {f"linli.{room}.": f"linli.{wing}.{room}." for room, wing in WING.items()})


def go_back(apps, schema_editor):
    _rename(apps, {f"linli.{wing}.{room}.": f"linli.{room}." for room, wing in WING.items()})


def _rename(apps, names):
    results = apps.get_model("django_tasks_database", "DBTaskResult").objects
    for old, new in names.items():
        results.filter(task_path__startswith=old).update(task_path=Replace(F("task_path"), Value(old), Value(new)))


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0003_what_a_form_said"),
        ("django_tasks_database", "0018_rename_succeeded_status"),
    ]

    operations = [migrations.RunPython(follow, go_back)]
