"""How long the proof of a large ledger takes: a practice's charges and their payments, proved from the legs."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.measure import Measured, command_line, measure
from cleanclaim.project.home import open_home
from cleanclaim.project.setup import open_database

LINES = 3  # of each claim
LEGS_A_CLAIM = (
    LINES * 8
)  # two of the charge, six of the payment, the reduction and the patient's part
_PAYER, _PATIENT = "receivable:payer:1", "receivable:patient"

# A line of c.id * 3 + n costs 50.00 to 249.00; a fifth is reduced, a sixth the patient's, the payer pays the rest.
_LINES = """
CREATE TEMP TABLE line AS
SELECT (c - 1) * 3 + n AS item_id, c AS claim_id, n AS line_number, (50 + (c * 7 + n * 31) % 200)::numeric(14,2) AS charge,
       date '2024-01-01' + (c % 700)::int AS day
  FROM generate_series(1, %s) AS c, generate_series(1, 3) AS n
"""
_FILL = (
    "ALTER TABLE line ADD reduced numeric(14,2), ADD owed numeric(14,2)",
    "UPDATE line SET reduced = round(charge / 5, 2), owed = round(charge / 6, 2)",
    "INSERT INTO patients_patient (id, last_name, first_name, middle_name, suffix, sex, line_1, line_2, city, state, zip_code, country) "
    "VALUES (1, 'Sample', 'Pat', '', '', '', '', '', '', '', '', '')",
    "INSERT INTO claims_claim (id, patient_id, patient_name, payer_id, payer_name, payer_order, member_id, control_number, state, "
    "purpose, frequency_code, billing_npi, billing_tin, received_on, billed, charge, paid, contractual, patient_owes) "
    "SELECT claim_id, 1, 'Sample', 1, 'Payer', 'P', 'M1', 'C' || claim_id, 'paid', 'CH', '1', '', '', max(day), sum(charge), "
    "sum(charge), sum(charge - reduced - owed), sum(reduced), sum(owed) FROM line GROUP BY claim_id",
    "INSERT INTO ledger_item (id, claim_id, line_number, patient_id, charge, service_on, procedure, bucket) "
    "SELECT item_id, claim_id, line_number, 1, charge, day, '99213', 'payer:1' FROM line",
    "INSERT INTO ledger_entry (id, kind, idempotency_key, effective_on, accounting_on, memo) "
    "SELECT claim_id * 2 - 1, 'charge', 'charge:' || claim_id, max(day), max(day), '' FROM line GROUP BY claim_id",
    "INSERT INTO ledger_entry (id, kind, idempotency_key, effective_on, accounting_on, memo) "
    "SELECT claim_id * 2, 'payment', 'payment:' || claim_id, max(day) + 20, max(day) + 20, '' FROM line GROUP BY claim_id",
    "INSERT INTO ledger_leg (entry_id, item_id, claim_id, patient_id, payer_id, line_number, accounting_on, account, amount, reason, trace) "
    "SELECT claim_id * 2 - leg.before, item_id, claim_id, 1, 1, line_number, day + leg.later, leg.account, leg.amount, leg.reason, leg.trace "
    "FROM line, LATERAL (VALUES "
    f"(1, 0, '{_PAYER}', charge, '', ''), (1, 0, 'revenue:patient-services', -charge, '', ''), "
    "(0, 20, 'asset:remit-clearing', charge - reduced - owed, 'paid', '1999999999 T1'), "
    f"(0, 20, '{_PAYER}', reduced + owed - charge, 'paid', ''), "
    f"(0, 20, 'contra:contractual', reduced, 'CO-45', ''), (0, 20, '{_PAYER}', -reduced, 'CO-45', ''), "
    f"(0, 20, '{_PATIENT}', owed, 'PR-2', ''), (0, 20, '{_PAYER}', -owed, 'PR-2', '')"
    ") AS leg (before, later, account, amount, reason, trace)",
)
_TABLES = ("ledger_item", "ledger_entry", "ledger_leg")


@dataclass(frozen=True, slots=True)
class ProofSpeed:
    """One proof of a ledger with `legs` legs."""

    measured: Measured
    proof: dict[str, Any]

    def as_json(self) -> dict[str, object]:
        """The figures as the benchmark table shows them."""
        m = self.measured
        [organization] = self.proof["organizations"]
        return {
            "legs": organization["legs"],
            "entries": organization["entries"],
            "items": organization["items"],
            "seconds": round(m.wall, 2),
            "program_cpu_seconds": round(m.program_cpu, 1),
            "database_cpu_seconds": round(m.database_cpu, 1),
            "peak_mb": m.peak_bytes // 2**20,
            "debit": organization["debit"],
            "credit": organization["credit"],
            "difference": organization["difference"],
        }


def bench_proof(legs: int) -> ProofSpeed:
    """Time `cleanclaim proof` on a ledger of so many legs (in whole claims), from its start to its end.

    Raises:
        InvariantError: the proof did not end with 0.00.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-bench-proof-"))
    home = folder / "home"
    try:
        open_home(home, kind="test")
        with postgres.running(home):
            _fill(home, claims=max(1, legs // LEGS_A_CLAIM))
            found = measure(command_line("proof", "--json", "--home", home), home=home)
        if found.returncode:
            raise InvariantError(f"the proof ended with {found.returncode}: {found.output[-400:]}")
        return ProofSpeed(found, json.loads(found.output))
    finally:
        postgres.destroy(home)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(home: Path, *, claims: int) -> None:
    """Write the rows as the owner, without the checks that the proof is to make up for."""
    with open_database(home) as (_, urls), psycopg.connect(urls.owner) as connection:
        made = connection.execute(
            "INSERT INTO tenancy_organization (kind, name, npi, tin, slug, created_at) "
            "VALUES ('practice', 'Sample Practice', '', '', 'sample', now()) RETURNING id"
        ).fetchone()
        assert made is not None
        connection.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(made[0])])
        for table in _TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute(_LINES.replace("%s", str(claims)))
        for statement in _FILL:
            connection.execute(statement)
        connection.commit()
        for table in _TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        connection.execute("ANALYZE")
