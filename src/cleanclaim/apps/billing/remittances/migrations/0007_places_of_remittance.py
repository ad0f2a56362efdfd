"""A claim payment is held to its remittance by the statement, not by the row: see places_of_remittance.sql."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_name("places_of_remittance.sql").read_text(encoding="utf-8")
DROP = """
DROP TRIGGER place_stays ON remittances_remittanceclaim;
DROP FUNCTION remittances_keep_place();
DROP TRIGGER place_of_remittance ON remittances_remittanceclaim;
DROP FUNCTION remittances_check_new_places();
"""


class Migration(migrations.Migration):
    """The rule first, then the foreign key goes."""

    dependencies = [("remittances", "0006_posting_run")]
    operations = [
        migrations.RunSQL(SQL, DROP),
        migrations.AlterField(
            model_name="remittanceclaim",
            name="remittance",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places",
                to="remittances.remittance",
            ),
        ),
    ]
