"""Claims say whether an item of theirs stands below zero, those of before too; can run again."""

from django.db import migrations, models

FILL = """
UPDATE claims_claim SET has_credit = true WHERE NOT has_credit AND id IN (
    SELECT claim_id FROM ledger_leg WHERE claim_id <> 0 AND account LIKE 'receivable:%'
     GROUP BY claim_id, item_id, account HAVING sum(amount) < 0)
"""


def fill(apps, schema_editor):
    """One organization after the other, as row-level security asks."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organization ORDER BY id")
        for (organization,) in cursor.fetchall():
            cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(organization)])
            cursor.execute(FILL)
        cursor.execute("SELECT set_config('cleanclaim.tenant', '', true)")


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0005_without_a_second_patient_index"),
        ("ledger", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="has_credit",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("has_credit", True)),
                fields=["organization", "id"],
                name="claim_with_credit",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
