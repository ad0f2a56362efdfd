-- The rules of money that hold whoever writes and whatever Python believes.
-- Functions put pg_temp last, so that a temporary table cannot stand in for a real one, and switch
-- off the plans that fit an empty table: a plan is kept for the session, the table grows.

-- An entry names the database transaction that wrote it; nobody but the owner dates the record.
CREATE FUNCTION ledger_stamp_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    NEW.transaction_number := pg_current_xact_id()::text::bigint;
    NEW.transaction_began_at := now();
    IF NEW.recorded_at IS DISTINCT FROM statement_timestamp() AND current_user <>
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        NEW.recorded_at := statement_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION ledger_stamp_recorded_at() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.recorded_at IS DISTINCT FROM statement_timestamp() AND current_user <>
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        NEW.recorded_at := statement_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entry_stamp BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_entry();
CREATE TRIGGER item_stamp BEFORE INSERT ON ledger_item
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_recorded_at();
CREATE TRIGGER item_bucket_stamp BEFORE INSERT ON ledger_itembucket
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_recorded_at();
CREATE TRIGGER period_stamp BEFORE INSERT ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_stamp_recorded_at();

-- At COMMIT, per entry: two legs or more, zero in all and per entity. The legs are read through
-- row-level security, so a tenant switched meanwhile must raise and not blind the check.
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    seen bigint;
    off_entity text;
    off_amount numeric;
BEGIN
    IF current_setting('cleanclaim.tenant', true) IS DISTINCT FROM NEW.organization_id::text THEN
        RAISE EXCEPTION 'entry % of organization %: the transaction''s tenant is now "%"',
            NEW.id, NEW.organization_id, coalesce(current_setting('cleanclaim.tenant', true), '')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    SELECT coalesce(sum(legs), 0), max(entity) FILTER (WHERE amount <> 0),
           max(abs(amount)) FILTER (WHERE amount <> 0)
      INTO seen, off_entity, off_amount
      FROM (SELECT entity, count(*) AS legs, sum(amount) AS amount
              FROM ledger_leg WHERE entry_id = NEW.id GROUP BY entity) AS by_entity;
    IF seen < 2 THEN
        RAISE EXCEPTION 'entry %: % legs, expected 2 or more', NEW.id, seen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    IF off_amount IS NOT NULL THEN
        RAISE EXCEPTION 'entry %: legs of entity "%" are off by %, expected 0.00',
            NEW.id, off_entity, off_amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_legs_balance';
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        PERFORM ledger_check_reversal(NEW.id, NEW.reverses_id);
    END IF;
    RETURN NULL;
END $$;

-- A reversal takes back exactly what the first entry did, dimension by dimension.
CREATE FUNCTION ledger_check_reversal(reversal bigint, original bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE entry_id = original) THEN
        RAISE EXCEPTION 'entry % reverses entry %, which this tenant does not have', reversal, original
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_reversal_mirrors';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_leg WHERE entry_id IN (reversal, original)
        GROUP BY account, item_id, claim_id, line_number, patient_id, payer_id, reason, trace, entity
        HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'entry % reverses entry %: its legs are not the first ones negated',
            reversal, original
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_reversal_mirrors';
    END IF;
END $$;

CREATE CONSTRAINT TRIGGER entry_legs_balance AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();

-- Legs come in the database transaction of their entry, in its organization and month; the item
-- they name exists and belongs to the claim they name. A scalar subquery is never turned into a
-- join, and its only condition is the primary key: so each look-up goes by it.
CREATE FUNCTION ledger_check_new_legs() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT leg.entry_id INTO wrong
      FROM (SELECT DISTINCT entry_id, organization_id, accounting_on FROM new_legs) AS leg
     WHERE (SELECT entry.organization_id = leg.organization_id
                   AND entry.accounting_on = leg.accounting_on
                   AND entry.transaction_number = pg_current_xact_id()::text::bigint
                   AND entry.transaction_began_at = now()
              FROM ledger_entry AS entry WHERE entry.id = leg.entry_id) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'legs of entry %: expected an entry of this database transaction, with the '
            'same organization and accounting date', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_comes_with_entry';
    END IF;
    SELECT leg.item_id INTO wrong
      FROM (SELECT DISTINCT item_id, organization_id, claim_id FROM new_legs WHERE item_id <> 0) AS leg
     WHERE (SELECT item.organization_id = leg.organization_id AND item.claim_id = leg.claim_id
              FROM ledger_item AS item WHERE item.id = leg.item_id) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'leg on item %: no such item of this claim in this organization', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'leg_item_of_claim';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER leg_comes_with_entry AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS new_legs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_new_legs();

-- A closed month takes no entry. Writers hold the month shared, who closes it holds it alone, so
-- an entry on its way when the month closes is either in before or refused.
CREATE FUNCTION ledger_month_lock(organization bigint, month date) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('ledger month ' || organization || ' ' || to_char(month, 'YYYYMM'), 0)
$$;

CREATE FUNCTION ledger_check_months() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT organization_id, date_trunc('month', accounting_on)::date AS month, min(id) AS entry_id
          FROM new_entries GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        PERFORM pg_advisory_xact_lock_shared(
            ledger_month_lock(wanted.organization_id, wanted.month));
        IF (SELECT state FROM ledger_period
             WHERE organization_id = wanted.organization_id AND month = wanted.month
             ORDER BY id DESC LIMIT 1) = 'closed' THEN
            RAISE EXCEPTION 'entry %: the accounting month % is closed',
                wanted.entry_id, to_char(wanted.month, 'YYYY-MM')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_month_open AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_months();

CREATE FUNCTION ledger_lock_month() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_month_lock(NEW.organization_id, NEW.month));
    RETURN NEW;
END $$;

CREATE TRIGGER period_lock_month BEFORE INSERT ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_lock_month();
