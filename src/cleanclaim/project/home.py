"""The home folder: one world (demo, test or production) and all its state.

`home.toml` is written once, when the folder is made, and never changed: what kind of world this is
cannot be turned later, so a demo's easy sign-in never meets a production's data.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.project import postgres
from cleanclaim.project.postgres import external, roles
from cleanclaim.project.postgres.roles import Urls

Kind = Literal["demo", "test", "production"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Home:
    """One home. `role_prefix` and `database` are its own, since both are global in a server."""

    path: Path
    kind: Kind
    secret_key: str
    database: str
    role_prefix: str


def home_path(path: Path | None = None) -> Path:
    """The folder named, or CLEANCLAIM_HOME, or the user's data folder; always absolute."""
    if path is not None:
        return Path(os.path.abspath(path.expanduser()))
    if named := os.environ.get("CLEANCLAIM_HOME"):
        return Path(os.path.abspath(Path(named).expanduser()))
    data = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(os.path.abspath(data)) / "cleanclaim"


def is_home(path: Path | None = None) -> bool:
    """Whether the folder is a home already."""
    return (home_path(path) / "home.toml").exists()


def open_home(
    path: Path | None = None, *, kind: str | None = None, must_exist: bool = False
) -> Home:
    """Open the home, making it on first use (as `kind`, or as production) unless it `must_exist`.

    Raises:
        StateError: it is a home of another kind, or closed to this user.
        InputError: `kind` is unknown, the path is no folder or no home, or home.toml is broken.
    """
    if kind is not None and kind not in KINDS:
        raise InputError(f"unknown kind of home {kind!r}, expected one of {', '.join(KINDS)}")
    folder = home_path(path)
    note = folder / "home.toml"
    try:
        if must_exist and not note.exists() and not folder.is_file():
            raise InputError(
                f"{folder} is no home of cleanclaim",
                hint="Name one with --home or CLEANCLAIM_HOME, or make one: cleanclaim database create",
            )
        if not note.exists():
            _make(folder, kind or "production")
        home = _read(folder, note)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"the home {folder} cannot be a folder: a file is in the way") from error
    except PermissionError as error:
        raise StateError(
            f"the home {folder} is closed to this user",
            hint="Use a folder of your own (--home DIR or CLEANCLAIM_HOME).",
        ) from error
    if kind is not None and home.kind != kind:
        raise StateError(
            f"the home {folder} was made as a {home.kind} world and cannot be used as {kind}",
            hint="Use another folder (--home DIR).",
        )
    return home


def database_urls(home: Home, server: postgres.Server | None) -> Urls:
    """Addresses for the three roles: of the embedded `server`, or of the external one when None.

    An external server is checked (version, roles, not the database of another home).
    """
    if server is None:
        return external.checked_urls(home.role_prefix)
    owner, app, worker = roles.names(home.role_prefix)
    return Urls(
        owner=server.url(database=home.database, user=owner),
        app=server.url(database=home.database, user=app),
        worker=server.url(database=home.database, user=worker),
    )


def ensure_database(home: Home, server: postgres.Server | None) -> None:
    """Make the home's roles and database in the embedded server; may run twice, or two at once.

    In an external server (None) both were made by whoever runs it; `database_urls` checks them.
    """
    if server is None:
        return
    roles.ensure(
        server.url(database="postgres", user=server.superuser),
        prefix=home.role_prefix,
        database=home.database,
        # The test runner makes its own database beside this one.
        may_create_databases=home.kind == "test",
    )


def _make(folder: Path, kind: str) -> None:
    """Write home.toml, whole or not at all; of two makers at once the first one's stands."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        folder.chmod(0o700)
    mark = secrets.token_hex(4)
    text = (
        "# Written once, when this home was made. Do not change it.\n"
        f'kind = "{kind}"\n'
        f'secret_key = "{secrets.token_urlsafe(48)}"\n'
        f'database = "cleanclaim_{mark}"\n'
        f'role_prefix = "cleanclaim_{mark}"\n'
        f"created_on = {dt.datetime.now(dt.UTC).date().isoformat()}\n"
    )
    draft = folder / f".home.{mark}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, folder / "home.toml")
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(folder: Path, note: Path) -> Home:
    try:
        found = tomllib.loads(note.read_text(encoding="utf-8"))
        words = {
            name: str(found[name]) for name in ("kind", "secret_key", "database", "role_prefix")
        }
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise InputError(
            f"{note} is broken ({error})", hint="Restore it from a backup of the home folder."
        ) from error
    if words["kind"] not in KINDS:
        raise InputError(f"{note}: kind is {words['kind']!r}, expected one of {', '.join(KINDS)}")
    return Home(
        path=folder,
        kind=cast(Kind, words["kind"]),
        secret_key=words["secret_key"],
        database=words["database"],
        role_prefix=words["role_prefix"],
    )
