"""A trigger's function that stands for foreign keys to the organization: see known_organization.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("known_organization.sql").read_text(encoding="utf-8")
DROP = "DROP FUNCTION cleanclaim_known_organization();"


class Migration(migrations.Migration):
    """Used by the migrations of the tables."""

    dependencies = [("tenancy", "0001_initial")]
    operations = [migrations.RunSQL(SQL, DROP)]
