"""Programs that share a server: the last one to leave stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanclaim.project import postgres
from cleanclaim.project.postgres import locks
from tests.project.postgres.conftest import query

HOLDER = (
    "import sys; from pathlib import Path; from cleanclaim.project import postgres\n"
    "with postgres.running(Path(sys.argv[1])):\n"
    "    print('held', flush=True); sys.stdin.readline()\n"
)


@contextlib.contextmanager
def other_holder(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another program that holds the server until it is told to leave."""
    command = [sys.executable, "-c", HOLDER, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process


def test_the_only_holder_stops_the_server_on_leaving(home: Path) -> None:
    with postgres.running(home) as server:
        assert query(server, "SELECT 1") == [(1,)]

    assert not postgres.is_running(home)


def test_a_holder_that_leaves_first_lets_the_server_run(home: Path) -> None:
    with other_holder(home) as other:
        with postgres.running(home):
            pass
        while_other_holds = postgres.is_running(home)
        other.communicate(b"leave\n")

    assert while_other_holds
    assert not postgres.is_running(home)


def test_without_the_lease_the_first_to_leave_would_stop_the_others_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: a lease that is always free."""

    @contextlib.contextmanager
    def always_alone(path: Path) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(locks, "try_exclusive", always_alone)
    with other_holder(home) as other:
        with postgres.running(home):
            pass
        while_other_holds = postgres.is_running(home)
        other.communicate(b"leave\n")

    assert not while_other_holds


def test_a_killed_holder_holds_no_longer(home: Path) -> None:
    with other_holder(home) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()

    left_running = postgres.is_running(home)
    postgres.stop(home, if_unused=True)

    assert left_running
    assert not postgres.is_running(home)


def test_stop_if_unused_leaves_a_held_server_and_stop_does_not(home: Path) -> None:
    with postgres.running(home):
        postgres.stop(home, if_unused=True)
        after_asking = postgres.is_running(home)
        postgres.stop(home)
        after_telling = postgres.is_running(home)

    assert after_asking
    assert not after_telling


def test_a_holder_that_fails_still_stops_the_server(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), postgres.running(home):
        _ = 1 / 0

    assert not postgres.is_running(home)
