-- Who closes a month never waits for one month while it keeps another: a writer that booked into a later month first and
-- needs an earlier one now would wait for the closer, and the closer for it. So each month is only tried; where one is not
-- free, all are let go, that one is waited for alone, and then the others are tried again. One closer at a time.
-- After a hundred turns (busy months that take turns) it waits for them in order: then PostgreSQL ends what meets in the middle.

CREATE OR REPLACE FUNCTION ledger_lock_months(organization bigint, month date) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    first date := month - interval '120 months';
    one date;
    busy date;
BEGIN
    SELECT least(first, date_trunc('month', min(entry.accounting_on))::date) INTO first
      FROM ledger_entry AS entry WHERE entry.organization_id = ledger_lock_months.organization;
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger closer ' || organization, 0));
    FOR turn IN 1 .. 100 LOOP
        BEGIN
            IF busy IS NOT NULL THEN
                PERFORM pg_advisory_xact_lock(ledger_month_lock(organization, busy));
            END IF;
            FOR one IN SELECT generate_series(first::timestamp, month::timestamp, '1 month')::date LOOP
                IF NOT pg_try_advisory_xact_lock(ledger_month_lock(organization, one)) THEN
                    busy := one;
                    RAISE EXCEPTION USING ERRCODE = 'CC001', MESSAGE = 'a month is busy';
                END IF;
            END LOOP;
            RETURN;
        EXCEPTION WHEN SQLSTATE 'CC001' THEN
            NULL; -- with this block end the locks that it took
        END;
    END LOOP;
    FOR one IN SELECT generate_series(first::timestamp, month::timestamp, '1 month')::date LOOP
        PERFORM pg_advisory_xact_lock(ledger_month_lock(organization, one));
    END LOOP;
END $$;
