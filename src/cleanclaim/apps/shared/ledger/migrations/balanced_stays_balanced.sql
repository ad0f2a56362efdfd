-- As in leg_checks.sql, and an entry that balances stays balanced. Planned at every statement against the tables as they are. A plan that is kept
-- for the session can date from an empty ledger, when any index costs the same: one was seen to go by the
-- organization, and so to read all of its items for every leg. EXECUTE keeps no plan.
CREATE OR REPLACE FUNCTION ledger_check_new_legs() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE 'SELECT leg.entry_id
      FROM (SELECT DISTINCT entry_id, organization_id, accounting_on FROM new_legs) AS leg
     WHERE (SELECT entry.organization_id = leg.organization_id
                   AND entry.accounting_on = leg.accounting_on
                   AND entry.transaction_number = pg_current_xact_id()::text::bigint
                   AND entry.transaction_began_at = now()
              FROM ledger_entry AS entry WHERE entry.id = leg.entry_id) IS NOT TRUE
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'legs of entry %: expected an entry of this database transaction, with the '
            'same organization and accounting date', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_comes_with_entry';
    END IF;
    -- The check at COMMIT runs once per entry, and earlier where a session asks for it (SET CONSTRAINTS ...
    -- IMMEDIATE). So an entry that balances takes only legs that balance by themselves.
    EXECUTE 'SELECT odd.entry_id
      FROM (SELECT DISTINCT entry_id FROM (SELECT entry_id FROM new_legs
             GROUP BY entry_id, entity HAVING sum(amount) <> 0) AS off) AS odd
     WHERE (SELECT count(*) FROM ledger_leg WHERE entry_id = odd.entry_id)
           - (SELECT count(*) FROM new_legs WHERE entry_id = odd.entry_id) >= 2
       AND NOT EXISTS (SELECT FROM (
             SELECT entity, amount FROM ledger_leg WHERE entry_id = odd.entry_id
             UNION ALL SELECT entity, -amount FROM new_legs WHERE entry_id = odd.entry_id) AS before
             GROUP BY entity HAVING sum(amount) <> 0)
     LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'entry %: it balances; legs that do not balance by themselves cannot be added', wrong
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
