"""How fast the loop is: invented claims from one file to the proof, in a fresh home."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.measure import Measured, command_line, measure
from cleanclaim.project.home import open_home
from cleanclaim.project.seed.file import write_claim_file


@dataclass(frozen=True, slots=True)
class LoopSpeed:
    """One run of the loop over `claims` claims."""

    claims: int
    measured: Measured
    report: dict[str, Any]

    def as_json(self) -> dict[str, object]:
        """The figures as the benchmark table shows them."""
        m = self.measured
        return {
            "claims": self.claims,
            "seconds": round(m.wall, 2),
            "claims_per_second": round(self.claims / m.wall, 1),
            "cpu_ms_per_claim": round(1000 * (m.program_cpu + m.database_cpu) / self.claims, 2),
            "program_cpu_seconds": round(m.program_cpu, 1),
            "database_cpu_seconds": round(m.database_cpu, 1),
            "peak_mb": m.peak_bytes // 2**20,
            "database_peak_mb": m.database_peak_bytes // 2**20,
            "difference": self.report["proof"]["difference"],
            "in": self.report["claims"]["in"],
        }


def bench_loop(
    claims: int, *, file: Path | None = None, processes: int = 2, seed: int = 7
) -> LoopSpeed:
    """Time `cleanclaim loop FILE --enroll` from its start to its end, the proof included.

    Making the home and its empty database is not in it: `./run demo` has a figure of its own.

    Raises:
        InvariantError: the loop did not prove 0.00.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-bench-"))
    try:
        path = file or folder / "claims.837"
        if file is None:
            write_claim_file(path, claims, seed=seed)
        home = open_home(folder / "home", kind="test")
        with postgres.running(home.path):
            measure(command_line("proof", "--home", home.path), home=home.path)  # makes the schema
            words = ("loop", path, "--enroll", "--json", "--processes", str(processes))
            found = measure(command_line(*words, "--home", home.path), home=home.path)
        if found.returncode not in (0, 1) or not found.output.startswith("{"):
            raise InvariantError(f"the loop ended with {found.returncode}: {found.output[-400:]}")
        report = json.loads(found.output)
        if report["proof"]["difference"] != "0.00":
            raise InvariantError(f"the loop's proof is off by {report['proof']['difference']}")
        return LoopSpeed(report["claims"]["in"], found, report)
    finally:
        postgres.destroy(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)
