from django.db import migrations

# Row-level security binds the owner too, so that each organization's rows are moved under its own tenant.
# Safe to run again: a body without claims is left alone.
MOVE = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization ORDER BY id LOOP
        PERFORM set_config('cleanclaim.tenant', one::text, true);
        UPDATE remittances_remittanceclaim AS place SET body = found.body
          FROM (SELECT remittance.id, claim.position, claim.body::text AS body
                  FROM remittances_remittance AS remittance,
                       jsonb_array_elements(remittance.body::jsonb -> 'claims')
                       WITH ORDINALITY AS claim (body, position)) AS found
         WHERE place.remittance_id = found.id AND place.position = found.position;
        UPDATE remittances_remittance SET body = (body::jsonb - 'claims')::text
         WHERE body::jsonb ? 'claims';
    END LOOP;
    PERFORM set_config('cleanclaim.tenant', '', true);
END $$;
"""
BACK = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization ORDER BY id LOOP
        PERFORM set_config('cleanclaim.tenant', one::text, true);
        UPDATE remittances_remittance AS remittance
           SET body = (remittance.body::jsonb || jsonb_build_object('claims', found.claims))::text
          FROM (SELECT remittance_id, jsonb_agg(body::jsonb ORDER BY position) AS claims
                  FROM remittances_remittanceclaim WHERE body <> '' GROUP BY remittance_id) AS found
         WHERE remittance.id = found.remittance_id;
    END LOOP;
    PERFORM set_config('cleanclaim.tenant', '', true);
END $$;
"""


class Migration(migrations.Migration):
    """Each claim payment's JSON goes from its remittance to its own row."""

    dependencies = [("remittances", "0002_remittanceclaim_add_body")]

    operations = [migrations.RunSQL(MOVE, BACK)]
