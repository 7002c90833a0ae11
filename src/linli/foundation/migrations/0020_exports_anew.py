from django.db import migrations


class Migration(migrations.Migration):
    """Workbooks of before are sealed without whose they are: whoever still wants one, of a day at most, asks anew."""

    dependencies = [
        ("foundation", "0019_rows_before"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM foundation_exportpart", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM foundation_export", migrations.RunSQL.noop),
    ]
