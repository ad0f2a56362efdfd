-- An invented practice, written as the owner without triggers; the ledger's own proof checks it afterwards.
-- Every claim has two or three lines, one item each. Of a hundred claims 70 are paid by their payer (60 of 100 and a
-- contractual 25), 45 have the rest moved to the patient, 23 of these pay it and are closed, 3 are overpaid by a
-- fifth of the charge. One entry in 20 is booked 40 days late. The last day is `last`.
CREATE TEMP TABLE made_claim AS
SELECT n AS id, (hashint8(n) & 2147483647) %% 100 AS fate, 1 + n %% 50000 AS patient,
       %(last)s::date - (n * 17 %% 730)::int AS served,
       CASE WHEN (hashint8(n + 7) & 2147483647) %% 20 = 0 THEN 40 ELSE 1 END AS late
  FROM generate_series(1, %(claims)s::bigint) AS n;

CREATE TEMP TABLE made_item AS
SELECT row_number() OVER (ORDER BY claim.id, line) AS id, claim.id AS claim_id, line, claim.patient, claim.served,
       (50 + (hashint8(claim.id * 5 + line) & 2147483647) %% 450)::numeric(14, 2) AS charge
  FROM made_claim AS claim, generate_series(1, 2 + (claim.id %% 2)::int) AS line;

INSERT INTO patients_patient (id, organization_id, last_name, first_name, middle_name, suffix, sex, line_1, line_2,
       city, state, zip_code, country)
SELECT n, %(organization)s, 'Person ' || n, 'Ida', '', '', 'U', '', '', '', '', '', ''
  FROM generate_series(1, 50000) AS n;

INSERT INTO claims_claim (id, organization_id, patient_id, patient_name, payer_id, payer_name, payer_order, member_id,
       control_number, state, purpose, frequency_code, billing_npi, billing_tin, service_from, service_to, received_on,
       submitted_on, billed, charge, paid, contractual, patient_paid, patient_owes, has_credit, open_amount)
SELECT *, charge - paid - contractual - patient_paid - patient_owes FROM (
    SELECT claim.id, %(organization)s, patient, 'Person ' || patient, 1 + claim.id %% 40, 'Payer ' || 1 + claim.id %% 40,
           'P', 'M' || patient, 'C' || claim.id, CASE WHEN fate < 70 THEN 'paid' ELSE 'accepted' END, 'CH', '1', '',
           '99' || 1000000 + claim.id %% 12, served, served, served + 2, served + 3, charge, charge,
           charge * (CASE WHEN fate < 70 THEN 0.60 ELSE 0 END + CASE WHEN fate BETWEEN 45 AND 47 THEN 0.20 ELSE 0 END),
           charge * CASE WHEN fate < 70 THEN 0.25 ELSE 0 END,
           charge * CASE WHEN fate < 23 THEN 0.15 ELSE 0 END,
           charge * CASE WHEN fate BETWEEN 23 AND 44 THEN 0.15 ELSE 0 END,
           fate BETWEEN 45 AND 47
      FROM made_claim AS claim
      JOIN (SELECT claim_id, sum(charge) AS charge FROM made_item GROUP BY claim_id) AS item ON item.claim_id = claim.id
    ) AS done (id, organization, patient, name, payer, payer_name, payer_order, member, control, state, purpose, frequency,
               npi, tin, served, until, received, submitted, billed, charge, paid, contractual, patient_paid, patient_owes,
               has_credit);

INSERT INTO ledger_item (id, organization_id, claim_id, line_number, patient_id, charge, service_on, procedure, bucket)
SELECT id, %(organization)s, claim_id, line, patient, charge, served, '99213', 'payer:1' FROM made_item;

-- Kinds of entries: after how many days, for which claims, and what each does to a line's charge.
CREATE TEMP TABLE made_step (step int, kind text, after int, fates int4range, share numeric, account text, other text);
INSERT INTO made_step VALUES
    (1, 'charge', 0, '[0,100)', 1, 'receivable:payer:1', 'revenue:patient-services'),
    (2, 'payment', 30, '[0,70)', -0.60, 'receivable:payer:1', 'asset:remit-clearing'),
    (2, 'payment', 30, '[0,70)', -0.25, 'receivable:payer:1', 'contra:contractual'),
    (3, 'transfer', 31, '[0,45)', -0.15, 'receivable:payer:1', 'receivable:patient'),
    (4, 'payment', 60, '[0,23)', -0.15, 'receivable:patient', 'asset:bank'),
    (5, 'payment', 90, '[45,48)', -0.20, 'receivable:payer:1', 'asset:remit-clearing');

CREATE TEMP TABLE made_entry AS
SELECT row_number() OVER (ORDER BY served + after, claim.id) AS id, claim.id AS claim_id, step, kind, late,
       served + after AS effective_on, served + after + CASE WHEN step = 1 THEN 1 ELSE late END AS accounting_on
  FROM made_claim AS claim JOIN (SELECT DISTINCT step, kind, after, fates FROM made_step) AS step
    ON step.fates @> claim.fate::int;
CREATE INDEX ON made_entry (claim_id, step);
CREATE INDEX ON made_item (claim_id);
ANALYZE made_entry; ANALYZE made_item;

INSERT INTO ledger_entry (id, organization_id, kind, idempotency_key, effective_on, accounting_on, recorded_at, memo)
SELECT id, %(organization)s, kind, 'bench:' || id, effective_on, accounting_on,
       accounting_on + interval '10 hours', ''
  FROM made_entry ORDER BY id;

INSERT INTO ledger_leg (organization_id, entry_id, item_id, claim_id, patient_id, line_number, accounting_on, account,
       amount)
SELECT %(organization)s, entry.id, item.id, item.claim_id, item.patient, item.line, entry.accounting_on, side.account,
       side.sign * round(item.charge * step.share, 2)
  FROM made_entry AS entry JOIN made_step AS step USING (step)
  JOIN made_item AS item ON item.claim_id = entry.claim_id
  CROSS JOIN LATERAL (VALUES (step.account, 1), (step.other, -1)) AS side (account, sign)
 ORDER BY entry.id, item.id;

INSERT INTO ledger_itembucket (organization_id, item_id, bucket, since, effective_on, entry_id, recorded_at)
SELECT %(organization)s, item.id, 'patient', entry.effective_on, entry.effective_on, entry.id,
       entry.accounting_on + interval '10 hours'
  FROM made_entry AS entry JOIN made_item AS item USING (claim_id) WHERE entry.step = 3 ORDER BY entry.id, item.id
