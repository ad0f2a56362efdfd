-- The same rules for less: a remittance of 100,000 claims writes two million rows.

-- A row that says what the defaults say needs no stamping.
CREATE OR REPLACE TRIGGER entry_stamp BEFORE INSERT ON ledger_entry FOR EACH ROW
    WHEN (NEW.transaction_number IS DISTINCT FROM pg_current_xact_id()::text::bigint
          OR NEW.transaction_began_at IS DISTINCT FROM now()
          OR NEW.recorded_at IS DISTINCT FROM statement_timestamp())
    EXECUTE FUNCTION ledger_stamp_entry();
CREATE OR REPLACE TRIGGER item_stamp BEFORE INSERT ON ledger_item FOR EACH ROW
    WHEN (NEW.recorded_at IS DISTINCT FROM statement_timestamp())
    EXECUTE FUNCTION ledger_stamp_recorded_at();
CREATE OR REPLACE TRIGGER item_bucket_stamp BEFORE INSERT ON ledger_itembucket FOR EACH ROW
    WHEN (NEW.recorded_at IS DISTINCT FROM statement_timestamp())
    EXECUTE FUNCTION ledger_stamp_recorded_at();

-- A bucket's item and entry are of its organization: one statement's rows at once, instead of three foreign keys
-- a row, which do not look at the organization at all.
CREATE FUNCTION ledger_check_new_buckets() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE 'SELECT bucket.item_id FROM new_buckets AS bucket
     WHERE (SELECT item.organization_id = bucket.organization_id
              FROM ledger_item AS item WHERE item.id = bucket.item_id) IS NOT TRUE
        OR bucket.entry_id IS NOT NULL
           AND (SELECT entry.organization_id = bucket.organization_id
                  FROM ledger_entry AS entry WHERE entry.id = bucket.entry_id) IS NOT TRUE
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'bucket of item %: no such item or entry in this organization', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'item_bucket_of_item';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER item_bucket_of_item AFTER INSERT ON ledger_itembucket
    REFERENCING NEW TABLE AS new_buckets
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_new_buckets();

-- As in balanced_stays_balanced.sql, with the new legs summed up once.
CREATE OR REPLACE FUNCTION ledger_check_new_legs() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
    uneven bigint;
BEGIN
    EXECUTE 'WITH summed AS MATERIALIZED (
      SELECT entry_id, organization_id, accounting_on, entity, sum(amount) AS amount
        FROM new_legs GROUP BY entry_id, organization_id, accounting_on, entity)
    SELECT (SELECT leg.entry_id FROM summed AS leg
     WHERE (SELECT entry.organization_id = leg.organization_id
                   AND entry.accounting_on = leg.accounting_on
                   AND entry.transaction_number = pg_current_xact_id()::text::bigint
                   AND entry.transaction_began_at = now()
              FROM ledger_entry AS entry WHERE entry.id = leg.entry_id) IS NOT TRUE
     LIMIT 1),
    (SELECT odd.entry_id
      FROM (SELECT DISTINCT entry_id FROM summed WHERE amount <> 0) AS odd
     WHERE (SELECT count(*) FROM ledger_leg WHERE entry_id = odd.entry_id)
           - (SELECT count(*) FROM new_legs WHERE entry_id = odd.entry_id) >= 2
       AND NOT EXISTS (SELECT FROM (
             SELECT entity, amount FROM ledger_leg WHERE entry_id = odd.entry_id
             UNION ALL SELECT entity, -amount FROM new_legs WHERE entry_id = odd.entry_id) AS before
             GROUP BY entity HAVING sum(amount) <> 0)
     LIMIT 1)' INTO wrong, uneven;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'legs of entry %: expected an entry of this database transaction, with the '
            'same organization and accounting date', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_comes_with_entry';
    END IF;
    -- The check at COMMIT runs once per entry, and earlier where a session asks for it (SET CONSTRAINTS ...
    -- IMMEDIATE). So an entry that balances takes only legs that balance by themselves.
    IF uneven IS NOT NULL THEN
        RAISE EXCEPTION 'entry %: it balances; legs that do not balance by themselves cannot be added', uneven
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_stays_balanced';
    END IF;
    EXECUTE 'SELECT leg.item_id
      FROM (SELECT DISTINCT item_id, organization_id, claim_id FROM new_legs WHERE item_id <> 0) AS leg
     WHERE (SELECT item.organization_id = leg.organization_id AND item.claim_id = leg.claim_id
              FROM ledger_item AS item WHERE item.id = leg.item_id) IS NOT TRUE
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'leg on item %: no such item of this claim in this organization', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'leg_item_of_claim';
    END IF;
    RETURN NULL;
END $$;
