"""An entry that balances takes no legs that do not: see balanced_stays_balanced.sql."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__)
SQL = HERE.with_name("balanced_stays_balanced.sql").read_text(encoding="utf-8")
BEFORE = HERE.with_name("leg_checks.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Replaces one function, and goes back to the one before."""

    dependencies = [("ledger", "0003_plan_leg_checks_anew")]
    operations = [migrations.RunSQL(SQL, BEFORE)]
