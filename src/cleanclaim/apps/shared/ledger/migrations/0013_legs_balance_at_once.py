"""Legs balance statement by statement, and entries cost less: see legs_balance_at_once.sql."""

from pathlib import Path

from django.db import migrations, models

import cleanclaim.apps.shared.ledger.models

HERE = Path(__file__)
SQL = HERE.with_name("legs_balance_at_once.sql").read_text(encoding="utf-8")
BEFORE = (
    "ALTER SEQUENCE ledger_leg_id_seq CACHE 1;"  # the stricter rules serve the older release too
)


class Migration(migrations.Migration):
    """Of most entries nothing is stamped any more, and no row stands in the index of reversals."""

    dependencies = [("ledger", "0012_organization_by_statement")]
    operations = [
        migrations.RunSQL(SQL, BEFORE),
        migrations.AlterField(
            model_name="entry",
            name="transaction_began_at",
            field=models.DateTimeField(
                db_default=cleanclaim.apps.shared.ledger.models.TransactionTime(), editable=False
            ),
        ),
        migrations.RemoveConstraint(model_name="entry", name="entry_reversed_once"),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)),
                fields=("reverses",),
                name="entry_reversed_once",
            ),
        ),
    ]
