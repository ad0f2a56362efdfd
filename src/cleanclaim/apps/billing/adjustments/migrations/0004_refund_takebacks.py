from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0003_refund_card_receipt"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="takebacks",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
