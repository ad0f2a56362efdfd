-- A claim payment is of a remittance of its organization, and stays with it: one statement's rows at once, instead of a
-- foreign key a row, which does not look at the organization and takes a second and a half of a payment of 100,000 claims.
CREATE FUNCTION remittances_check_new_places() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE 'SELECT place.remittance_id
      FROM (SELECT DISTINCT remittance_id, organization_id FROM new_places) AS place
     WHERE (SELECT remittance.organization_id = place.organization_id
              FROM remittances_remittance AS remittance WHERE remittance.id = place.remittance_id) IS NOT TRUE
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'claim payment of remittance %: no such remittance in this organization', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'place_of_remittance';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER place_of_remittance AFTER INSERT ON remittances_remittanceclaim
    REFERENCING NEW TABLE AS new_places
    FOR EACH STATEMENT EXECUTE FUNCTION remittances_check_new_places();

CREATE FUNCTION remittances_keep_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'claim payment % stays with remittance %', OLD.id, OLD.remittance_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'place_stays';
END $$;

CREATE TRIGGER place_stays BEFORE UPDATE ON remittances_remittanceclaim FOR EACH ROW
    WHEN (NEW.remittance_id <> OLD.remittance_id OR NEW.organization_id <> OLD.organization_id)
    EXECUTE FUNCTION remittances_keep_place();
