"""Homes of their own for tests that kill, spoil and restart servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cleanclaim.project import postgres
from cleanclaim.project.postgres import cluster, place


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every user can pass through (pytest's own are closed to others)."""
    made = Path(tempfile.mkdtemp(prefix="cc-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Iterator[Path]:
    """A home folder without a server; whatever server it gets is destroyed afterwards."""
    path = folder / "home"
    path.mkdir(mode=0o700)
    yield path
    postgres.destroy(path)


@pytest.fixture
def stranger(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's own user that has nothing to do with the server."""
    who = place.prepare(home).account
    identity = {"user": who.uid, "group": who.gid, "extra_groups": []} if who.demote else {}
    # A shell that runs the suite in the background has SIGINT ignored, and children inherit that.
    process = subprocess.Popen(["env", "--default-signal=INT", "sleep", "600"], cwd="/", **identity)
    yield process
    process.kill()
    process.wait()


def query(server: postgres.Server, statement: str) -> list[tuple[object, ...]]:
    """Run one statement as the superuser and give its rows."""
    url = server.url(database="postgres", user=server.superuser)
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def kill_postmaster(home: Path) -> int:
    """kill -9 the server of a home and wait until it is gone; gives its pid."""
    pid = cluster.postmaster(place.prepare(home).data_dir)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while cluster.postmaster(place.prepare(home).data_dir) and time.monotonic() < deadline:
        time.sleep(0.01)
    return pid


def write_pid_file(home: Path, pid: int) -> None:
    """Make the pid file of a dead server name another process, as after a reboot."""
    for path in _lock_files(home):
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join([str(pid), *lines[1:]]), encoding="utf-8")


def _lock_files(home: Path) -> list[Path]:
    where = place.prepare(home)
    return [where.data_dir / "postmaster.pid", where.socket_dir / ".s.PGSQL.5432.lock"]
