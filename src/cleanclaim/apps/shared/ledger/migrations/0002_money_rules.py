"""The database's own rules of money: see money_rules.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("money_rules.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
