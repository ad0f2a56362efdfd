"""The organization of a claim's steps is checked once a statement."""

import django.db.models.deletion
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models

SQL = """
CREATE TRIGGER known_organization AFTER INSERT ON claims_claimevent
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION cleanclaim_known_organization();
"""
DROP = "DROP TRIGGER known_organization ON claims_claimevent;"


class Migration(migrations.Migration):
    """The rule first, then the foreign key goes that it takes over from."""

    dependencies = [("claims", "0006_claim_has_credit"), ("tenancy", "0002_known_organization")]
    operations = [
        migrations.RunSQL(SQL, DROP),
        migrations.AlterField(
            model_name="claimevent",
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
    ]
