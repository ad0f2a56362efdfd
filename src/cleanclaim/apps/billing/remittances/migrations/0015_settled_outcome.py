"""A payment that waits as cash and its reversal settle each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One outcome more; the column stays as it is."""

    dependencies = [("remittances", "0014_remittanceclaim_add_beside")]
    operations = [
        migrations.AlterField(
            model_name="remittanceclaim",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("waiting", "Not posted yet"),
                    ("paid", "Paid"),
                    ("partial", "Partly denied"),
                    ("denied", "Denied"),
                    ("reversed", "Reversal"),
                    ("memo", "Estimate"),
                    ("held", "Held"),
                    ("undone", "Posting taken back"),
                    ("settled", "Settled, payment and reversal"),
                ],
                db_default="waiting",
                default="waiting",
                max_length=8,
            ),
        ),
    ]
