"""The database's own rules of a tape: see tape_rules.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("tape_rules.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("keying", "0001_initial")]

    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
