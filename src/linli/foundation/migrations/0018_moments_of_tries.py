from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0017_checks_of_the_trail'),
    ]

    operations = [
        # Counts of windows: none lasts longer than a day, and the new ones begin at other moments.
        migrations.RunSQL('DELETE FROM foundation_try', migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='try',
            name='tries_of_a_window',
        ),
        migrations.AddField(
            model_name='try',
            name='moments',
            field=models.TextField(default=''),
        ),
        migrations.AlterField(
            model_name='try',
            name='key',
            field=models.CharField(max_length=64, unique=True),
        ),
        migrations.AlterField(
            model_name='try',
            name='number',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
