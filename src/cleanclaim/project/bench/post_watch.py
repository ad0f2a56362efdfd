"""A child that posts a file, watched: what it says is heard while it works, and a victim among its processes is killed."""

import json
import math
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

import psutil

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project.postgres import cluster, place

PATIENCE_SECONDS = 300
DATABASE = (
    "server",
    "postmaster",
    "backend",
)  # all of its processes, the first one, the one that serves us


class Life:
    """A child that posts a file, and what it has said so far."""

    def __init__(
        self, command: Sequence[str], home: Path, file: Path, program: str, *, stop_at: int = 0
    ) -> None:
        words = ["--home", str(home), "--as", program, "--stop-at", str(stop_at), str(file)]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(
            [*command, *words], stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        self._lines: Queue[str] = Queue()
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.up_at = self.begins_at = self.ends_at = math.inf
        self.backend = self.points = 0
        self.facts: list[dict[str, str]] = []

    def _read_lines(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _read_errors(self) -> None:
        assert self.child.stderr is not None
        self._errors.extend(self.child.stderr)

    def listen(self, until: str, *, seconds: float = PATIENCE_SECONDS) -> bool:
        """Take in what it says up to a line of this kind; False if it fell silent or ended before."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                return False
            if not line:
                self._lines.put("")
                return False
            kind, *rest = line.split(None, 1) if not line.startswith("{") else ("facts", line)
            self._take(kind, rest[0] if rest else "")
            if kind == until:
                return True

    def _take(self, kind: str, rest: str) -> None:
        if kind == "up":
            self.up_at = time.monotonic()
        elif kind == "facts":
            self.facts.append(json.loads(rest))
        elif kind == "begins":
            self.backend, self.begins_at = int(rest), time.monotonic()
        elif kind == "ends":
            self.ends_at, self.points = float(rest.split()[0]), int(rest.split()[1])

    def go_on(self) -> None:
        """Let it go on from where it stopped, if it lives."""
        assert self.child.stdin is not None
        with suppress(BrokenPipeError):
            self.child.stdin.write("\n")
            self.child.stdin.flush()

    def end(self) -> int:
        """How it ended, having heard all it had to say.

        Raises:
            InvariantError: it hangs.
        """
        try:
            status = self.child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise InvariantError(f"a posting hangs: {self.words}") from None
        self.listen("nothing more")
        for reader in self._readers:
            reader.join()
        for pipe in (self.child.stdin, self.child.stdout, self.child.stderr):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()
        return status

    @property
    def words(self) -> str:
        """The end of what it complained about."""
        return "".join(self._errors)[-600:]

    def kill(self, victim: str, home: Path) -> float | None:
        """kill -9 the victim; when, by the monotonic clock, or None where it was gone already.

        Raises:
            InvariantError: it lives on.
        """
        at = time.monotonic()
        processes = self._processes(victim, home)
        killed = [process for process in processes if _killed(process)]
        if victim not in DATABASE:
            self.child.wait(PATIENCE_SECONDS)
        deadline = at + PATIENCE_SECONDS
        while not all(map(_is_dead, killed)):
            if time.monotonic() > deadline:
                raise InvariantError(f"a killed {victim} lives on")
            time.sleep(0.005)
        return at if killed else None

    def _processes(self, victim: str, home: Path) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            if victim not in DATABASE:
                return [psutil.Process(self.child.pid)] if self.child.poll() is None else []
            if victim == "backend":
                return [psutil.Process(self.backend)]
            postmaster = cluster.postmaster(place.prepare(home).data_dir)
            if postmaster is not None:
                root = psutil.Process(postmaster)
                return [root, *(root.children(recursive=True) if victim == "server" else ())]
        return []


def _killed(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        process.kill()
        return True
    return False


def _is_dead(process: psutil.Process) -> bool:
    """Gone, or a zombie that nobody has fetched yet."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    return True
