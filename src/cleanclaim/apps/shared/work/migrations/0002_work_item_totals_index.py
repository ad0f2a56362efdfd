"""An index that holds all that the totals of the queue read."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies: ClassVar = [("work", "0001_initial")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["organization", "kind"],
                include=["state", "snoozed_until", "amount", "due_on", "id"],
                condition=~models.Q(state="done"),
                name="work_item_totals",
            ),
        )
    ]
