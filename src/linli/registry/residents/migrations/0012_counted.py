"""The rows that are there already are counted with their owners (docs/adr/0073): anew, where they were before."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT household_id * 16 + 3, count(*) FROM residents_membership WHERE household_id IS NOT NULL GROUP BY household_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT resident_id * 16 + 4, count(*) FROM residents_membership WHERE resident_id IS NOT NULL GROUP BY resident_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT household_id * 16 + 5, count(*) FROM residents_relocation WHERE household_id IS NOT NULL GROUP BY household_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT p.household_id * 16 + 6, count(*) FROM residents_relocationannulment r JOIN residents_relocation p ON p.id = r.relocation_id GROUP BY p.household_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT household_id * 16 + 7, count(*) FROM residents_circumstance WHERE household_id IS NOT NULL GROUP BY household_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT resident_id * 16 + 8, count(*) FROM residents_circumstance WHERE resident_id IS NOT NULL GROUP BY resident_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT ward_id * 16 + 9, count(*) FROM residents_guardianship WHERE ward_id IS NOT NULL GROUP BY ward_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
]


class Migration(migrations.Migration):

    dependencies = [
        ("residents", "0011_relations_presumed"),
        ("foundation", "0021_row_tallies"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
