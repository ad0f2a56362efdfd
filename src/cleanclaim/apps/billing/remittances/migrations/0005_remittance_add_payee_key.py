from django.db import migrations, models

# Row-level security binds the owner too: each organization's rows are filled under its own tenant. Safe to run again.
FILL = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization ORDER BY id LOOP
        PERFORM set_config('cleanclaim.tenant', one::text, true);
        UPDATE remittances_remittance
           SET payee_key = left(coalesce(nullif(body::jsonb #>> '{payee,npi}', ''),
                                         body::jsonb #>> '{payee,tin}', ''), 20)
         WHERE payee_key = '' AND body LIKE '{%';
    END LOOP;
    PERFORM set_config('cleanclaim.tenant', '', true);
END $$;
"""


class Migration(migrations.Migration):
    """Whom a remittance pays, for the balance that its payer carries forward for each payee."""

    dependencies = [("remittances", "0004_posting_rules_and_crossover")]

    operations = [
        migrations.AddField(
            model_name="remittance",
            name="payee_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
