from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0005_refund_came_back"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="term",
            name="kind",
            field=models.CharField(
                choices=[
                    ("refund_days", "Days to give back"),
                    ("escheat_years", "Years until unclaimed"),
                    ("alone_days", "Days that count together"),
                ],
                max_length=16,
            ),
        ),
    ]
