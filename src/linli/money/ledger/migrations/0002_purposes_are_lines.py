"""What a source is restricted to: budget lines, no longer the programmes that they pay.

Money for a line that pays no programme (training, counselling) had no restriction at all when it was told by programmes.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_lines(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Every line that pays one of the programmes named."""
    lines = apps.get_model("ledger", "BudgetLine")
    for source in apps.get_model("ledger", "FundingSource").objects.exclude(restricted_to=[]):
        named = set(source.restricted_to)
        own = lines.objects.filter(fund_id=source.fund_id).order_by("position")
        source.restricted_to = [line.code for line in own if named & set(line.programmes)]
        source.save(update_fields=["restricted_to"])


def to_programmes(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The programmes of the lines named."""
    lines = apps.get_model("ledger", "BudgetLine")
    for source in apps.get_model("ledger", "FundingSource").objects.exclude(restricted_to=[]):
        named = lines.objects.filter(fund_id=source.fund_id, code__in=source.restricted_to).order_by("position")
        source.restricted_to = [programme for line in named for programme in line.programmes]
        source.save(update_fields=["restricted_to"])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(to_lines, to_programmes)]
