"""Who the server runs as. PostgreSQL refuses root, so root lends it a service user."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
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


def for_home(home: Path) -> Account:
    """Ourselves; when we are root, the home's owner, or the service user for a home of root's.

    Raises:
        StateError: this user id has no name, which PostgreSQL insists on.
    """
    if os.geteuid() != 0:
        return Account(_known(os.geteuid()), os.geteuid(), os.getegid(), demote=False)
    owner = home.stat()
    if owner.st_uid != 0:
        return Account(_known(owner.st_uid), owner.st_uid, owner.st_gid, demote=True)
    return _service_account()


def of_owner(path: Path) -> Account:
    """The owner of an existing data folder: the server must run as that user and no other."""
    owner = path.stat()
    if owner.st_uid == os.geteuid() and owner.st_uid != 0:
        return Account(_known(owner.st_uid), owner.st_uid, os.getegid(), demote=False)
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
    return Account(_known(owner.st_uid), owner.st_uid, owner.st_gid, demote=True)


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


def _known(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise StateError(
            f"user id {uid} has no entry in /etc/passwd, and PostgreSQL needs one",
            hint="Run this as a user with a name, or set DATABASE_URL to use another server.",
        ) from None


def run_as(
    who: Account, command: Sequence[str | Path], *, folder: Path = Path("/")
) -> subprocess.CompletedProcess[str]:
    """Run a command as `who` in `folder` with a bare environment; its output comes as text."""
    words = [str(word) for word in command]
    bare = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    if who.demote:
        return subprocess.run(
            words, user=who.uid, group=who.gid, extra_groups=[], umask=0o077, cwd=folder, env=bare,
            capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    return subprocess.run(
        words, umask=0o077, cwd=folder, env=bare,
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
