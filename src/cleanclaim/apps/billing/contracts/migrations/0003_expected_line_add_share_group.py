"""Lines of a claim may share one amount of the contract: which ones do."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column; what was priced before shares nothing."""

    dependencies: ClassVar = [("contracts", "0002_index_expected_lines_of_contract")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="expectedline",
            name="share_group",
            field=models.SmallIntegerField(default=0, db_default=0),
        )
    ]
