"""Hashes of parts of numbers stay where the masks show the part: of short telephones, which show two digits, none."""

from django.db import migrations

from linli.foundation.data.crypto import open_sealed

_SLICE = 2_000
_SHOWN_FROM = 11  # digits of a telephone of which the mask shows both ends


def forget_short_telephones(apps, schema_editor):
    """Take the hashes of the parts of short telephones away. Runs as often as it likes."""
    model = apps.get_model("residents", "Resident")
    rows = model.objects.exclude(phone_envelope="").exclude(phone_last4="").only("row_key", "phone_envelope")
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:_SLICE]):
        last = page[-1].pk
        short = [row.pk for row in page if len(_phone(row)) < _SHOWN_FROM]
        model.objects.filter(pk__in=short).update(phone_first3="", phone_last4="")


def _phone(row):
    return open_sealed(row.phone_envelope, aad=f"residents_resident|{row.row_key}|phone")


class Migration(migrations.Migration):
    dependencies = [("residents", "0007_households_gone")]

    operations = [
        migrations.RemoveIndex(model_name="resident", name="resident_id6"),
        migrations.RemoveIndex(model_name="resident", name="resident_phone5"),
        migrations.RemoveIndex(model_name="resident", name="resident_phone7"),
        migrations.RemoveField(model_name="resident", name="id_last6"),
        migrations.RemoveField(model_name="resident", name="phone_first5"),
        migrations.RemoveField(model_name="resident", name="phone_first7"),
        migrations.RunPython(forget_short_telephones, migrations.RunPython.noop),
    ]
