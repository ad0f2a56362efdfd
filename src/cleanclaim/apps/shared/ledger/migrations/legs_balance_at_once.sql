-- The same rules, stricter and for less: the legs of one statement balance by themselves, per entry and entity. So an
-- entry is whole from the first leg on, stays so whatever is added, and nothing is summed up again at COMMIT.
CREATE OR REPLACE FUNCTION ledger_check_new_legs() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
    uneven record;
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
     LIMIT 1) AS stray, odd.entry_id, odd.entity, abs(odd.amount) AS amount
      FROM (SELECT) AS always
      LEFT JOIN (SELECT entry_id, entity, amount FROM summed WHERE amount <> 0
                  ORDER BY entry_id, entity LIMIT 1) AS odd ON true' INTO uneven;
    IF uneven.stray IS NOT NULL THEN
        RAISE EXCEPTION 'legs of entry %: expected an entry of this database transaction, with the '
            'same organization and accounting date', uneven.stray
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_comes_with_entry';
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
    IF uneven.entry_id IS NOT NULL THEN
        RAISE EXCEPTION 'entry %: legs of entity "%" are off by %, expected 0.00 of the legs of one statement',
            uneven.entry_id, uneven.entity, uneven.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    RETURN NULL;
END $$;

-- At COMMIT, per entry: it has legs (that balance, see above). They are looked for through row-level security, so a
-- tenant switched meanwhile must raise and not blind the check.
CREATE OR REPLACE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF current_setting('cleanclaim.tenant', true) IS DISTINCT FROM NEW.organization_id::text THEN
        RAISE EXCEPTION 'entry % of organization %: the transaction''s tenant is now "%"',
            NEW.id, NEW.organization_id, coalesce(current_setting('cleanclaim.tenant', true), '')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry %: no legs, expected 2 or more', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        PERFORM ledger_check_reversal(NEW.id, NEW.reverses_id);
    END IF;
    RETURN NULL;
END $$;

-- As in cheaper_checks.sql; an entry that moves several items is looked up once.
CREATE OR REPLACE FUNCTION ledger_check_new_buckets() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE 'SELECT coalesce(
      (SELECT bucket.item_id FROM new_buckets AS bucket
        WHERE (SELECT item.organization_id = bucket.organization_id
                 FROM ledger_item AS item WHERE item.id = bucket.item_id) IS NOT TRUE
        LIMIT 1),
      (SELECT bucket.item_id
         FROM (SELECT entry_id, organization_id, min(item_id) AS item_id FROM new_buckets
                WHERE entry_id IS NOT NULL GROUP BY entry_id, organization_id) AS bucket
        WHERE (SELECT entry.organization_id = bucket.organization_id
                 FROM ledger_entry AS entry WHERE entry.id = bucket.entry_id) IS NOT TRUE
        LIMIT 1))' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'bucket of item %: no such item or entry in this organization', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'item_bucket_of_item';
    END IF;
    RETURN NULL;
END $$;

-- A session takes leg numbers by the hundred: asked one by one, the sequence was read and logged for every leg.
ALTER SEQUENCE ledger_leg_id_seq CACHE 100;
