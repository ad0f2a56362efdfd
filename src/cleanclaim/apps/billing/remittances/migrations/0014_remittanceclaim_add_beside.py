"""A payment that a person posted beside its payer's answer names that answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column without a default: no row is written."""

    dependencies = [("remittances", "0013_rules_by_two_persons")]
    operations = [
        migrations.AddField(
            model_name="remittanceclaim",
            name="beside_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
