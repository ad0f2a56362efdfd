import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """Large remittances that the worker simulates and posts because somebody asked."""

    dependencies = [
        ("remittances", "0005_remittance_add_payee_key"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_posting", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for its turn"),
                            ("running", "Under way"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("shown", models.TextField(blank=True)),
                ("posting_round", models.IntegerField()),
                ("done_count", models.IntegerField(default=0)),
                ("is_stop_asked", models.BooleanField(default=False)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("result", models.TextField(blank=True)),
                ("asked_by", models.BigIntegerField(null=True)),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
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
                (
                    "remittance",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="remittances.remittance",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "remittance"], name="posting_run_remittance"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=["organization", "id"],
                        name="posting_run_open",
                    ),
                ],
            },
        ),
    ]
