from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0004_refund_takebacks"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="came_back",
            field=models.CharField(
                blank=True,
                choices=[
                    ("returned", "Returned by the bank"),
                    ("undeliverable", "Undeliverable by mail"),
                    ("stale", "Check not cashed in time"),
                    ("refused", "Sent back by its owner"),
                ],
                db_default="",
                default="",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="refund", name="came_back_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="refund", name="owed_since", field=models.DateField(null=True)
        ),
    ]
