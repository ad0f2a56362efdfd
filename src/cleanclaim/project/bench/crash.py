"""kill -9 at seeded random moments: the loop, one of its children, the database server, the web or the worker.

Web and worker run beside the disturbed loop, and files are brought to the web all the time. The disturbed world is started again until its files are done, then compared with one that nobody disturbed.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.desk import Desk, open_desk
from cleanclaim.project.bench.measure import command_line
from cleanclaim.project.home import open_home
from cleanclaim.project.postgres import cluster, place
from cleanclaim.project.seed.claims import Scene
from cleanclaim.project.seed.file import write_claim_file

CLAIMS_PER_PROVIDER = 10  # many small providers: many transactions, files and moves to be killed in
MOST_LIVES_WITHOUT_KILL = 3
TARGETS = ("loop", "child", "database", "web", "worker")
ZONE = ZoneInfo("America/Los_Angeles")  # the day that the worker lives in


@dataclass
class CrashReport:
    """What was killed how often, and every way in which the worlds differ; none is the aim."""

    files: int = 0
    brought: int = 0
    lives: int = 0
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TARGETS, 0))
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "files": self.files,
            "files_brought_to_the_web": self.brought,
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
            _undisturbed(_loop(_claim_file(folder, 0, claims=1, seed=seed), home))
        with open_desk(homes[1]) as desk:
            report = _disturb(
                folder, homes[0], homes[1], desk, kills=kills, claims=claims, seed=seed, loop=loop
            )
        with open_desk(homes[0]) as calm:
            calm.keep_up()
            while calm.brought < report.brought:
                calm.bring_one()
        report.problems += _differences(_facts(homes[0]), report.facts)
        return report
    finally:
        for home in homes:
            postgres.destroy(home)
        shutil.rmtree(folder, ignore_errors=True)


def _claim_file(folder: Path, number: int, *, claims: int, seed: int) -> Path:
    """Claims that come today: loop and worker then agree on the day, whoever takes them first."""
    path = folder / f"claims-{number}.837"
    today = datetime.now(ZONE).date()
    scene = Scene(
        claims_per_provider=CLAIMS_PER_PROVIDER,
        first_service=today - timedelta(days=300),
        created_on=today,
    )
    write_claim_file(path, claims, seed=seed + number, scene=scene)
    return path


def _disturb(
    folder: Path,
    calm: Path,
    disturbed: Path,
    desk: Desk,
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
        path = _claim_file(folder, report.files, claims=claims, seed=seed)
        started = time.monotonic()
        expected = _undisturbed(_loop(path, calm))
        seconds = time.monotonic() - started
        command = [*(loop or _loop(path, disturbed)[:-5]), *_loop(path, disturbed)[-5:]]
        left = kills - sum(report.kills.values())
        with _bringing(desk):
            found = _until_done(command, disturbed, desk, random, seconds, left, report)
    report.brought = desk.brought
    report.facts = _facts(disturbed)
    report.problems = _other_proof(expected, found)
    return report


@contextmanager
def _bringing(desk: Desk) -> Iterator[None]:
    """Somebody brings files to the web meanwhile."""
    until = threading.Event()
    with ThreadPoolExecutor(1) as person:
        work = person.submit(desk.bring, until)
        try:
            yield
        finally:
            until.set()
        work.result()


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
    desk: Desk,
    random: Random,
    seconds: float,
    kills: int,
    report: CrashReport,
) -> dict[str, Any]:
    """Start the loop again and again; kill it `kills` times at most; the proof of the life that ended well."""
    calm_lives = 0
    while True:
        report.lives += 1
        desk.keep_up()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        killed = _kill_some(child, home, desk, random, seconds, kills, report)
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


def _kill_some(
    child: subprocess.Popen[str],
    home: Path,
    desk: Desk,
    random: Random,
    seconds: float,
    kills: int,
    report: CrashReport,
) -> int:
    """Kill until the loop itself is hit, or has ended; how many kills. Web and worker come back beside it."""
    done = 0
    while done < kills and _kill_once(child, home, desk, random, seconds, report):
        done += 1
        desk.keep_up()
        if child.poll() is not None:
            break
    return done


def _kill_once(
    child: subprocess.Popen[str],
    home: Path,
    desk: Desk,
    random: Random,
    seconds: float,
    report: CrashReport,
) -> bool:
    """kill -9 one process at a random moment of the child's life; False if it had ended by then."""
    target = random.choice(TARGETS)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(random.uniform(0.05, 0.6) * seconds)
        return False
    victim = _victim(target, child.pid, home, desk, random)
    if victim is None:  # no child of the loop, or no server yet: the loop itself then
        target, victim = "loop", psutil.Process(child.pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        victim.kill()
        report.kills[target] += 1
        return True
    return False


def _victim(target: str, pid: int, home: Path, desk: Desk, random: Random) -> psutil.Process | None:
    try:
        if target in ("web", "worker"):
            return desk.victim(target, random)
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


def _other_proof(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Where the last life's proof says something else than the undisturbed loop's."""
    problems = [
        f"{part} {name}: {found[part][name]}, undisturbed {value}"
        for part in ("claims", "money", "proof")
        for name, value in expected[part].items()
        if found[part][name] != value
    ]
    if found["proof"]["difference"] != "0.00":
        problems.append(f"the proof is off by {found['proof']['difference']}")
    return problems


def _differences(expected: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    """Whatever the kills have changed in what is kept, in words."""
    problems = [
        f"{name}: {facts.get(name)}, undisturbed {value}"
        for name, value in expected.items()
        if facts.get(name) != value
    ]
    for name in ("sent_not_received", "received_twice", "claims_twice", "files_open"):
        if facts.get(name):
            problems.append(f"{name}: {facts[name]}, expected none")
    return problems + [f"ledger: {words}" for words in facts["ledger_differences"]]
