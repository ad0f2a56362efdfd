import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """Guarantees and fees over a period, and their settlements."""

    dependencies = [
        ("contracts", "0001_initial"),
        ("tenancy", "0001_initial"),
        ("variances", "0002_recoverability"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrueUpAgreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=3)),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6)),
                (
                    "fee",
                    models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14),
                ),
                ("period", models.CharField(max_length=7)),
                ("clause", models.CharField(blank=True, db_default="", default="", max_length=120)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("made_by", models.BigIntegerField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("ended_by", models.BigIntegerField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
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
        ),
        migrations.CreateModel(
            name="TrueUpSettlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_from", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("account", models.CharField(max_length=60)),
                ("settled_on", models.DateField()),
                ("words", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Waits for a second person"),
                            ("posted", "Posted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="prepared",
                        max_length=9,
                    ),
                ),
                ("prepared_by", models.BigIntegerField()),
                (
                    "prepared_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("entry_id", models.BigIntegerField(db_default=0, default=0)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="variances.trueupagreement",
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
        ),
        migrations.AddConstraint(
            model_name="trueupagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", 0), ("percent__gte", 0), ("percent__lte", 100)),
                name="true_up_agreement_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueupagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="true_up_agreement_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueupsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("organization", "agreement", "period_from"),
                name="true_up_settlement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueupsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "posted"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("prepared_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="true_up_settlement_second_person",
            ),
        ),
    ]
