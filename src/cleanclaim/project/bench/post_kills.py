"""kill -9 of a posting and of the database under it, again and again: each payment is posted once, the books are 0.00.

Two homes get the same payments. In one nobody disturbs them. In the other a victim dies amid the work, the work is
given again, and so on until the payment is posted. Whenever a life begins after a kill, the money that it finds is that
of the undisturbed home before this payment or after it, and nothing between; once a payment is posted, everything is.
"""

import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project import postgres
from cleanclaim.project.bench.post_life import MONEY, PROGRAMS
from cleanclaim.project.bench.post_watch import DATABASE, Life
from cleanclaim.project.home import open_home

VICTIMS = (*PROGRAMS, *DATABASE)
DATABASE_SHARE = 1 / 3
GOES_ON = 0.75  # how likely the same payment is disturbed once more
SMALL = 20  # claims of a payment that is posted at once; above `parts.PLACES_AT_ONCE` it is posted in parts
PAYMENTS_A_WORLD = 20
FEW_PAYMENTS = 4  # of a world of larger ones
MOST_TOLD = 5  # differences of one look
_LIFE = [sys.executable, "-m", "cleanclaim.project.bench.post_life"]


@dataclass(frozen=True, slots=True)
class Kill:
    """Who dies, and how far into the work: a share of what an undisturbed life takes.

    By the clock the work runs on meanwhile; else it stands still before a statement or beside a commit.
    """

    victim: str
    at: float
    by_clock: bool = False


def drawn(random: Random) -> Iterator[Kill | None]:
    """Kills without end, a third of them of the database; None: this payment may now be posted."""
    while True:
        victim = random.choice(DATABASE if random.random() < DATABASE_SHARE else ("program",))
        yield Kill(victim, random.random(), by_clock=random.random() < 0.5)
        if random.random() > GOES_ON:
            yield None


@dataclass
class KillReport:
    """What was killed how often, and every way in which the disturbed books differed; none is the aim."""

    seed: int
    worlds: int = 0
    payments: int = 0
    lives: int = 0
    looks: int = 0
    by_clock: int = 0
    too_late: int = 0
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VICTIMS, 0))
    resumes: list[float] = field(default_factory=list)
    resumes_of_database: list[float] = field(default_factory=list)
    proof: str = "0.00"
    problems: list[str] = field(default_factory=list)

    @property
    def made(self) -> int:
        """Kills that hit a process amid its work."""
        return sum(self.kills.values())

    def as_json(self) -> dict[str, Any]:
        """For `--json`. Seconds of resuming run from the kill until the program works again on a database that answers."""
        database = sum(self.kills[victim] for victim in DATABASE)
        both = self.resumes + self.resumes_of_database
        return {
            "seed": self.seed,
            "kills": self.made,
            "kills_of_program": self.made - database,
            "kills_of_database": database,
            **{f"kills_{name}": count for name, count in self.kills.items()},
            "kills_by_clock": self.by_clock,
            "kills_at_a_statement": self.made - self.by_clock,
            "drawn_too_late": self.too_late,
            "worlds": self.worlds,
            "payments": self.payments,
            "lives": self.lives,
            "comparisons": self.looks,
            "resume_seconds_median": round(median(both), 2) if both else None,
            "resume_seconds_max": round(max(self.resumes, default=0.0), 2),
            "resume_seconds_max_of_database": round(max(self.resumes_of_database, default=0.0), 2),
            "largest_proof_difference": self.proof,
            "differences": len(self.problems),
            "problems": self.problems,
        }


Say = Callable[[KillReport], None]


def bench_post_kills(
    *,
    kills: int,
    claims: int,
    seed: int = 7,
    payments: int = PAYMENTS_A_WORLD,
    draws: Iterable[Kill | None] | None = None,
    life: Sequence[str] = _LIFE,
    say: Say = lambda report: None,
) -> KillReport:
    """Post payments of `claims` claims each, in ever new worlds, until so many kills were made amid the work.

    Args:
        payments: of one world.
        draws: whom to kill when, for tests; they may end before all kills are made.
        life: another program than `post_life`, for tests that break it on purpose.
        say: told after each payment: many kills take half an hour.

    Raises:
        InvariantError: a life that nobody disturbed did not post its payment, or a victim lives on.
    """
    report = KillReport(seed)
    random = Random(seed)
    ahead = iter(drawn(random) if draws is None else draws)
    while not report.worlds or report.made < kills:
        report.worlds += 1
        before = report.made
        with _Worlds(claims=claims, payments=payments, seed=seed + report.worlds - 1) as worlds:
            for file in worlds.files:
                program = PROGRAMS[report.payments % len(PROGRAMS)]
                _Payment(worlds, file, program, ahead, kills, life, report).post()
                say(report)
                if report.made >= kills > 0:
                    break
        if draws is not None or not kills:
            break
        if report.made == before:
            raise InvariantError("in a whole world no kill came in time")
    return report


class _Worlds:
    """A calm and a disturbed home with the same open claims, and the payments to come."""

    def __init__(self, *, claims: int, payments: int, seed: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cleanclaim-post-kills-"))
        self.calm, self.disturbed = self._folder / "calm", self._folder / "disturbed"
        self._counts = {"--claims": claims * payments, "--payments": payments, "--seed": seed}
        self._name = self._folder / ("payment.835" if payments > 1 else "payment-0000.835")
        self._lines = 3

    def __enter__(self) -> "_Worlds":
        for home in (self.calm, self.disturbed):
            open_home(home, kind="test")
            counts = {**self._counts, "--lines": self._lines, "--home": home, "--file": self._name}
            words = [str(word) for pair in counts.items() for word in pair]
            command = [sys.executable, "-m", "cleanclaim.project.bench.post_world", *words]
            subprocess.run(command, check=True)
        self.files = sorted(self._folder.glob("payment-*.835"))
        return self

    def __exit__(self, *_: object) -> None:
        for home in (self.calm, self.disturbed):
            postgres.destroy(home)
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass(slots=True)
class _Payment:
    """One payment, posted in the calm home, then in the disturbed one."""

    worlds: _Worlds
    file: Path
    program: str
    draws: Iterator[Kill | None]
    most: int
    command: Sequence[str]
    report: KillReport

    def post(self) -> None:
        """Life after life until one ends well, and the money is what it should be."""
        self.report.payments += 1
        calm = self._calm()
        before, after = calm.facts
        last: tuple[Kill, float] | None = None
        while True:
            kill = next(self.draws, None) if self.report.made < self.most else None
            life = self._begin(kill, calm)
            if last:
                self._resumed(last[0], life.up_at - last[1])
            self._look(life.facts[0], (before, after), MONEY)
            killed_at = self._disturb(life, kill, calm) if kill else None
            status = life.end()
            hit = kill is not None and self._counts(life, kill, killed_at)
            last = (kill, killed_at) if kill and killed_at and hit else None
            if status == 0:
                if last:
                    self._resumed(last[0], life.ends_at - last[1])
                self._look(life.facts[-1], (after,), ())
                return
            if status > 0 and killed_at is None:
                raise InvariantError(f"{self.file.name} was not posted: {life.words}")

    def _calm(self) -> Life:
        life = Life(_LIFE, self.worlds.calm, self.file, self.program)
        life.listen("begins")
        if life.end() or len(life.facts) != 2:
            raise InvariantError(f"{self.file.name} was not posted: {life.words}")
        return life

    def _begin(self, kill: Kill | None, calm: Life) -> Life:
        stop_at = math.ceil(kill.at * calm.points) if kill and not kill.by_clock else 0
        life = Life(self.command, self.worlds.disturbed, self.file, self.program, stop_at=stop_at)
        self.report.lives += 1
        if not life.listen("begins"):
            life.end()
            raise InvariantError(f"{self.file.name} was not begun: {life.words}")
        return life

    def _disturb(self, life: Life, kill: Kill, calm: Life) -> float | None:
        """Kill the victim when its time has come; None if the work was over by then."""
        if kill.by_clock:
            is_over = life.listen("ends", seconds=kill.at * (calm.ends_at - calm.begins_at))
        else:
            is_over = not life.listen("here")
        if is_over:
            return None
        killed_at = life.kill(kill.victim, self.worlds.disturbed)
        life.go_on()
        return killed_at

    def _counts(self, life: Life, kill: Kill, killed_at: float | None) -> bool:
        """Note the kill if it hit amid the work: the work had not ended when the victim died."""
        report = self.report
        if killed_at is None or life.ends_at <= killed_at:
            report.too_late += 1
            return False
        report.kills[self.program if kill.victim == "program" else kill.victim] += 1
        report.by_clock += kill.by_clock
        return True

    def _resumed(self, kill: Kill, seconds: float) -> None:
        of_database = kill.victim in DATABASE
        report = self.report
        (report.resumes_of_database if of_database else report.resumes).append(seconds)

    def _look(
        self, found: Mapping[str, str], right: Sequence[Mapping[str, str]], names: Sequence[str]
    ) -> None:
        """Compare what stands with what may stand; of `names` only, all if there are none."""
        report = self.report
        report.looks += 1
        differences = min((_differences(found, one, names) for one in right), key=len)
        told = [f"{self.file.name}: {words}" for words in differences[:MOST_TOLD]]
        if len(differences) > MOST_TOLD:
            told.append(f"{self.file.name}: {len(differences) - MOST_TOLD} more")
        report.problems += told
        report.proof = max(report.proof, found["proof"], key=lambda words: abs(Decimal(words)))
        if found["proof"] != "0.00":
            report.problems.append(f"{self.file.name}: the proof is off by {found['proof']}")


def _differences(
    found: Mapping[str, str], expected: Mapping[str, str], names: Sequence[str]
) -> list[str]:
    return [
        f"{name}: {found.get(name)}, undisturbed {expected.get(name)}"
        for name in sorted(expected.keys() | found.keys())
        if found.get(name) != expected.get(name) and (not names or name.split()[0] in names)
    ]
