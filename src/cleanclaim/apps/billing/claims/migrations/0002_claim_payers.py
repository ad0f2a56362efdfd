"""The order of payers that a claim goes to."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="claimversion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("original", "As it came"),
                    ("fix", "Changed before it was sent"),
                    ("corrected", "Corrected claim (frequency 7)"),
                    ("void", "Void (frequency 8)"),
                    ("next", "To the next payer"),
                    ("back", "Back from the next payer"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ClaimPayer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.IntegerField()),
                ("payer_id", models.BigIntegerField(default=0)),
                ("payer_name", models.CharField(blank=True, max_length=120)),
                ("coverage_id", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("billed", "Billed"),
                            ("crossed", "Crossed over"),
                            ("none", "Nobody after it"),
                            ("withdrawn", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("first_version", models.IntegerField()),
                ("entry_id", models.BigIntegerField(db_default=0, default=0)),
                ("built_on", models.BigIntegerField(db_default=0, default=0)),
                ("expected_by", models.DateField(null=True)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("since", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payers",
                        to="claims.claim",
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
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("organization", "claim", "rank"),
                        name="claim_payer_once",
                    )
                ],
            },
        ),
    ]
