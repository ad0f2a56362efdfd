"""Claims say where the patient was treated, for aging by facility."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_claim_payers")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="facility",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
    ]
