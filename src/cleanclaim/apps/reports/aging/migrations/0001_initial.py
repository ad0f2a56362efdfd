"""Blocks of packed legs, and up to where they go. Columns are kept as they are: unpacking costs more than reading."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models

COLUMNS = (
    "item", "claim", "service", "posted", "start", "bucket", "entity", "is_first", "effective", "recorded",
    "cents", "moves",
)  # fmt: skip


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgingBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_item", models.BigIntegerField()),
                ("entities", models.JSONField()),
                ("item", models.BinaryField()),
                ("claim", models.BinaryField()),
                ("service", models.BinaryField()),
                ("posted", models.BinaryField()),
                ("start", models.BinaryField()),
                ("bucket", models.BinaryField()),
                ("entity", models.BinaryField()),
                ("is_first", models.BinaryField()),
                ("effective", models.BinaryField()),
                ("recorded", models.BinaryField()),
                ("cents", models.BinaryField()),
                ("moves", models.BinaryField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=cleanclaim.apps.shared.tenancy.models.CurrentTenant(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "first_item"), name="aging_block_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgingMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("transaction_number", models.BigIntegerField()),
                ("server", models.BigIntegerField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=cleanclaim.apps.shared.tenancy.models.CurrentTenant(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="aging_mark_once")
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE aging_agingblock "
            + ", ".join(f"ALTER COLUMN {name} SET STORAGE EXTERNAL" for name in COLUMNS),
            migrations.RunSQL.noop,
        ),
    ]
