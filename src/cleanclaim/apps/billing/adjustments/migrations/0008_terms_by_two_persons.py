from django.db import migrations, models

STATES = [
    ("proposed", "Waits for a second person"),
    ("alone", "In force, to be looked at"),
    ("former", "In force from before two persons"),
    ("approved", "In force"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    """What was in force stays so (`former`); rows that were append-only get their second person's word."""

    dependencies = [
        ("adjustments", "0007_refund_before_it_came_back"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "DROP TRIGGER IF EXISTS refuse_change ON adjustments_term; "
            "DROP TRIGGER IF EXISTS refuse_truncate ON adjustments_term",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="term",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="term",
            name="decided_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="term",
            name="decision",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="term",
            name="state",
            field=models.CharField(
                choices=STATES,
                default="former",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="state",
            field=models.CharField(choices=STATES, default="proposed", max_length=9),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("proposed", "former", "refused", "withdrawn")),
                    models.Q(("state", "alone"), models.Q(("kind", "alone_days"), _negated=True)),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("state", "approved"),
                        models.Q(
                            ("set_by__isnull", True),
                            models.Q(("decided_by", models.F("set_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="term_second_person",
            ),
        ),
    ]
