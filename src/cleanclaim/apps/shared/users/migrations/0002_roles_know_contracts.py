from django.db import migrations

# What the role templates of this release give to roles that a home has already.
PHARMACY = (
    "files.receive", "patients.read", "claims.read", "remittances.read", "remittances.post",
    "contracts.read", "contracts.change", "variances.read", "variances.decide", "api.tokens",
)  # fmt: skip
BILLER = ("contracts.read", "variances.read", "variances.decide")
GRANTED = {
    "Practice biller": BILLER,
    "Pharmacy biller": PHARMACY,
    "Billing lead": (*BILLER, "contracts.change"),
}


def grant(apps, schema_editor):
    """Add the permissions; what a role has stays."""
    for role in apps.get_model("users", "Role").objects.filter(name__in=GRANTED):
        role.permissions = sorted({*role.permissions, *GRANTED[role.name]})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """Contracts and variances came: roles made before get what their templates have now."""

    dependencies = [("users", "0001_initial")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
