"""Who the server runs as. PostgreSQL refuses root, so root lends it a service user."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleanclaim.kernel.errors import StateError

SERVICE_USER = "cleanclaim"
FALLBACK_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """The user the server runs as; `demote` says that we are root and must step down to it."""

    name: str
    uid: int
    gid: int
    demote: bool


def current() -> Account:
    """Ourselves, or the service user when we are root."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), demote=False)
    return _service_account()


def of_owner(path: Path) -> Account:
    """The owner of an existing data folder: the server must run as that user and no other."""
    owner = path.stat()
    if owner.st_uid == os.geteuid() and owner.st_uid != 0:
        return current()
    if os.geteuid() != 0:
        raise StateError(
            f"the database in {path} belongs to user {_name(owner.st_uid)}, and this is user "
            f"{_name(os.geteuid())}",
            hint="Run this as that user, or use a home folder of your own (--home DIR).",
        )
    if owner.st_uid == 0:
        raise StateError(
            f"the database in {path} belongs to root, and PostgreSQL does not run as root",
            hint=f"Give it to a service user: chown -R {SERVICE_USER} {path}",
        )
    return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, demote=True)


@functools.cache
def _service_account() -> Account:
    found = _lookup(SERVICE_USER)
    if found is None and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")):
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--user-group"]
        # Two starters may both come here: whoever is second finds the user there already.
        subprocess.run([useradd, *options, SERVICE_USER], capture_output=True, check=False)
        found = _lookup(SERVICE_USER)
    for name in FALLBACK_USERS:
        found = found or _lookup(name)
    if found is None or found.pw_uid == 0:
        raise StateError(
            "PostgreSQL does not run as root, and no service user could be made",
            hint=f"Make one with: useradd --system {SERVICE_USER}",
        )
    return Account(found.pw_name, found.pw_uid, found.pw_gid, demote=True)


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def run_as(
    who: Account, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as `who` with a bare environment; the result carries its output as text."""
    words = [str(word) for word in command]
    bare = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", **(environment or {})}
    if who.demote:
        return subprocess.run(
            words, user=who.uid, group=who.gid, extra_groups=[], umask=0o077, cwd="/", env=bare,
            capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    return subprocess.run(
        words, umask=0o077, cwd="/", env=bare,
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip


def can_enter(who: Account, folder: Path) -> bool:
    """Whether `who` can pass through `folder` and all folders above it."""
    return run_as(who, ["test", "-x", folder]).returncode == 0


def can_run(who: Account, program: Path) -> bool:
    """Whether `who` can start `program` (asked of the program itself: modes and mounts lie)."""
    try:
        return run_as(who, [program, "--version"]).returncode == 0
    except PermissionError:
        return False
