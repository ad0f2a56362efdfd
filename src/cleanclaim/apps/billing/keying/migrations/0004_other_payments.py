"""A batch may be another payment under the number, amount and day of one that is here, if two persons say so."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models

STATES = [
    ("requested", "Waits for a second person"),
    ("approved", "Let in"),
    ("refused", "Stays refused"),
    ("withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("keying", "0003_keyed_anew"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="batch", name="keyed_batch_once"),
        migrations.AddField(
            model_name="batch",
            name="repeat",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("dropped", "replaced")), _negated=True),
                fields=("organization", "payer_id", "trace_number", "amount", "paid_on", "repeat"),
                name="keyed_batch_once",
            ),
        ),
        migrations.CreateModel(
            name="OtherPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(choices=STATES, default="requested", max_length=9),
                ),
                ("requested_by", models.BigIntegerField()),
                (
                    "requested_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.CharField(blank=True, db_default="", default="", max_length=200),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="other_payments",
                        to="keying.batch",
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
                        condition=models.Q(("state__in", ("requested", "approved"))),
                        fields=("organization", "batch"),
                        name="other_payment_one_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="other_payment_second_person",
                    ),
                ],
            },
        ),
    ]
