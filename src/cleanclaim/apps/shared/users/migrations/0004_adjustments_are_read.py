from django.db import migrations


def grant(apps, schema_editor):
    """Who may adjust goes on to see what was; the auditor sees it too. What a role has stays."""
    for role in apps.get_model("users", "Role").objects.all():
        if role.name == "Auditor" or "accounts.adjust" in role.permissions:
            role.permissions = sorted({*role.permissions, "adjustments.read"})
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """To see write-offs, credits and refunds is a permission of its own."""

    dependencies = [("users", "0003_leads_approve_rules")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
