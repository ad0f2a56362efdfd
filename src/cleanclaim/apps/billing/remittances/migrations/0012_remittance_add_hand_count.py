"""Counts what persons did to single payments of a posting: what is kept of its entries is kept under it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("remittances", "0011_refused_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="remittance",
            name="hand_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
