-- A closed month closes the books through it: an entry in an earlier month would move the opening of one that two persons
-- have closed and that went out to the general ledger outside. So no month up to the last closed one takes an entry.

CREATE OR REPLACE FUNCTION ledger_check_months() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wanted record;
    closed date;
BEGIN
    FOR wanted IN
        SELECT organization_id, date_trunc('month', accounting_on)::date AS month, min(id) AS entry_id
          FROM new_entries GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        PERFORM pg_advisory_xact_lock_shared(
            ledger_month_lock(wanted.organization_id, wanted.month));
        SELECT min(newest.month) INTO closed
          FROM (SELECT DISTINCT ON (month) month, state FROM ledger_period
                 WHERE organization_id = wanted.organization_id AND month >= wanted.month
                 ORDER BY month, id DESC) AS newest
         WHERE newest.state = 'closed';
        IF closed = wanted.month THEN
            RAISE EXCEPTION 'entry %: the accounting month % is closed',
                wanted.entry_id, to_char(wanted.month, 'YYYY-MM')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
        ELSIF closed IS NOT NULL THEN
            RAISE EXCEPTION 'entry %: the accounting month % is closed, with % after it',
                wanted.entry_id, to_char(wanted.month, 'YYYY-MM'), to_char(closed, 'YYYY-MM')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Who closes a month holds it and every earlier one alone: ten years, and more where the books are older.
CREATE FUNCTION ledger_lock_months(organization bigint, month date) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    first date := month - interval '120 months';
    one date;
BEGIN
    SELECT least(first, date_trunc('month', min(entry.accounting_on))::date) INTO first
      FROM ledger_entry AS entry WHERE entry.organization_id = ledger_lock_months.organization;
    -- In the order in which writers take them.
    FOR one IN SELECT generate_series(first::timestamp, month::timestamp, '1 month')::date LOOP
        PERFORM pg_advisory_xact_lock(ledger_month_lock(organization, one));
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ledger_lock_month() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_lock_months(NEW.organization_id, NEW.month);
    RETURN NEW;
END $$;
