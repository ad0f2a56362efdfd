"""A line may say that nothing is expected of it any more, as when the end of a contract is recorded late."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Let the method none stand without an amount."""

    dependencies: ClassVar = [("contracts", "0003_expected_line_add_share_group")]

    operations: ClassVar = [
        migrations.RemoveConstraint("expectedline", "expected_line_says_something"),
        migrations.AddConstraint(
            "expectedline",
            models.CheckConstraint(
                condition=models.Q(allowed__isnull=False)
                | models.Q(promised__isnull=False)
                | models.Q(method="none"),
                name="expected_line_says_something",
            ),
        ),
    ]
