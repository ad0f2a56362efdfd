"""How fast X12 is checked, read and written, side by side with pyx12 and with plain splitting in the same run.

Every method runs in a child process of its own, so that start-up, memory and garbage collection stay apart. The best
of some runs counts; pyx12, which takes most of the time, runs once. Ratios are of processor seconds, which other work
on the machine hardly touches; only the ratio of two cores to one is of the clock's. Before the clock starts, each
method works on a file of a few claims: what guides and code sets cost once is told apart, as `startup_seconds`.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.seed.file import write_claim_file
from cleanclaim.project.seed.remittance import write_remittance_file

QUICK, FULL, SMALL = 2_000, 20_000, 20
QUICK_RUNS, FULL_RUNS = 2, 3
MESSAGES = ("837P", "835")
METHODS = (
    "split",
    "lists",
    "pyx12",
    "check",
    "check_typed",
    "read",
    "read_whole",
    "tables",
    "tables_two",
    "write",
)
# name of a ratio: (faster method, slower or reference method); the ratio is how many times faster.
RATIOS = {
    "check_vs_pyx12": ("check", "pyx12"),
    "check_typed_vs_pyx12": ("check_typed", "pyx12"),
    "read_vs_lists": ("read", "lists"),
    "tables_vs_split": ("tables", "split"),
    "tables_two_vs_one": ("tables_two", "tables"),
}


@dataclass(frozen=True, slots=True)
class Timing:
    """One method on one file."""

    message: str
    method: str
    seconds: float
    cpu_seconds: float
    startup_seconds: float
    size_bytes: int
    claims: int
    peak_bytes: int
    said: str

    def as_json(self) -> dict[str, Any]:
        """As a plain record, with the speeds worked out."""
        return {
            "message": self.message,
            "method": self.method,
            "seconds": round(self.seconds, 4),
            "cpu_seconds": round(self.cpu_seconds, 4),
            "startup_seconds": round(self.startup_seconds, 4),
            "mb_per_second": round(self.size_bytes / 1e6 / self.cpu_seconds, 2),
            "claims_per_second": round(self.claims / self.cpu_seconds),
            "peak_mb": round(self.peak_bytes / 1e6),
            "said": self.said,
        }


def bench_edi(
    *,
    claims: int,
    files: dict[str, Path] | None = None,
    seed: int = 7,
    say: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Time every method on an 837P and an 835 of `claims` claims.

    Args:
        files: files to use in place of invented ones, by message.

    Raises:
        InputError: a method failed.
    """
    has_peer = importlib.util.find_spec("pyx12") is not None
    timings: list[Timing] = []
    with tempfile.TemporaryDirectory(prefix="cleanclaim-bench-") as folder:
        for message in MESSAGES:
            path = (files or {}).get(message) or made(Path(folder), message, claims, seed)
            small = made(Path(folder), message, SMALL, seed)
            for method in METHODS:
                if method == "pyx12" and not has_peer:
                    continue
                say(f"{message}: {method}")
                timings.append(_best(message, method, path, small, claims))
    found: dict[str, Any] = {"claims": claims, "ratios": _ratios(timings)}
    if not has_peer:
        found["missing"] = "pyx12 is not installed here: no ratio to it (pip install pyx12)"
    found["timings"] = [timing.as_json() for timing in timings]
    return found


def made(folder: Path, message: str, claims: int, seed: int) -> Path:
    """A file of invented claims or payments."""
    path = folder / f"{message}-{claims}.edi"
    (write_claim_file if message == "837P" else write_remittance_file)(path, claims, seed=seed)
    return path


def _best(message: str, method: str, path: Path, small: Path, claims: int) -> Timing:
    times = 1 if method == "pyx12" else QUICK_RUNS if claims <= QUICK else FULL_RUNS
    runs = [run_method(method, path, small) for _ in range(times)]
    best = min(runs, key=lambda run: float(run["cpu_seconds"]))
    size = path.stat().st_size
    return Timing(
        message, method, best["seconds"], best["cpu_seconds"], best["startup_seconds"], size, claims,
        best["peak_bytes"], best["said"],
    )  # fmt: skip


def run_method(method: str, path: Path, small: Path) -> dict[str, Any]:
    """What `edi_work` printed about one method on one file.

    Raises:
        InputError: it failed.
    """
    command = [
        sys.executable,
        "-m",
        "cleanclaim.project.bench.edi_work",
        method,
        str(path),
        str(small),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no words"])[-1]
        raise InputError(f"bench edi: {method} of {path.name} failed: {last}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ratios(timings: list[Timing]) -> dict[str, float]:
    """By name, for the 837P; with `_835` behind it for the 835."""
    known = {(timing.message, timing.method): timing for timing in timings}
    found = {}
    for message, ending in (("837P", ""), ("835", "_835")):
        for name, (fast, slow) in RATIOS.items():
            one, other = known.get((message, fast)), known.get((message, slow))
            if one is None or other is None:
                continue
            is_parallel = fast == "tables_two"
            ratio = (
                other.seconds / one.seconds if is_parallel else other.cpu_seconds / one.cpu_seconds
            )
            found[name + ending] = round(ratio, 2)
    return found
