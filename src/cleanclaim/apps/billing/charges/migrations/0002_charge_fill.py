"""A drug's charge has its prescription, fill and NDC in columns of their own."""

from django.db import migrations, models

# Row-level security binds the owner too, so that each organization's rows are read under its own tenant. A drug that
# was booked before has its prescription, with the fill behind a dash, as the line's number, and its NDC as procedure.
FILL = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization ORDER BY id LOOP
        PERFORM set_config('cleanclaim.tenant', one::text, true);
        UPDATE charges_charge
           SET ndc = procedure,
               prescription_number = ltrim(upper(regexp_replace(control_number, '-[0-9]{1,2}$', '')), '0'),
               fill_number = coalesce(substring(control_number FROM '-([0-9]{1,2})$')::smallint, 0)
         WHERE procedure ~ '^[0-9]{11}$' AND control_number <> '' AND prescription_number = '';
    END LOOP;
    PERFORM set_config('cleanclaim.tenant', '', true);
END $$;
"""


class Migration(migrations.Migration):
    """Add the three columns, fill them for pharmacy charges, and let a prescription be found."""

    dependencies = [("charges", "0001_initial")]

    operations = [
        migrations.AddField(
            "charge", "prescription_number", models.CharField(blank=True, default="", max_length=50)
        ),
        migrations.AddField("charge", "fill_number", models.SmallIntegerField(null=True)),
        migrations.AddField(
            "charge", "ndc", models.CharField(blank=True, default="", max_length=48)
        ),
        migrations.AddIndex(
            "charge",
            models.Index(
                fields=["organization", "prescription_number"],
                name="charge_prescription",
                condition=models.Q(("prescription_number", ""), _negated=True),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
