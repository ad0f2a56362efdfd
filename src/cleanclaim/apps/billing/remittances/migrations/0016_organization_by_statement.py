"""A claim payment's organization is its remittance's (places_of_remittance.sql): no foreign key asks once more."""

import django.db.models.deletion
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """The foreign key goes."""

    dependencies = [("remittances", "0015_settled_outcome")]
    operations = [
        migrations.AlterField(
            model_name="remittanceclaim",
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
