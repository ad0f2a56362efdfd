from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opening", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="openingload",
            name="findings",
            field=models.JSONField(db_default=[], default=list),
        )
    ]
