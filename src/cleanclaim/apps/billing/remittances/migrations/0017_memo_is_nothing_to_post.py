"""A payer's word that posts nothing is an estimate, or says of an answered claim that it is a duplicate."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One outcome is called otherwise; the column stays as it is."""

    dependencies = [("remittances", "0016_organization_by_statement")]
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
                    ("memo", "Nothing to post"),
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
