"""A posted batch may be keyed anew: see keyed_anew.sql."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("keyed_anew.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("keying", "0002_tape_rules"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="batch",
            name="keyed_batch_once",
        ),
        migrations.RemoveConstraint(
            model_name="batch",
            name="keyed_batch_state",
        ),
        migrations.AddField(
            model_name="batch",
            name="replaced_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Being keyed"),
                    ("posted", "Posted"),
                    ("dropped", "Dropped"),
                    ("replaced", "Keyed anew"),
                ],
                db_default="open",
                default="open",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("dropped", "replaced")), _negated=True),
                fields=("organization", "payer_id", "trace_number", "amount", "paid_on"),
                name="keyed_batch_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "posted", "dropped", "replaced"]),
                    models.Q(
                        models.Q(("state", "posted"), _negated=True),
                        ("remittance_id__isnull", False),
                        _connector="OR",
                    ),
                ),
                name="keyed_batch_state",
            ),
        ),
        migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop),
    ]
