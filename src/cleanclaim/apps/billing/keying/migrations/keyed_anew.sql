-- A posted batch may be keyed anew once its remittance was un-posted; that remittance never posts again.

CREATE OR REPLACE FUNCTION keying_check_batch() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    keyed numeric;
    unfinished bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('posted', 'replaced') THEN
        IF (NEW.payer_id, NEW.trace_number, NEW.amount, NEW.paid_on, NEW.remittance_id)
            IS DISTINCT FROM
           (OLD.payer_id, OLD.trace_number, OLD.amount, OLD.paid_on, OLD.remittance_id)
           OR NOT (NEW.state = OLD.state OR (OLD.state = 'posted' AND NEW.state = 'replaced')) THEN
            RAISE EXCEPTION 'keyed batch %: it is % and stays as it is', NEW.id, OLD.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'keyed_batch_stays';
        END IF;
    ELSIF NEW.state = 'posted' THEN
        SELECT coalesce(sum(amount), 0), count(*) FILTER (WHERE "left" <> 0) INTO keyed, unfinished
          FROM keying_entry WHERE batch_id = NEW.id AND NOT is_undone;
        IF keyed <> NEW.amount OR unfinished > 0 THEN
            RAISE EXCEPTION 'keyed batch %: % keyed of %, % lines unfinished', NEW.id, keyed, NEW.amount, unfinished
                USING ERRCODE = 'check_violation', CONSTRAINT = 'keyed_batch_tape_zero';
        END IF;
    END IF;
    RETURN NEW;
END $$;
