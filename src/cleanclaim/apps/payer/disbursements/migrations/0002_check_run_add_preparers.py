"""Everybody who puts lines on a check run, so that none of them releases it alone above their limit."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disbursements", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="checkrun",
            name="preparers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        )
    ]
