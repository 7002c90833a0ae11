"""Links are counted with their accounts (docs/adr/0073); ties of residents in ``awards``, which has some of them."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT user_id * 16 + 14, count(*) FROM residents_residentaccount WHERE user_id IS NOT NULL GROUP BY user_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
]


class Migration(migrations.Migration):

    dependencies = [
        ("residents", "0012_counted"),
        ("foundation", "0021_row_tallies"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
