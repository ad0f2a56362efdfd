"""Who closes a month waits for no month while it keeps another."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__)
SQL = HERE.with_name("closers_give_way.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Writers take months in whatever order their transaction books them; closers must not meet them in the middle."""

    dependencies = [("ledger", "0010_books_closed_through")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
