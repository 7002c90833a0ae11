"""A family that moved away before it was assessed has its case closed: whose turn such cases are is reckoned anew."""

from django.db import migrations

MARK = (
    "INSERT INTO assistance_reckoning (application_id, day) SELECT id, '0001-01-01' FROM assistance_application "
    "WHERE state IN ('RECEIVED', 'AWAITING_PAPERS', 'ACCEPTED', 'ASSESSING', 'OBJECTED') "
    "ON CONFLICT (application_id) DO UPDATE SET day = excluded.day"
)


class Migration(migrations.Migration):
    """Marks every case that is not assessed."""

    dependencies = [("assistance", "0012_team_changed")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
