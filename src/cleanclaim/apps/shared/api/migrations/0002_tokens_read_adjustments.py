from django.db import migrations

# Row-level security binds the owner too: each organization's tokens are granted under its own tenant. Safe to run again.
GRANT = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization ORDER BY id LOOP
        PERFORM set_config('cleanclaim.tenant', one::text, true);
        UPDATE api_apitoken SET scopes = scopes || '["adjustments.read"]'::jsonb
         WHERE scopes @> '["accounts.adjust"]'::jsonb AND NOT scopes @> '["adjustments.read"]'::jsonb;
    END LOOP;
    PERFORM set_config('cleanclaim.tenant', '', true);
END $$;
"""


class Migration(migrations.Migration):
    """Programs that may adjust go on to read adjustments, credits and refunds, which is a scope of its own now."""

    dependencies = [
        ("api", "0001_initial"),
        ("users", "0004_adjustments_are_read"),
        ("tenancy", "0001_initial"),
    ]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
