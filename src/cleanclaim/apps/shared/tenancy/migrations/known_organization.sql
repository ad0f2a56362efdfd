-- The organization of new rows exists: one statement's rows at once, for tables whose rows come by the hundred thousand.
-- A trigger that uses it names its transition table `new_rows`.
CREATE FUNCTION cleanclaim_known_organization() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE 'SELECT new.organization_id FROM (SELECT DISTINCT organization_id FROM new_rows) AS new
     WHERE NOT EXISTS (SELECT FROM tenancy_organization AS one WHERE one.id = new.organization_id)
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'row of %: there is no organization %', TG_TABLE_NAME, wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'known_organization';
    END IF;
    RETURN NULL;
END $$;
