"""Legs of an item are found by its claim: each index is a tenth of the time that a leg takes."""

from django.db import migrations


class Migration(migrations.Migration):
    """One index less."""

    dependencies = [("ledger", "0006_cheaper_checks")]
    operations = [migrations.RemoveIndex(model_name="leg", name="leg_item")]
