import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """The checklist as it stood at a close, kept with it."""

    dependencies = [
        ("closing", "0002_typed_accruals"),
        ("tenancy", "0002_known_organization"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptChecklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("request_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("checks", models.JSONField()),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("closed_by", models.BigIntegerField(null=True)),
                (
                    "closed_at",
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
                    models.UniqueConstraint(
                        fields=("organization", "request_id"), name="kept_checklist_once"
                    )
                ],
            },
        ),
    ]
