"""Where the files of one home's server lie.

    HOME/postgres/              lock, lease, and place.json when the data lie elsewhere
    HOME/postgres/data/         the database, when the server's user can reach it there
    HOME/postgres/socket/       the socket (mode 0700), when its path is short enough
    HOME/postgres/server.log    the server's own words

A server that must run as a service user may not be able to reach the home (below /root, say). Its
data then lie under /var/lib/cleanclaim, in a folder with a random name that `place.json` keeps, so
that a new home never meets the data of an old one that had the same path.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.project.postgres import account
from cleanclaim.project.postgres.account import Account

OUTSIDE = Path("/var/lib/cleanclaim")

# sun_path holds 108 bytes on Linux and 104 on BSD and macOS, with the closing zero byte.
SOCKET_PATH_LIMIT = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Place:
    """The files and the user of one home's server."""

    folder: Path
    data_dir: Path
    socket_dir: Path
    lock_file: Path
    lease_file: Path
    log_file: Path
    account: Account


def exists(home: Path) -> bool:
    """Whether this home ever had a server."""
    return (home / "postgres").is_dir()


def prepare(home: Path) -> Place:
    """The home's server place; makes its folders on first use and checks them on every use."""
    home = Path(os.path.abspath(home))
    folder = home / "postgres"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        who = account.for_home(home)
        _make_owned(folder, who)
        _let_through(home, folder, who)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"{error.filename} is in the way of the home folder {home}") from error
    except PermissionError as error:
        raise StateError(
            f"{error.filename} is closed to this user",
            hint="Use a home folder of your own (--home DIR).",
        ) from error
    data_dir = _data_dir(folder, who)
    if data_dir.exists():
        who = account.of_owner(data_dir)
    return Place(
        folder=folder,
        data_dir=data_dir,
        socket_dir=_socket_dir(data_dir, who),
        lock_file=folder / "lock",
        lease_file=folder / "lease",
        log_file=data_dir.parent / "server.log",
        account=who,
    )


def _let_through(home: Path, folder: Path, who: Account) -> None:
    """Let the service user pass through a root-owned home; refuse one that is closed to us."""
    if who.demote:
        for path in (home, folder):
            state = path.stat()
            if state.st_uid == 0 and stat.S_IMODE(state.st_mode) == 0o700:
                os.chown(path, 0, who.gid)
                path.chmod(0o710)
    elif not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "closed", str(folder))


def _data_dir(folder: Path, who: Account) -> Path:
    """The recorded data folder, or the one this home will have."""
    note = folder / "place.json"
    if note.exists():
        return Path(json.loads(note.read_text(encoding="utf-8"))["data_dir"])
    inside = folder / "data"
    if not who.demote or inside.exists() or account.can_enter(who, folder):
        return inside
    chosen = OUTSIDE / f"home-{secrets.token_hex(8)}" / "data"
    # Two starters may both choose; link() lets the first note stand and both read that one.
    draft = folder / f"place.json.{secrets.token_hex(4)}"
    draft.write_text(json.dumps({"data_dir": str(chosen)}) + "\n", encoding="utf-8")
    try:
        os.link(draft, note)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return Path(json.loads(note.read_text(encoding="utf-8"))["data_dir"])


def _socket_dir(data_dir: Path, who: Account) -> Path:
    """A folder for the socket: beside the data, or a short one in the system's temp folder."""
    beside = data_dir.parent / "socket"
    # libpq reads a comma as the start of a second host, and escapes differ from tool to tool.
    is_plain = re.fullmatch(r"[\w./ -]+", str(beside), re.ASCII) is not None
    if is_plain and len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return beside
    digest = hashlib.sha256(os.fsencode(data_dir) + str(who.uid).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"cleanclaim-{digest}"
    if len(os.fsencode(short / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return short
    return Path("/tmp") / f"cleanclaim-{digest}"


def make_folders(where: Place) -> None:
    """Make the data folder's parent and the socket folder, and refuse ones we cannot trust."""
    if where.data_dir.parent != where.folder:
        OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
        _make_owned(where.data_dir.parent, where.account)
    _make_owned(where.socket_dir, where.account)
    check_socket_dir(where.socket_dir, owner_uid=where.account.uid)


def _make_owned(folder: Path, who: Account) -> None:
    """Make a folder that only `who` can enter; one that is there already stays as it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if who.demote:
        os.chown(folder, who.uid, who.gid)


def check_socket_dir(folder: Path, *, owner_uid: int) -> None:
    """Refuse a socket folder that another user owns or can enter: the socket trusts all comers.

    Raises:
        StateError: not a real folder, another owner, or a mode other than 0700.
    """
    state = folder.lstat()
    mode = stat.S_IMODE(state.st_mode)
    if stat.S_ISDIR(state.st_mode) and state.st_uid == owner_uid and mode == 0o700:
        return
    raise StateError(
        f"the socket folder {folder} cannot be trusted: owner {state.st_uid}, mode {mode:04o}, "
        f"expected a folder of owner {owner_uid} with mode 0700",
        hint="Somebody else may have made it: remove it, or set TMPDIR to a folder of your own.",
    )


def remove(home: Path) -> None:
    """Delete the files of a stopped server."""
    where = prepare(home)
    shutil.rmtree(where.socket_dir, ignore_errors=True)
    if where.data_dir.parent != where.folder:
        shutil.rmtree(where.data_dir.parent, ignore_errors=True)
    shutil.rmtree(where.folder, ignore_errors=True)
