"""A closed month closes every month before it."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__)
SQL = HERE.with_name("books_closed_through.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Entries are held to the last closed month; who closes one holds it and those before it alone."""

    dependencies = [("ledger", "0009_leg_ids_are_the_sequences")]
    operations = [migrations.RunSQL(SQL)]
