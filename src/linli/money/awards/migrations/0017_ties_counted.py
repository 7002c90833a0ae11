"""What says what somebody is to others is counted with the resident (docs/adr/0073): as one, here where all of it is."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT resident_id * 16 + 15, count(*) FROM (SELECT resident_id FROM residents_residentaccount UNION ALL SELECT a_id FROM residents_kinship UNION ALL SELECT b_id FROM residents_kinship UNION ALL SELECT guardian_id FROM residents_guardianship UNION ALL SELECT holder_id FROM awards_payeeaccount) tie WHERE resident_id IS NOT NULL GROUP BY resident_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
]


class Migration(migrations.Migration):

    dependencies = [
        ("awards", "0016_counted"),
        ("residents", "0013_ties_counted"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
