"""Whether a figure of an out-of-pocket maximum is the patient's own or the family's."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("coverage", "0003_order_facts")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="benefitleft",
            name="is_family",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
