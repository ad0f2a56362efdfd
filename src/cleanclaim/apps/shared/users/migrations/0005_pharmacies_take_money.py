from django.db import migrations

GRANTED = ("patients.change", "accounts.adjust", "adjustments.read")


def grant(apps, schema_editor):
    """Add the permissions; what a role has stays."""
    for role in apps.get_model("users", "Role").objects.filter(name="Pharmacy biller"):
        role.permissions = sorted({*role.permissions, *GRANTED})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """A pharmacy takes its patients' money, too: roles made before get what their template has now."""

    dependencies = [("users", "0004_adjustments_are_read")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
