from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0002_refunds"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="receipt_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("receipt_id", 0), _negated=True),
                fields=["organization", "receipt_id"],
                name="refund_by_receipt",
            ),
        ),
    ]
