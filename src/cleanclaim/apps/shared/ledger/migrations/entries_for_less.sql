-- The same rules for less, as in cheaper_checks.sql: entries come a hundred thousand at once.

CREATE TRIGGER known_organization AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION cleanclaim_known_organization();

-- As in money_rules.sql; where all legs are of one entity, as nearly always, they are summed up without grouping.
CREATE OR REPLACE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    seen bigint;
    first_entity text;
    last_entity text;
    off_entity text;
    off_amount numeric;
BEGIN
    IF current_setting('cleanclaim.tenant', true) IS DISTINCT FROM NEW.organization_id::text THEN
        RAISE EXCEPTION 'entry % of organization %: the transaction''s tenant is now "%"',
            NEW.id, NEW.organization_id, coalesce(current_setting('cleanclaim.tenant', true), '')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    SELECT count(*), sum(amount), min(entity COLLATE "C"), max(entity COLLATE "C")
      INTO seen, off_amount, first_entity, last_entity
      FROM ledger_leg WHERE entry_id = NEW.id;
    IF seen < 2 THEN
        RAISE EXCEPTION 'entry %: % legs, expected 2 or more', NEW.id, seen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    off_entity := first_entity;
    IF first_entity <> last_entity THEN
        SELECT max(entity) FILTER (WHERE amount <> 0), max(abs(amount)) FILTER (WHERE amount <> 0)
          INTO off_entity, off_amount
          FROM (SELECT entity, sum(amount) AS amount
                  FROM ledger_leg WHERE entry_id = NEW.id GROUP BY entity) AS by_entity;
    END IF;
    IF off_amount <> 0 THEN
        RAISE EXCEPTION 'entry %: legs of entity "%" are off by %, expected 0.00',
            NEW.id, off_entity, abs(off_amount)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        PERFORM ledger_check_reversal(NEW.id, NEW.reverses_id);
    END IF;
    RETURN NULL;
END $$;
