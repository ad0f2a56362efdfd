from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0004_debit_explanations"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="deposit", name="adjustment_id", field=models.BigIntegerField(null=True)
        ),
        migrations.RemoveConstraint(model_name="deposit", name="deposit_of_line_or_card"),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    line__isnull=False, card_batch__isnull=True, adjustment_id__isnull=True
                )
                | models.Q(line__isnull=True, card_batch__isnull=False, adjustment_id__isnull=True)
                | models.Q(line__isnull=True, card_batch__isnull=True, adjustment_id__isnull=False),
                name="deposit_of_line_card_or_adjustment",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                fields=["organization", "adjustment_id"],
                condition=models.Q(adjustment_id__isnull=False, undone_on__isnull=True),
                name="adjustment_gives_back_once",
            ),
        ),
    ]
