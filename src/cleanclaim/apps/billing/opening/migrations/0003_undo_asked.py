from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opening", "0002_findings")]

    operations = [
        migrations.AddField(
            model_name="openingload",
            name="undo_asked_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="openingload",
            name="undo_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="openingload",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="undone")
                | models.Q(ended_by=None)
                | models.Q(undo_asked_by=None)
                | ~models.Q(ended_by=models.F("undo_asked_by")),
                name="opening_load_undone_by_second",
            ),
        ),
    ]
