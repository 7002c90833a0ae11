"""The rows that are there already are counted with their owners (docs/adr/0073)."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT award_id * 16 + 1, count(*) FROM awards_awardchange WHERE award_id IS NOT NULL GROUP BY award_id',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT resident_id * 16 + 2, count(*) FROM awards_awardmember WHERE resident_id IS NOT NULL GROUP BY resident_id',
]


class Migration(migrations.Migration):

    dependencies = [
        ("awards", "0013_programmes_and_reviews"),
        ("foundation", "0021_row_tallies"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
