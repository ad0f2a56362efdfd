"""How fast a large payment is posted: one 835 onto open claims, beside what COPY alone would take for its legs."""

import io
import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.measure import Measured, command_line, measure
from cleanclaim.project.home import open_home
from cleanclaim.project.setup import open_database

_COLUMNS = (
    "organization_id, entry_id, item_id, claim_id, patient_id, payer_id, line_number, "
    "accounting_on, account, amount, reason, trace, entity"
)
_POSTED_LEGS = (
    f"SELECT {_COLUMNS} FROM ledger_leg WHERE entry_id IN "
    "(SELECT id FROM ledger_entry WHERE idempotency_key LIKE 'remittance:%')"
)


@dataclass(frozen=True, slots=True)
class PostSpeed:
    """One 835 posted, and the ceilings measured on its legs afterwards."""

    claims: int
    lines: int
    measured: Measured
    work: dict[str, Any]
    legs: int
    copy_bare: float
    copy_indexed: float
    difference: str

    def as_json(self) -> dict[str, object]:
        """The figures as the benchmark table shows them. Rates are a second; `copy` ones are rows of legs."""
        m, seconds = self.measured, self.work["seconds"]
        cpu = m.program_cpu + m.database_cpu
        return {
            "claims": self.claims,
            "lines": self.claims * self.lines,
            "posted": self.work["posted"],
            "held": self.work["held"],
            "seconds": seconds,
            "reading_seconds": self.work["reading_seconds"],
            "posting_seconds": self.work["posting_seconds"],
            "claims_per_second": round(self.claims / seconds, 1),
            "cpu_ms_per_claim": round(1000 * cpu / self.claims, 3),
            "program_cpu_seconds": round(m.program_cpu, 1),
            "database_cpu_seconds": round(m.database_cpu, 1),
            "peak_mb": m.peak_bytes // 2**20,
            "database_peak_mb": m.database_peak_bytes // 2**20,
            "legs": self.legs,
            "legs_per_second": round(self.legs / self.work["posting_seconds"]),
            "copy_per_second_bare_table": round(self.legs / self.copy_bare),
            "copy_per_second_same_indexes": round(self.legs / self.copy_indexed),
            "posting_to_copy_same_indexes": round(
                self.copy_indexed / self.work["posting_seconds"], 3
            ),
            "difference": self.difference,
        }


def bench_post(claims: int, *, lines: int = 3, seed: int = 7) -> PostSpeed:
    """Time receiving, reading, answering, matching, planning and posting one payment; its world is made beforehand.

    Raises:
        InvariantError: not all of it was posted, or the ledger's proof is not 0.00.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-bench-post-"))
    home, file = folder / "home", folder / "payment.835"
    try:
        open_home(home, kind="test")
        with postgres.running(home):
            words = ("--home", home, "--file", file)
            counts = ("--claims", claims, "--lines", lines, "--seed", seed)
            _finished(measure(_module("post_world", *words, *counts), home=home))
            _settle(home)
            found = _finished(measure(_module("post_work", *words), home=home))
            proof = _finished(measure(command_line("proof", "--json", "--home", home), home=home))
            legs, bare, indexed = _copy_ceiling(home)
        work = json.loads(found.output)
        if work["posted"] != claims:
            raise InvariantError(f"{work['posted']} of {claims} claims were posted")
        difference = json.loads(proof.output)["difference"]
        return PostSpeed(claims, lines, found, work, legs, bare, indexed, difference)
    finally:
        postgres.destroy(home)
        shutil.rmtree(folder, ignore_errors=True)


def _module(name: str, *words: object) -> list[str]:
    return [sys.executable, "-m", f"cleanclaim.project.bench.{name}", *map(str, words)]


def _finished(found: Measured) -> Measured:
    if found.returncode:
        raise InvariantError(f"a step ended with {found.returncode}: {found.output[-400:]}")
    return found


def _settle(home: Path) -> None:
    """Leave the claims as weeks of waiting leave them: vacuumed, so that this does not come in the middle of posting."""
    with open_database(home) as (_, urls), psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def _copy_ceiling(home: Path) -> tuple[int, float, float]:
    """How many legs the posting wrote; seconds that plain COPY takes for them without and with the table's indexes.

    COPY into the table itself is refused under row-level security, so that twins of it stand in.
    """
    with open_database(home) as (_, urls), psycopg.connect(urls.owner) as connection:
        connection.execute(
            "SELECT set_config('cleanclaim.tenant', id::text, true) FROM tenancy_organization"
        )
        rows = io.BytesIO()
        with connection.cursor().copy(f"COPY ({_POSTED_LEGS}) TO STDOUT") as copy:
            for block in copy:
                rows.write(block)
        seconds = []
        for including in ("IDENTITY", "ALL"):
            connection.execute(f"CREATE TABLE leg_twin (LIKE ledger_leg INCLUDING {including})")
            rows.seek(0)
            start = time.perf_counter()
            with connection.cursor().copy(f"COPY leg_twin ({_COLUMNS}) FROM STDIN") as copy:
                while block := rows.read(2**20):
                    copy.write(block)
            seconds.append(time.perf_counter() - start)
            counted = connection.execute("SELECT count(*) FROM leg_twin").fetchone()
            connection.execute("DROP TABLE leg_twin")
        connection.rollback()
    return (counted[0] if counted else 0), seconds[0], seconds[1]
