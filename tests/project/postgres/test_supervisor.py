"""Start, adopt and stop; and what a kill at a bad moment leaves behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from cleanclaim.kernel.errors import ExternalError, StateError
from cleanclaim.project import postgres
from cleanclaim.project.postgres import cluster, locks, place, processes
from tests.project.postgres.conftest import kill_postmaster, query, write_pid_file


def test_a_fresh_home_gets_a_server_on_a_private_socket_only(home: Path) -> None:
    server = postgres.start(home)

    assert query(server, "SHOW listen_addresses") == [("",)]
    assert query(server, "SHOW data_checksums") == [("on",)]
    assert query(server, "SHOW synchronous_commit") == [("on",)]
    assert query(
        server, "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname='postgres'"
    ) == [("b", "C.UTF-8")]
    assert query(server, "SELECT version()")[0][0].startswith("PostgreSQL 18")
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700


def test_a_second_start_adopts_the_running_server(home: Path) -> None:
    first = postgres.start(home)
    pid = cluster.postmaster(first.data_dir)

    second = postgres.start(home)

    assert second == first
    assert cluster.postmaster(second.data_dir) == pid


def test_stop_stops_and_start_brings_the_rows_back(home: Path) -> None:
    query(postgres.start(home), "CREATE TABLE kept AS SELECT 7 AS number")

    postgres.stop(home)
    stopped = postgres.is_running(home)
    rows = query(postgres.start(home), "SELECT number FROM kept")

    assert not stopped
    assert rows == [(7,)]


def test_stop_without_a_server_is_quiet(home: Path) -> None:
    postgres.stop(home)

    assert not postgres.is_running(home)


def test_a_killed_server_comes_back_with_every_commit(home: Path) -> None:
    server = postgres.start(home)
    query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    # A backend in the middle of something long outlives its postmaster for a while.
    url = server.url(database="postgres", user=server.superuser)
    busy = psycopg.connect(url, autocommit=True)
    sleeper = threading.Thread(target=_sleep_in_server, args=(busy,))
    sleeper.start()

    killed = kill_postmaster(home)
    rows = query(postgres.start(home), "SELECT number FROM kept")

    sleeper.join(timeout=30)
    assert rows == [(7,)]
    assert cluster.postmaster(server.data_dir) != killed


def _sleep_in_server(connection: psycopg.Connection) -> None:
    try:
        connection.execute("SELECT pg_sleep(120)")
    except psycopg.OperationalError:
        connection.close()


@pytest.mark.parametrize("after_seconds", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8])
def test_a_starter_killed_at_any_moment_leaves_a_home_that_starts(
    home: Path, after_seconds: float
) -> None:
    program = (
        "import sys; from pathlib import Path; from cleanclaim.project import postgres;"
        "print('ready', flush=True); postgres.start(Path(sys.argv[1]))"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"ready\n"
    time.sleep(after_seconds)
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()

    server = postgres.start(home)

    assert query(server, "SELECT 1") == [(1,)]
    assert list(server.data_dir.parent.glob("draft-*")) == []


def test_without_the_draft_a_killed_initdb_would_break_the_home(home: Path) -> None:
    """Twin: the state that initdb leaves when killed, in the place of the finished data."""
    where = place.prepare(home)
    place.make_folders(where)
    where.data_dir.mkdir(mode=0o700)
    os.chown(where.data_dir, where.account.uid, where.account.gid)
    (where.data_dir / "PG_VERSION").write_text("18\n", encoding="utf-8")

    with pytest.raises(ExternalError, match="does not start"):
        postgres.start(home)


def test_a_stale_pid_that_now_belongs_to_another_program_is_not_believed(
    home: Path, stranger: subprocess.Popen[bytes]
) -> None:
    server = postgres.start(home)
    kill_postmaster(home)
    processes.clear_out(server.data_dir)
    write_pid_file(home, stranger.pid)

    postgres.stop(home)
    running_before = postgres.is_running(home)
    rows = query(postgres.start(home), "SELECT 1")

    assert not running_before
    assert rows == [(1,)]
    assert stranger.poll() is None


def test_with_belief_in_pid_files_stop_would_end_the_other_program(
    home: Path, stranger: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: the look at the process's working folder taken out."""
    server = postgres.start(home)
    kill_postmaster(home)
    processes.clear_out(server.data_dir)
    write_pid_file(home, stranger.pid)
    with monkeypatch.context() as patch:
        patch.setattr(processes, "works_in", lambda pid, folder: True)
        patch.setattr(cluster, "_halt", _signal_only)

        postgres.stop(home)

    assert stranger.wait(timeout=180) == -signal.SIGINT


def _signal_only(where: place.Place, tools: object) -> None:
    # What `pg_ctl stop -m fast` does first; its own wait would take minutes here.
    pid = cluster.postmaster(where.data_dir)
    assert pid is not None
    os.kill(pid, signal.SIGINT)


def test_without_removal_of_stale_locks_the_server_would_never_start(
    home: Path, stranger: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: PostgreSQL's own check refuses as long as the stranger lives."""
    server = postgres.start(home)
    kill_postmaster(home)
    processes.clear_out(server.data_dir)
    write_pid_file(home, stranger.pid)
    monkeypatch.setattr(cluster, "_remove_stale_locks", lambda where, port: None)

    with pytest.raises(ExternalError, match="does not start"):
        postgres.start(home)


@pytest.mark.parametrize("content", ["", "junk\n", "-12\n", "99999999999999999999\n", "1\n"])
def test_a_torn_pid_file_counts_as_no_server(home: Path, content: str) -> None:
    server = postgres.start(home)
    postgres.stop(home)
    (server.data_dir / "postmaster.pid").write_text(content, encoding="utf-8")

    assert not postgres.is_running(home)
    assert query(postgres.start(home), "SELECT 1") == [(1,)]


def _start_and_report(home: Path, answers: multiprocessing.Queue[object]) -> None:
    try:
        server = postgres.start(home)
        answers.put((str(server.data_dir), cluster.postmaster(server.data_dir)))
    except (ExternalError, StateError, OSError) as error:
        answers.put(repr(error))


def test_starters_at_once_share_one_server(home: Path) -> None:
    answers: multiprocessing.Queue[object] = multiprocessing.Queue()
    starters = [
        multiprocessing.Process(target=_start_and_report, args=(home, answers)) for _ in range(4)
    ]

    for starter in starters:
        starter.start()
    found = {answers.get(timeout=180) for _ in starters}
    for starter in starters:
        starter.join()

    where = place.prepare(home)
    assert found == {(str(where.data_dir), cluster.postmaster(where.data_dir))}


@pytest.mark.parametrize(("locked", "most_at_once"), [(True, 1), (False, 2)])
def test_the_lock_keeps_makers_of_the_data_apart(
    home: Path, monkeypatch: pytest.MonkeyPatch, locked: bool, most_at_once: int
) -> None:
    """The second case is the twin: without the lock both makers are inside."""
    inside: list[int] = []
    seen: list[int] = []
    both_inside = threading.Event()

    def slow_make(where: place.Place, tools: object, *, superuser: str) -> None:
        inside.append(1)
        if len(inside) == 2:
            both_inside.set()
        # Without the lock the first waits until the other has come, however slow the machine is.
        both_inside.wait(timeout=0.4 if locked else 180)
        seen.append(len(inside))
        inside.pop()
        raise StateError("enough seen")

    monkeypatch.setattr(cluster, "_make_data", slow_make)
    if not locked:
        monkeypatch.setattr(locks.fcntl, "flock", lambda descriptor, operation: None)
    threads = [threading.Thread(target=_start_quietly, args=(home,)) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(seen) == most_at_once


def _start_quietly(home: Path) -> None:
    with contextlib.suppress(StateError):
        postgres.start(home)


def test_a_socket_that_was_cleaned_away_is_made_again(home: Path) -> None:
    server = postgres.start(home)
    (server.socket_dir / ".s.PGSQL.5432").unlink()

    again = postgres.start(home)

    assert query(again, "SELECT 1") == [(1,)]


def test_data_of_another_major_version_are_refused_by_name(home: Path) -> None:
    server = postgres.start(home)
    postgres.stop(home)
    (server.data_dir / "PG_VERSION").write_text("16\n", encoding="utf-8")

    with pytest.raises(StateError) as refused:
        postgres.start(home)

    assert "written by PostgreSQL 16" in str(refused.value)
    assert "brings PostgreSQL 18" in str(refused.value)
    assert "fresh home folder" in str(refused.value)


def test_a_data_folder_that_lost_its_version_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="PG_VERSION is missing"):
        cluster.check_major(tmp_path)


def test_without_the_version_check_the_user_would_get_the_servers_own_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin of the version check."""
    server = postgres.start(home)
    postgres.stop(home)
    (server.data_dir / "PG_VERSION").write_text("16\n", encoding="utf-8")
    monkeypatch.setattr(cluster, "check_major", lambda data_dir: None)

    with pytest.raises(ExternalError, match="does not start"):
        postgres.start(home)


@pytest.mark.parametrize(
    ("verbosity", "leaks"), [(cluster.SETTINGS["log_error_verbosity"], False), ("default", True)]
)
def test_the_log_keeps_row_details_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, verbosity: str, leaks: bool
) -> None:
    """The second case is the twin: PostgreSQL's own default writes the row into the log."""
    monkeypatch.setitem(cluster.SETTINGS, "log_error_verbosity", verbosity)
    server = postgres.start(home)
    query(server, "CREATE TABLE people (name text UNIQUE)")
    query(server, "INSERT INTO people VALUES ('Marigold Testperson')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        query(server, "INSERT INTO people VALUES ('Marigold Testperson')")

    log = place.prepare(home).log_file.read_text(encoding="utf-8")
    assert "duplicate key" in log
    assert ("Marigold" in log) is leaks
