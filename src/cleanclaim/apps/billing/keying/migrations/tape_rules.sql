-- A keyed payment is posted only when its tape is at zero, whoever writes and whatever Python believes.

CREATE FUNCTION keying_check_batch() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    keyed numeric;
    unfinished bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'posted' THEN
        IF (NEW.state, NEW.payer_id, NEW.trace_number, NEW.amount, NEW.paid_on, NEW.remittance_id)
            IS DISTINCT FROM
           (OLD.state, OLD.payer_id, OLD.trace_number, OLD.amount, OLD.paid_on, OLD.remittance_id) THEN
            RAISE EXCEPTION 'keyed batch %: it is posted and stays as it is', NEW.id
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

CREATE TRIGGER keyed_batch_tape BEFORE INSERT OR UPDATE ON keying_batch
    FOR EACH ROW EXECUTE FUNCTION keying_check_batch();

-- The share lock waits for whoever posts the batch at this moment, then sees it posted.
CREATE FUNCTION keying_check_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    batch_state text;
BEGIN
    SELECT state INTO batch_state FROM keying_batch WHERE id = NEW.batch_id FOR SHARE;
    IF batch_state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'keyed batch %: it is %, its entries stay as they are', NEW.batch_id, batch_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'keyed_entry_stays';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keyed_entry_open BEFORE INSERT OR UPDATE ON keying_entry
    FOR EACH ROW EXECUTE FUNCTION keying_check_entry();
