"""Claims of before say where the patient was treated, from the version that counts; can run again."""

from django.db import migrations

FILL = """
UPDATE claims_claim AS claim SET facility = left(coalesce(
           (SELECT one ->> 'last_name' FROM jsonb_array_elements(coalesce(version.body::jsonb -> 'providers', '[]'))
                AS one WHERE one ->> 'role' = '77' LIMIT 1),
           version.body::jsonb -> 'billing' ->> 'last_name', ''), 60)
  FROM claims_claimversion AS version
 WHERE version.claim_id = claim.id AND version.number = claim.version AND claim.facility = ''
"""


def fill(apps, schema_editor):
    """One organization after the other, as row-level security asks."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organization ORDER BY id")
        for (organization,) in cursor.fetchall():
            cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(organization)])
            cursor.execute(FILL)
        cursor.execute("SELECT set_config('cleanclaim.tenant', '', true)")


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0003_claim_add_facility"),
        ("tenancy", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
