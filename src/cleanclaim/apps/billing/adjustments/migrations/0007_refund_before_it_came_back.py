from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0006_term_alone_days"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="before_back",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict
            ),
        ),
    ]
