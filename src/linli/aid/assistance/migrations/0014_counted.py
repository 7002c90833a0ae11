"""The rows that are there already are counted with their owners (docs/adr/0073): anew, where they were before."""

from django.db import migrations

FILL = [
    'INSERT INTO foundation_rowtally (id, "rows") SELECT application_id * 16 + 10, count(*) FROM assistance_assessment WHERE application_id IS NOT NULL GROUP BY application_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT application_id * 16 + 11, count(*) FROM assistance_firstopinion WHERE application_id IS NOT NULL GROUP BY application_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT application_id * 16 + 12, count(*) FROM assistance_publicationentry WHERE application_id IS NOT NULL GROUP BY application_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
    'INSERT INTO foundation_rowtally (id, "rows") SELECT application_id * 16 + 13, count(*) FROM assistance_objection WHERE application_id IS NOT NULL GROUP BY application_id ON CONFLICT (id) DO UPDATE SET "rows" = excluded."rows"',
]


class Migration(migrations.Migration):

    dependencies = [
        ("assistance", "0013_moved_before_the_visit"),
        ("foundation", "0021_row_tallies"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL]
