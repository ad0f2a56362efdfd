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
        ("remittances", "0012_remittance_add_hand_count"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "DROP TRIGGER IF EXISTS refuse_change ON remittances_workerrule; "
            "DROP TRIGGER IF EXISTS refuse_truncate ON remittances_workerrule",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="postingrule",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="postingrule",
            name="decided_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="postingrule",
            name="decision",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="postingrule",
            name="end_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="postingrule",
            name="end_asked_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="postingrule",
            name="state",
            field=models.CharField(
                choices=STATES,
                default="former",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="workerrule",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="workerrule",
            name="decided_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="workerrule",
            name="decision",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="workerrule",
            name="state",
            field=models.CharField(
                choices=STATES,
                default="former",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="postingrule",
            name="state",
            field=models.CharField(choices=STATES, default="proposed", max_length=9),
        ),
        migrations.AlterField(
            model_name="workerrule",
            name="state",
            field=models.CharField(choices=STATES, default="proposed", max_length=9),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("proposed", "former", "refused", "withdrawn")),
                    models.Q(("state", "alone"), ("action__in", ("ask", "hold"))),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("state", "approved"),
                        models.Q(
                            ("made_by__isnull", True),
                            models.Q(("decided_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="posting_rule_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    ("state", "former"),
                    ("action__in", ("write_off", "other", "contractual")),
                    models.Q(
                        ("end_asked_by__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("ended_by", models.F("end_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="posting_rule_ended_by_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="workerrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("proposed", "former", "refused", "withdrawn")),
                    models.Q(("state", "alone"), ("way", "look")),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("state", "approved"),
                        models.Q(
                            ("made_by__isnull", True),
                            models.Q(("decided_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="worker_rule_second_person",
            ),
        ),
    ]
