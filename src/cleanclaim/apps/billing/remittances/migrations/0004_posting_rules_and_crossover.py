"""The practice's posting rules, and the payer that an answer was sent on to."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0001_initial"),
        ("remittances", "0003_move_claim_bodies"),
    ]

    operations = [
        migrations.AddField(
            model_name="remittanceclaim",
            name="crossed_over_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="remittanceclaim",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("waiting", "Not posted yet"),
                    ("paid", "Paid"),
                    ("partial", "Partly denied"),
                    ("denied", "Denied"),
                    ("reversed", "Reversal"),
                    ("memo", "Estimate"),
                    ("held", "Held"),
                    ("undone", "Posting taken back"),
                ],
                db_default="waiting",
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="PostingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payer_id", models.BigIntegerField(default=0)),
                ("payer_name", models.CharField(blank=True, max_length=120)),
                ("pattern", models.CharField(max_length=12)),
                ("action", models.CharField(max_length=12)),
                ("account", models.CharField(blank=True, max_length=60)),
                ("amount_limit", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("made_by", models.BigIntegerField(null=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("ended_by", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(fields=["organization", "payer_id"], name="posting_rule_by_payer")
                ],
            },
        ),
    ]
