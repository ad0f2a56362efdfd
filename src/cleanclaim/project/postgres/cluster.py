"""Make, start, adopt and stop the server in one place. Callers hold the place's lock."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

from cleanclaim.kernel.errors import ExternalError, StateError
from cleanclaim.project.postgres import place, processes, programs
from cleanclaim.project.postgres.place import Place
from cleanclaim.project.postgres.programs import MAJOR, Programs

START_TRIES = 5
WAIT_SECONDS = 600
RECOVERY_SECONDS = 120  # a crashed server is given so long to recover before it is told to stop
FAST_STOP_SECONDS = 60  # then it is stopped at once, and recovers when it starts again
LOG_LIMIT_BYTES = 10_000_000

# For 2 cores and a few GB, beside the web and worker processes. The log carries no statements,
# parameters or row details: they may hold patient data.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Bulk work takes its statistics itself; the default of a minute vacuums tables that are being filled.
    "autovacuum_naptime": "3min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


def ensure_running(where: Place, *, superuser: str, port: int) -> None:
    """Leave a server running in `where`: the one that runs, or a new one."""
    place.make_folders(where)
    tools = programs.for_account(where.account, place.OUTSIDE)
    if not where.data_dir.exists():
        _make_data(where, tools, superuser=superuser)
    check_major(where.data_dir)
    for _ in range(START_TRIES):
        if postmaster(where.data_dir) is not None:
            if _answers(where, tools, port=port):
                return
            # It lives but its socket is gone (a cleaner of temp folders, for one).
            _halt(where, tools)
        _remove_stale_locks(where, port=port)
        _write_settings(where, port=port)
        _start(where, tools)
    raise ExternalError(
        f"the database server in {where.data_dir} does not start: {_end_of_log(where)}",
        retryable=True,
        hint=f"The whole log is {where.log_file}.",
    )


def ensure_stopped(where: Place, *, port: int) -> None:
    """Stop the server if it runs. Never signals a process that is not ours."""
    if postmaster(where.data_dir) is not None:
        tools = programs.for_account(where.account, place.OUTSIDE)
        # PostgreSQL 18 told to stop while it recovers from the death of one of its processes may wait for ever.
        _answers(where, tools, port=port, patience_seconds=RECOVERY_SECONDS)
        _halt(where, tools)


def postmaster(data_dir: Path) -> int | None:
    """The pid of the server that really works in `data_dir`, if there is one."""
    try:
        first_line = (data_dir / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
    except FileNotFoundError:
        return None
    # A standalone backend writes its pid with a minus sign; a torn file may hold anything.
    pid = int(first_line) if first_line.isascii() and first_line.isdigit() else 0
    return pid if pid > 1 and processes.works_in(pid, data_dir) else None


def check_major(data_dir: Path) -> None:
    """Refuse data that another major version of PostgreSQL wrote."""
    note = data_dir / "PG_VERSION"
    if not note.exists():
        raise StateError(
            f"{data_dir} holds no whole PostgreSQL database: its PG_VERSION is missing",
            hint="Restore a backup into a fresh home folder (--home DIR).",
        )
    written_by = note.read_text(encoding="utf-8").strip()
    if written_by != str(MAJOR):
        raise StateError(
            f"the database in {data_dir} was written by PostgreSQL {written_by}, and this program "
            f"brings PostgreSQL {MAJOR}",
            hint="Restore a backup into a fresh home folder (--home DIR), or use the release of "
            f"cleanclaim that brings PostgreSQL {written_by}.",
        )


def _make_data(where: Place, tools: Programs, *, superuser: str) -> None:
    """Make the data folder whole or not at all: a killed `initdb` leaves only a draft behind."""
    for leftover in where.data_dir.parent.glob("draft-*"):
        shutil.rmtree(leftover)
    draft = where.data_dir.with_name(f"draft-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    if where.account.demote:
        os.chown(draft, where.account.uid, where.account.gid)
    done = tools.run(
        where.account, "initdb", "-D", ".", "-U", superuser, "-k", "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        "--auth-local=trust", "--auth-host=reject", folder=draft,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise ExternalError(
            f"initdb in {where.data_dir.parent} failed: {_last_line(done.stderr)}", retryable=False
        )
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("include 'cleanclaim.conf'\n")
    draft.rename(where.data_dir)


def _write_settings(where: Place, *, port: int) -> None:
    # The socket folder is a list of quoted names inside a quoted string.
    folder = '"' + str(where.socket_dir).replace('"', '""') + '"'
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": folder}
    lines = [f"{name} = '" + value.replace("'", "''") + "'\n" for name, value in settings.items()]
    path = where.data_dir / "cleanclaim.conf"
    path.write_text("".join(lines), encoding="utf-8")
    path.chmod(0o600)
    if where.account.demote:
        os.chown(path, where.account.uid, where.account.gid)


def _remove_stale_locks(where: Place, *, port: int) -> None:
    """Remove the pid and socket files of a dead server, once nothing works in its folder.

    PostgreSQL does this itself unless the old pid now belongs to another program; then it would
    refuse to start for ever.
    """
    processes.clear_out(where.data_dir)
    (where.data_dir / "postmaster.pid").unlink(missing_ok=True)
    (where.socket_dir / f".s.PGSQL.{port}.lock").unlink(missing_ok=True)
    (where.socket_dir / f".s.PGSQL.{port}").unlink(missing_ok=True)


def _start(where: Place, tools: Programs) -> None:
    if not where.log_file.exists():
        where.log_file.touch(mode=0o600)
    elif where.log_file.stat().st_size > LOG_LIMIT_BYTES:
        where.log_file.replace(where.log_file.with_suffix(".log.1"))
        where.log_file.touch(mode=0o600)
    if where.account.demote:
        os.chown(where.log_file, where.account.uid, where.account.gid)
    tools.run(
        where.account, "pg_ctl", "start", "-w", "-t", str(WAIT_SECONDS),
        "-D", ".", "-l", Path("..") / where.log_file.name, folder=where.data_dir,
    )  # fmt: skip


def _answers(
    where: Place, tools: Programs, *, port: int, patience_seconds: float = WAIT_SECONDS
) -> bool:
    """Whether the running server takes connections; waits while it is still starting up."""
    deadline = time.monotonic() + patience_seconds
    silent = 0
    while time.monotonic() < deadline and silent < 50:
        done = tools.run(where.account, "pg_isready", "-q", "-h", where.socket_dir, "-p", str(port))
        if done.returncode == 0:
            return True
        if postmaster(where.data_dir) is None:
            return False
        # 1 = starting up or shutting down; 2 = no answer at all.
        silent = silent + 1 if done.returncode == 2 else 0
        time.sleep(0.1)
    return False


def _halt(where: Place, tools: Programs) -> None:
    """Stop the server, politely if it lets us; nothing that was committed is lost either way."""
    done = None
    for mode, seconds in (("fast", FAST_STOP_SECONDS), ("immediate", WAIT_SECONDS)):
        done = tools.run(
            where.account, "pg_ctl", "stop", "-m", mode, "-w", "-t", str(seconds),
            "-D", ".", folder=where.data_dir,
        )  # fmt: skip
        if done.returncode == 0 or postmaster(where.data_dir) is None:
            return
    raise ExternalError(
        f"the database server in {where.data_dir} does not stop: "
        f"{_last_line(done.stderr) if done else ''}",
        retryable=True,
    )


def _end_of_log(where: Place) -> str:
    if not where.log_file.exists():
        return "it wrote no log"
    text = where.log_file.read_text(encoding="utf-8", errors="replace")
    # The reason is the last grave line; what follows it only says that the server went down.
    grave = [line.partition("FATAL:")[2] for line in text.splitlines() if "FATAL:" in line]
    return grave[-1].strip() if grave else _last_line(text)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
