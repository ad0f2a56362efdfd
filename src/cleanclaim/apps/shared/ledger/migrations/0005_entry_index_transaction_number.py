"""Entries are found by the database transaction that wrote them: what was posted since a copy was made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_balanced_stays_balanced")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["organization", "transaction_number"], name="entry_transaction_number"
            ),
        ),
    ]
