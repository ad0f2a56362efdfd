import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cleanclaim.apps.shared.tenancy.models


class Migration(migrations.Migration):
    """Refused payments that two persons let in after all, and a person's word on a payment's day."""

    dependencies = [
        ("remittances", "0007_places_of_remittance"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said_on", models.DateField()),
                ("day", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("made_by", models.BigIntegerField(null=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("undone_by", models.BigIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="day_confirmations",
                        to="remittances.remittance",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RepeatedPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_id", models.BigIntegerField()),
                ("position", models.IntegerField()),
                ("first_id", models.BigIntegerField()),
                ("payer_name", models.CharField(blank=True, max_length=120)),
                ("payer_trace_id", models.CharField(max_length=10)),
                ("trace_number", models.CharField(max_length=50)),
                ("paid", models.DecimalField(decimal_places=2, max_digits=14)),
                ("paid_on", models.DateField()),
                ("words", models.CharField(max_length=500)),
                ("refused_on", models.DateField()),
                (
                    "refused_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("remittance_id", models.BigIntegerField(null=True)),
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
            name="RepeatRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for a second person"),
                            ("approved", "Let in"),
                            ("refused", "Stays refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="requested",
                        max_length=9,
                    ),
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
                    "repeated",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="remittances.repeatedpayment",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="remittance",
            name="remittance_once",
        ),
        migrations.AddField(
            model_name="remittance",
            name="repeat",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.UniqueConstraint(
                fields=(
                    "organization",
                    "payer_trace_id",
                    "trace_number",
                    "paid",
                    "paid_on",
                    "repeat",
                ),
                name="remittance_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dayconfirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("organization", "remittance"),
                name="day_confirmation_one_stands",
            ),
        ),
        migrations.AddIndex(
            model_name="repeatedpayment",
            index=models.Index(fields=["organization", "id"], name="repeated_payment_by_id"),
        ),
        migrations.AddConstraint(
            model_name="repeatedpayment",
            constraint=models.UniqueConstraint(
                fields=("organization", "file_id", "position"), name="repeated_payment_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="repeatrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "requested")),
                fields=("organization", "repeated"),
                name="repeat_request_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="repeatrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="repeat_request_second_person",
            ),
        ),
    ]
