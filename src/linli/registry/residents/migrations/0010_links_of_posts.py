from django.db import migrations, models

from linli.foundation.data import triggers


def stop_keeping(apps, schema_editor):
    """What is never rewritten, and what is noted of each row, speak of a column that is not there before it."""
    for rule in ('fixed', 'touched_insert', 'touched_update', 'touched_delete'):
        triggers.remove(schema_editor.connection, f'residents_residentaccount_{rule}')


class Migration(migrations.Migration):
    """Links that stand are left as links at home: a post may be linked besides each of them."""

    dependencies = [
        ('residents', '0009_links_are_settled'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='residentaccount',
            name='link_one_of_resident',
        ),
        migrations.AddField(
            model_name='residentaccount',
            name='of_post',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='residentaccount',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'ENDED'), _negated=True), ('of_post', False)), fields=('resident',), name='link_one_of_resident'),
        ),
        migrations.RunPython(migrations.RunPython.noop, stop_keeping),
    ]
