"""The workbench beside a loop that is being disturbed: web and worker, and a person who brings files to the web.

What dies is started again, as a service manager does. A file that was brought is brought again with the same
Idempotency-Key until the web says that it has it; it must then be there once.
"""

import contextlib
import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from subprocess import Popen

import psutil

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project.bench.measure import command_line
from cleanclaim.project.cli.serve import start_web, start_worker
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from cleanclaim.project.setup import open_database

PLAN = "coastal-alliance-health-plan-330000002-health_plan"  # the loop's plan, by its slug
PATIENCE_SECONDS = 300  # a busy machine, and a call that waits behind the loop's own transaction
STILL_RUNNING = 409  # the first call with this key; its client is gone, its transaction is not
PAUSE_SECONDS = 1.0  # between two files


class Desk:
    """The web and the worker of one home, and whoever brings files to the web."""

    def __init__(self, home: Home, urls: Urls) -> None:
        self._home, self._urls = home, urls
        self._token = _make_token(home.path)
        self._port = _free_port()
        self._running: dict[str, Popen[bytes]] = {}
        self._web_family: list[psutil.Process] = []
        self._lock = threading.Lock()
        self.brought = 0

    def keep_up(self) -> None:
        """Start what does not run."""
        with self._lock:
            for name, process in list(self._running.items()):
                if process.poll() is not None:
                    del self._running[name]
            if "web" not in self._running:
                _kill(self._web_family)  # what a dead web process left behind holds its port
                self._running["web"] = start_web(
                    self._home, self._urls, bind="127.0.0.1", port=self._port
                )
            if "worker" not in self._running:
                self._running["worker"] = start_worker(self._home, self._urls)

    def victim(self, name: str, random: Random) -> psutil.Process:
        """The worker, or one of the processes of the web; never while `keep_up` replaces a dead one."""
        with self._lock:
            process = psutil.Process(self._running[name].pid)
            family = process.children(recursive=True)
            if name == "web":
                self._web_family = family
        return random.choice([process, *family])

    def bring(self, until: threading.Event) -> None:
        """Bring one file after the other until told to stop; the one in hand is brought to its end."""
        while not until.is_set():
            self.bring_one()
            until.wait(PAUSE_SECONDS)

    def bring_one(self) -> None:
        """One more file, until the web says that it has it.

        Raises:
            InvariantError: it does not say so for a minute, or says something else.
        """
        number = self.brought + 1
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (status := self._post(number)) != 201:
            if status not in (None, STILL_RUNNING, *range(500, 600)) or time.monotonic() > deadline:
                raise InvariantError(f"the web answered {status} to file {number}, expected 201")
            time.sleep(PAUSE_SECONDS)
            self.keep_up()
        self.brought = number

    def _post(self, number: int) -> int | None:
        """The status of the answer; None where there was none."""
        server = http.client.HTTPConnection("localhost", self._port, timeout=20)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/octet-stream",
            "Idempotency-Key": f"crash-file-{number:06d}",
        }
        body = f"file {number}: nothing that a plan can read".encode()
        try:
            server.request("POST", f"/api/v1/files?name=crash-{number}.txt", body, headers)
            return server.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            server.close()

    def stop(self) -> None:
        """End web and worker."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        _kill(self._web_family)


@contextmanager
def open_desk(path: Path) -> Iterator[Desk]:
    """A desk in a home whose world exists; its server stays up between the loop's lives."""
    with open_database(path) as (home, urls):
        desk = Desk(home, urls)
        try:
            yield desk
        finally:
            desk.stop()


def _kill(processes: list[psutil.Process]) -> None:
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()


def _make_token(home: Path) -> str:
    words = ("token", "create", "--organization", PLAN, "--scopes", "files.receive", "--json")
    command = command_line("--home", home, *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InvariantError(f"no token for {PLAN}: {done.stderr[-400:]}")
    return str(json.loads(done.stdout)["token"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
