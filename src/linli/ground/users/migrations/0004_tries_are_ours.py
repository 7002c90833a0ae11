from django.db import migrations

# Kept by a library that is no longer asked: names, addresses and browsers of everybody who mistyped a password.
TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog")


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0003_reminders'),
    ]

    operations = [
        migrations.RunSQL([f'DROP TABLE IF EXISTS "{table}"' for table in TABLES], migrations.RunSQL.noop),
    ]
