from django.db import migrations, models


class Migration(migrations.Migration):
    """A contract's lines of some days are found without reading its payer's others."""

    dependencies = [
        ("contracts", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="expectedline",
            index=models.Index(
                fields=["organization", "contract", "service_from"], name="expected_line_contract"
            ),
        ),
    ]
