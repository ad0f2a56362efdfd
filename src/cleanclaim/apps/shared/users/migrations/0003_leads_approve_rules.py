from django.db import migrations

LEADS = ("Billing lead", "Plan lead")


def grant(apps, schema_editor):
    """Add the permission; what a role has stays."""
    for role in apps.get_model("users", "Role").objects.filter(name__in=LEADS):
        role.permissions = sorted({*role.permissions, "rules.approve"})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """Rules are put in force by two persons: leads made before get what their templates have now."""

    dependencies = [("users", "0002_roles_know_contracts")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
