from django.db import migrations


class Migration(migrations.Migration):
    """What an act gave as text was kept beside its key: of a look at an account, the whole number."""

    dependencies = [("foundation", "0013_signed_seals")]
    operations = [
        migrations.RunSQL(
            "UPDATE foundation_actkey SET outcome = 'null' WHERE outcome LIKE '%\"%'", migrations.RunSQL.noop
        ),
    ]
