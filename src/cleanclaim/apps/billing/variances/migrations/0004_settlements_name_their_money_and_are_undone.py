from django.db import migrations, models


class Migration(migrations.Migration):
    """A settlement names the trace of its money, and can be taken back by two persons."""

    dependencies = [
        ("tenancy", "0001_initial"),
        ("variances", "0003_true_ups"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="trueupsettlement",
            name="true_up_settlement_once",
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="reversal_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="trace",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="undo_asked_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="undo_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="undone_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="trueupsettlement",
            name="undone_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="trueupsettlement",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "Waits for a second person"),
                    ("posted", "Posted"),
                    ("withdrawn", "Withdrawn"),
                    ("undone", "Taken back"),
                ],
                default="prepared",
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            model_name="trueupsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["withdrawn", "undone"]), _negated=True),
                fields=("organization", "agreement", "period_from"),
                name="true_up_settlement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueupsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), _negated=True),
                    models.Q(
                        ("undo_asked_by__isnull", False),
                        ("undone_by__isnull", False),
                        ("undone_on__isnull", False),
                        models.Q(("undone_by", models.F("undo_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="true_up_undo_second_person",
            ),
        ),
    ]
