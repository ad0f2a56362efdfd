"""kill -9 of a posting and of the database under it, again and again: each payment is posted once, the books are 0.00.

python -m cleanclaim.project.bench.post_kills --home DIR FILE   posts the file: the life that is killed
python -m cleanclaim.project.bench.post_kills --home DIR        prints what stands posted
"""

import argparse
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
from statistics import median
from typing import Any

import psutil

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.home import open_home
from cleanclaim.project.postgres import cluster, place
from cleanclaim.project.setup import open_django

READY = "begins"
TARGETS = ("posting", "database")
PATIENCE_SECONDS = 600
BEYOND = 1.2  # moments are drawn up to so many times what a calm posting takes


def main() -> int:
    """Post a file, or finish it where a life before this one broke off; or print the facts of the home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("file", type=Path, nargs="?")
    args = parser.parse_args()
    with open_django(args.home, role="worker"):
        if args.file is None:
            print(json.dumps(facts()))
        else:
            print(READY, flush=True)
            post(args.file)
    return 0


def post(file: Path) -> None:
    """Each payment of the file in a transaction of its own; one that is posted already is left alone."""
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.project.bench.post_work import POSTED_ON

    organization_id = Organization.objects.get().pk
    [report] = post_files(
        organization_id, [Incoming(file.name, file.read_bytes())], posted_on=POSTED_ON
    )
    states = {payment.state for payment in report.payments}
    if not states or not states <= {"posted", "already"}:
        raise InvariantError(f"{file.name}: {report.message or report.faults or states}")


def facts() -> dict[str, str]:
    """What posting leaves behind, counted and summed, and the proof."""
    from django.db import connection

    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    found: dict[str, str] = {}
    with tenant(Organization.objects.get().pk), connection.cursor() as cursor:
        for name, sql in _FACTS.items():
            cursor.execute(sql)
            found |= {f"{name} {key}": str(count) for key, count in cursor.fetchall()}
        found["proof"] = str(prove().difference)
    return found


_FACTS = {
    "remittances": "SELECT state, count(*) FROM remittances_remittance GROUP BY state",
    "payments": "SELECT outcome, count(*) FROM remittances_remittanceclaim GROUP BY outcome",
    "entries": "SELECT kind, count(*) FROM ledger_entry GROUP BY kind",
    "legs": "SELECT account, sum(amount) FROM ledger_leg GROUP BY account",
    "buckets": "SELECT bucket, count(*) FROM ledger_itembucket GROUP BY bucket",
    "claims": "SELECT state, sum(paid) FROM claims_claim GROUP BY state",
    "events": "SELECT kind, count(*) FROM claims_claimevent GROUP BY kind",
    "work": "SELECT state, count(*) FROM work_workitem GROUP BY state",
    "audit": "SELECT what, count(*) FROM audit_auditevent GROUP BY what",
    "files": "SELECT kind, count(*) FROM exchange_messagefile WHERE same_as_id IS NULL GROUP BY kind",
}


@dataclass
class KillReport:
    """What was killed how often, and every way in which the disturbed books differ; none is the aim."""

    payments: int = 0
    lives: int = 0
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TARGETS, 0))
    longest_start: float = 0.0
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "payments": self.payments,
            "lives": self.lives,
            "kills": sum(self.kills.values()),
            **{f"kills_{name}": count for name, count in self.kills.items()},
            "longest_start_seconds": round(self.longest_start, 2),
            "problems": self.problems,
        }


def bench_post_kills(
    *, kills: int, payments: int, claims: int, seed: int = 7, work: Sequence[str] | None = None
) -> KillReport:
    """Post `payments` of `claims` claims each in a calm and in a disturbed home, and compare what stands there.

    Every payment of the disturbed home is killed at random moments, again and again, until it is posted or all
    kills are used up.

    Args:
        work: another command than this module, for tests that break it on purpose.

    Raises:
        InvariantError: a life that nobody disturbed did not post its payment.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-post-kills-"))
    homes = [folder / "calm", folder / "disturbed"]
    command = work or [sys.executable, "-m", _MODULE]
    try:
        report, random = KillReport(), Random(seed)
        for home in homes:
            open_home(home, kind="test")
            _world(home, folder, claims=claims * payments, payments=payments, seed=seed)
        files = sorted(folder.glob("payment*.835"))
        seconds = median(_posted_calmly(homes[0], file) for file in files)
        for file in files:
            report.payments += 1
            _post_disturbed(command, homes[1], file, random, seconds, kills, report)
        report.problems = _differences(_facts_of(homes[0]), _facts_of(homes[1]))
        return report
    finally:
        for home in homes:
            postgres.destroy(home)
        shutil.rmtree(folder, ignore_errors=True)


_MODULE = "cleanclaim.project.bench.post_kills"


def _world(home: Path, folder: Path, *, claims: int, payments: int, seed: int) -> None:
    words = ("--home", home, "--file", folder / "payment.835", "--claims", claims, "--lines", 3)
    counts = ("--payments", payments, "--seed", seed)
    command = [sys.executable, "-m", "cleanclaim.project.bench.post_world"]
    subprocess.run([*command, *map(str, (*words, *counts))], check=True)


def _posted_calmly(home: Path, file: Path) -> float:
    """Seconds that an undisturbed life takes from its first word."""
    child = _start([sys.executable, "-m", _MODULE], home, file)
    start = time.monotonic()
    _, errors = child.communicate(timeout=PATIENCE_SECONDS)
    if child.returncode:
        raise InvariantError(f"{file.name} was not posted: {errors[-400:]}")
    return time.monotonic() - start


def _start(command: Sequence[str], home: Path, file: Path) -> subprocess.Popen[str]:
    """A life that has come to its first word, or to its end."""
    child = subprocess.Popen(
        [*command, "--home", str(home), str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child


def _post_disturbed(
    command: Sequence[str],
    home: Path,
    file: Path,
    random: Random,
    seconds: float,
    kills: int,
    report: KillReport,
) -> None:
    """Life after life until one ends well."""
    while True:
        report.lives += 1
        begun = time.monotonic()
        child = _start(command, home, file)
        report.longest_start = max(report.longest_start, time.monotonic() - begun)
        killed = sum(report.kills.values()) < kills and _kill(child, home, random, seconds, report)
        _, errors = child.communicate(timeout=PATIENCE_SECONDS)
        if child.returncode == 0:
            return
        if not killed and child.returncode > 0:
            raise InvariantError(f"{file.name} was not posted: {errors[-400:]}")


def _kill(
    child: subprocess.Popen[str], home: Path, random: Random, seconds: float, report: KillReport
) -> bool:
    """kill -9 the posting or all of the database at a random moment; False if the posting had ended by then."""
    target = random.choice(TARGETS)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(random.uniform(0, BEYOND) * seconds)
        return False
    victims = [psutil.Process(child.pid)]
    if target == "database":
        postmaster = cluster.postmaster(place.prepare(home).data_dir)
        if postmaster is None:
            return False
        root = psutil.Process(postmaster)
        victims = [root, *root.children(recursive=True)]
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    report.kills[target] += 1
    return True


def _facts_of(home: Path) -> dict[str, str]:
    command = [sys.executable, "-m", _MODULE, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    problems = [
        f"{name}: {found.get(name)}, undisturbed {expected.get(name)}"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]
    if found["proof"] != "0.00":
        problems.append(f"the proof is off by {found['proof']}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
