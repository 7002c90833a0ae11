"""The rows that are there already are counted with their owners (docs/adr/0073): anew, where they were before."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT award_id * 16 + 1, count(*) FROM awards_awardchange WHERE award_id IS NOT NULL GROUP BY award_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT resident_id * 16 + 2, count(*) FROM awards_awardmember WHERE resident_id IS NOT NULL GROUP BY resident_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
]


class Migration(migrations.Migration):

    dependencies = [
        ("awards", "0015_holders_who_ceased"),
        ("foundation", "0021_row_tallies"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
