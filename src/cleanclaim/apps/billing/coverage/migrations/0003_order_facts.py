"""What is known of a coverage's place among the payers, and a person's order."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0002_protection_and_benefit_left"),
        ("patients", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="coverage",
            name="custody",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="coverage",
            name="employees",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="coverage",
            name="employment",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="coverage",
            name="entitlement",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="coverage",
            name="esrd_since",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="coverage",
            name="is_decreed",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="coverage",
            name="plan_kind",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.CreateModel(
            name="PayerOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("coverage_ids", models.JSONField()),
                ("valid_from", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                ("entered_by", models.BigIntegerField(null=True)),
                (
                    "recorded_at",
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
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payer_orders",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "patient", "id"], name="payer_order_patient"
                    )
                ],
            },
        ),
    ]
