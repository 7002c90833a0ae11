"""A family's application is a draft like any other (docs/adr/0039): what was typed moves, sealed anew for its place."""

from django.db import migrations

from linli.foundation.data.crypto import open_sealed, seal

ADDRESS = "/mine/new/"


def move(apps, schema_editor):
    kept = apps.get_model("foundation", "Draft").objects
    for old in apps.get_model("assistance", "Draft").objects.filter(form="application"):
        content = open_sealed(old.envelope, aad=f"assistance_draft|{old.user_id}|application")
        envelope = seal(content, aad=f"foundation_draft|{old.user_id}|{ADDRESS}")
        kept.create(user_id=old.user_id, address=ADDRESS, envelope=envelope, kept_at=old.saved_at)


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0005_whom_the_visit_described"),
        ("foundation", "0005_drafts"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop), migrations.DeleteModel(name="Draft")]
