"""kill -9 at seeded random moments: the loop, one of its children, or the database server.

The disturbed world is started again until its files are done, then compared with one that nobody disturbed.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.measure import command_line
from cleanclaim.project.home import open_home
from cleanclaim.project.postgres import cluster, place
from cleanclaim.project.seed.claims import Scene
from cleanclaim.project.seed.file import write_claim_file

CLAIMS_PER_PROVIDER = 10  # many small providers: many transactions, files and moves to be killed in
MOST_LIVES_WITHOUT_KILL = 3
TARGETS = ("loop", "child", "database")


@dataclass
class CrashReport:
    """What was killed how often, and every way in which the worlds differ; none is the aim."""

    files: int = 0
    lives: int = 0
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TARGETS, 0))
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "files": self.files,
            "lives": self.lives,
            "kills": sum(self.kills.values()),
            **{f"kills_{name}": count for name, count in self.kills.items()},
            "claims": self.facts.get("claims"),
            "problems": self.problems,
        }


def bench_crash(
    *, kills: int, claims: int, seed: int = 7, loop: Sequence[str] | None = None
) -> CrashReport:
    """Disturb a world `kills` times while it works on files of `claims` claims; one file follows the other.

    Args:
        loop: another command than `cleanclaim loop`, for tests that break it on purpose.

    Raises:
        InvariantError: a life that nobody disturbed ended without a proof, three times in a row.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-crash-"))
    homes = [folder / "calm", folder / "disturbed"]
    try:
        for home in homes:
            open_home(home, kind="test")
        return _compare(folder, *homes, kills=kills, claims=claims, seed=seed, loop=loop)
    finally:
        for home in homes:
            postgres.destroy(home)
        shutil.rmtree(folder, ignore_errors=True)


def _compare(
    folder: Path,
    calm: Path,
    disturbed: Path,
    *,
    kills: int,
    claims: int,
    seed: int,
    loop: Sequence[str] | None,
) -> CrashReport:
    report, random = CrashReport(), Random(seed)
    expected: dict[str, Any] = {}
    found: dict[str, Any] = {}
    while not report.files or sum(report.kills.values()) < kills:
        report.files += 1
        path = folder / f"claims-{report.files}.837"
        scene = Scene(claims_per_provider=CLAIMS_PER_PROVIDER)
        write_claim_file(path, claims, seed=seed + report.files, scene=scene)
        started = time.monotonic()
        expected = _undisturbed(_loop(path, calm))
        seconds = time.monotonic() - started
        command = [*(loop or _loop(path, disturbed)[:-5]), *_loop(path, disturbed)[-5:]]
        left = kills - sum(report.kills.values())
        found = _until_done(command, disturbed, random, seconds, left, report)
    report.facts = _facts(disturbed)
    report.problems = _differences(expected, found, _facts(calm), report.facts)
    return report


def _loop(path: Path, home: Path) -> list[str]:
    """`cleanclaim loop` with its five last words: file, options, home."""
    return command_line("loop", path, "--enroll", "--json", "--home", home)


def _undisturbed(command: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _proof(done.stdout)
    if found is None:
        raise InvariantError(f"the loop ended without a proof: {done.stderr[-600:]}")
    return found


def _proof(output: str) -> dict[str, Any] | None:
    return json.loads(output) if output.startswith("{") else None


def _until_done(
    command: Sequence[str],
    home: Path,
    random: Random,
    seconds: float,
    kills: int,
    report: CrashReport,
) -> dict[str, Any]:
    """Start the loop again and again; kill it `kills` times at most; the proof of the life that ended well."""
    calm_lives = 0
    while True:
        report.lives += 1
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        killed = kills > 0 and _kill_once(child, home, random, seconds, report)
        kills -= killed
        try:
            output, errors = child.communicate(timeout=120 + 20 * seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise InvariantError("the loop hangs after a kill") from None
        found = _proof(output)
        if found is not None:
            return found
        calm_lives = 0 if killed else calm_lives + 1
        if calm_lives == MOST_LIVES_WITHOUT_KILL:
            raise InvariantError(f"the loop does not get up again: {errors[-600:]}")


def _kill_once(
    child: subprocess.Popen[str], home: Path, random: Random, seconds: float, report: CrashReport
) -> bool:
    """kill -9 one process at a random moment of the child's life; False if it had ended by then."""
    target = random.choice(TARGETS)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(random.uniform(0.1, 0.9) * seconds)
        return False
    victim = _victim(target, child.pid, home)
    if victim is None:  # no child of the loop, or no server yet: the loop itself then
        target, victim = "loop", psutil.Process(child.pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        victim.kill()
        report.kills[target] += 1
        return True
    return False


def _victim(target: str, pid: int, home: Path) -> psutil.Process | None:
    try:
        if target == "database":
            postmaster = cluster.postmaster(place.prepare(home).data_dir)
            return psutil.Process(postmaster) if postmaster else None
        if target == "child":
            workers = [
                one
                for one in psutil.Process(pid).children(recursive=True)
                if "spawn_main" in " ".join(one.cmdline())
            ]
            return workers[0] if workers else None
        return psutil.Process(pid)
    except psutil.Error:
        return None


def _facts(home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "cleanclaim.project.bench.facts", "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _differences(
    expected: dict[str, Any],
    found: dict[str, Any],
    expected_facts: dict[str, Any],
    facts: dict[str, Any],
) -> list[str]:
    """Whatever a kill has changed, in words."""
    problems = [
        f"{part} {name}: {found[part][name]}, undisturbed {value}"
        for part in ("claims", "money", "proof")
        for name, value in expected[part].items()
        if found[part][name] != value
    ]
    if found["proof"]["difference"] != "0.00":
        problems.append(f"the proof is off by {found['proof']['difference']}")
    problems += [
        f"{name}: {facts.get(name)}, undisturbed {value}"
        for name, value in expected_facts.items()
        if facts.get(name) != value
    ]
    for name in ("sent_not_received", "received_twice", "claims_twice", "files_open"):
        if facts.get(name):
            problems.append(f"{name}: {facts[name]}, expected none")
    return problems + [f"ledger: {words}" for words in facts["ledger_differences"]]
