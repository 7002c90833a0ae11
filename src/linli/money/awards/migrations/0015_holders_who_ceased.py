"""Who holds an account is asked whether they are member or guardian still: what is due is reckoned anew of every award."""

from django.db import migrations

MARK = (
    "INSERT INTO awards_duemark (award_id, day) SELECT id, '0001-01-01' FROM awards_award WHERE true "
    "ON CONFLICT (award_id) DO UPDATE SET day = excluded.day"
)


class Migration(migrations.Migration):
    """Marks every award; the triggers that mark later changes are put in place after the migrations."""

    dependencies = [("awards", "0014_claims_know_their_hand")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
