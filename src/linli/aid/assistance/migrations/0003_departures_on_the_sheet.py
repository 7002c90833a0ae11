"""The assessors' own amounts stand on the sheet that the three sign."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistance", "0002_time_that_does_not_count")]

    operations = [
        migrations.AddField(model_name="assessment", name="departures", field=models.TextField(blank=True, default=""), preserve_default=False),
    ]
