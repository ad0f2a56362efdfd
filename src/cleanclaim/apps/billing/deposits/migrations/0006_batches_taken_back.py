import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0005_given_back_by_adjustments"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="depositbatch",
            name="back_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="backs",
                to="deposits.depositbatch",
            ),
        ),
        migrations.AddIndex(
            model_name="depositbatch",
            index=models.Index(
                condition=models.Q(("back_of__isnull", False)),
                fields=["organization", "back_of"],
                name="deposit_batch_back_of",
            ),
        ),
    ]
