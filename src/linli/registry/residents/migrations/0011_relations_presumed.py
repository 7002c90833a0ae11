from django.db import migrations, models
from django.db.models import Exists, OuterRef, Subquery

from linli.foundation.data import triggers


def doubt_relations_to_heads_before(apps, schema_editor):
    """Where a head went before this, the others kept what they were to that one: nobody has said it of the new head."""
    rows = apps.get_model('residents', 'Membership').objects
    new = rows.filter(household=OuterRef('household'), relation='HEAD', valid_until__isnull=True, pk__gt=OuterRef('pk'))
    before = rows.filter(household=OuterRef('household'), relation='HEAD', valid_until__isnull=False, annulled=False)
    stale = rows.filter(valid_until__isnull=True).exclude(relation='HEAD').filter(Exists(new), Exists(before))
    since = stale.annotate(since=Subquery(new.values('valid_from')[:1]))
    for pk, day in list(since.values_list('pk', 'since')):
        rows.filter(pk=pk).update(presumed_date=day)


def stop_keeping(apps, schema_editor):
    """What is noted of each row speaks of a column that is not there before it."""
    for rule in ('insert', 'update', 'delete'):
        triggers.remove(schema_editor.connection, f'residents_membership_touched_{rule}')


class Migration(migrations.Migration):
    """A relation to the head that was worked out when the head changed is told from one that somebody recorded."""

    dependencies = [
        ('residents', '0010_links_of_posts'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='presumed_date',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(condition=models.Q(('presumed_date__isnull', False), ('valid_until__isnull', True)), fields=['household'], name='membership_presumed'),
        ),
        migrations.RunPython(doubt_relations_to_heads_before, stop_keeping),
    ]
