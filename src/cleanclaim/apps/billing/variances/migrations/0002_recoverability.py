import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """The chance of a difference as people set it."""

    dependencies = [
        ("tenancy", "0001_initial"),
        ("variances", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recoverability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payer_id", models.BigIntegerField(default=0)),
                ("payer_name", models.CharField(blank=True, max_length=120)),
                ("kind", models.CharField(max_length=8)),
                ("limit_days", models.IntegerField(null=True)),
                ("share", models.DecimalField(decimal_places=2, max_digits=3, null=True)),
                ("starts_on", models.DateField()),
                ("words", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("set_by", models.BigIntegerField()),
                (
                    "set_at",
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
                "indexes": [
                    models.Index(fields=["organization", "id"], name="recoverability_by_id")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share__isnull", True),
                            models.Q(("share__gte", 0), ("share__lte", 1)),
                            _connector="OR",
                        ),
                        name="recoverability_is_a_share",
                    )
                ],
            },
        ),
    ]
