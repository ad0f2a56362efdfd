"""Which processes really work in a data folder.

PostgreSQL's processes all stay in the data folder (`chdir` at start), so /proc tells them from
a stranger that happens to have the number in an old pid file.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")


def working_in(folder: Path) -> list[int]:
    """The processes whose working folder is `folder`."""
    wanted = os.path.realpath(folder)
    return [
        int(entry.name)
        for entry in PROC.iterdir()
        if entry.name.isdigit() and _works_in(int(entry.name), wanted)
    ]


def works_in(pid: int, folder: Path) -> bool:
    """Whether process `pid` lives and has `folder` as its working folder."""
    return _works_in(pid, os.path.realpath(folder))


def _works_in(pid: int, folder: str) -> bool:
    # A process of another user does not show its folder; it is then not ours, as ours runs as
    # this user or we are root. A zombie shows none either.
    try:
        return str((PROC / str(pid) / "cwd").readlink()) == folder
    except OSError:
        return False


def clear_out(folder: Path, *, patience_seconds: float = 10.0) -> None:
    """Wait for leftovers of a killed server to leave; quit, then kill, those that stay.

    Only for a folder whose postmaster is dead: its children notice and leave, and the next start
    recovers from the log whatever they were doing, so ending them loses no commit.
    """
    if _all_left(folder, patience_seconds):
        return
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        for pid in working_in(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        if _all_left(folder, patience_seconds):
            return


def _all_left(folder: Path, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while working_in(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
