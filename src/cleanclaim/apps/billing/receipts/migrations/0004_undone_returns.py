import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    dependencies = [
        ("receipts", "0003_receipt_request"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="again_entry_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="UndoneReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nsf", "Check without funds (NSF)"),
                            ("ach", "Bank transfer returned"),
                            ("chargeback", "Card chargeback"),
                            ("stopped", "Check stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("fee", models.DecimalField(decimal_places=2, max_digits=14)),
                ("returned_on", models.DateField()),
                ("returned_by", models.BigIntegerField(null=True)),
                ("returned_reason", models.CharField(blank=True, max_length=200)),
                ("end_entry_id", models.BigIntegerField()),
                ("undone_on", models.DateField()),
                ("undone_by", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=200)),
                ("again_entry_id", models.BigIntegerField()),
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
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_returns",
                        to="receipts.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "receipt"], name="receipt_undone_return")
                ],
            },
        ),
    ]
