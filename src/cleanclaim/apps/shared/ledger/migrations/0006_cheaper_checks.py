"""The database's money rules for less of its time: see cheaper_checks.sql."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models

HERE = Path(__file__)
SQL = HERE.with_name("cheaper_checks.sql").read_text(encoding="utf-8")
BEFORE = HERE.with_name("balanced_stays_balanced.sql").read_text(encoding="utf-8")
DROP = """
DROP TRIGGER item_bucket_of_item ON ledger_itembucket;
DROP FUNCTION ledger_check_new_buckets();
CREATE OR REPLACE TRIGGER entry_stamp BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_entry();
CREATE OR REPLACE TRIGGER item_stamp BEFORE INSERT ON ledger_item
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_recorded_at();
CREATE OR REPLACE TRIGGER item_bucket_stamp BEFORE INSERT ON ledger_itembucket
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_recorded_at();
"""


class Migration(migrations.Migration):
    """The rules first, then the foreign keys go that one of them takes over from."""

    dependencies = [("ledger", "0005_entry_index_transaction_number")]
    operations = [
        migrations.RunSQL(SQL, DROP + BEFORE),
        migrations.AlterField(
            model_name="itembucket",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_default=cleanclaim.apps.shared.tenancy.models.CurrentTenant(),
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
            ),
        ),
        migrations.AlterField(
            model_name="itembucket",
            name="item",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buckets",
                to="ledger.item",
            ),
        ),
        migrations.AlterField(
            model_name="itembucket",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.entry",
            ),
        ),
    ]
