from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for each claim payment's own JSON: a remittance of 100,000 claims is never read whole."""

    dependencies = [("remittances", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="remittanceclaim",
            name="body",
            field=models.TextField(db_default="", default=""),
        ),
    ]
