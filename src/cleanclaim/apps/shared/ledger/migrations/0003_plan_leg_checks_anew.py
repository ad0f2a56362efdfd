"""The check of new legs is planned at every statement: see leg_checks.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("leg_checks.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Replaces one function; going back leaves it, it checks the same."""

    dependencies = [("ledger", "0002_money_rules")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
