"""Open a home for work: server up, database migrated, Django ready in the asked role."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from cleanclaim.kernel.errors import ExternalError
from cleanclaim.project.home import Home, Urls, database_urls, ensure_database, open_home
from cleanclaim.project.postgres import Server, running

DatabaseRole = Literal["owner", "app", "worker"]


@contextmanager
def open_database(
    path: Path | None = None, *, kind: str | None = None
) -> Iterator[tuple[Home, Urls]]:
    """A home with its server running and its schema up to date, and where each role connects.

    The last one out stops the embedded server; an external one (DATABASE_URL) is left alone.
    """
    home = open_home(path, kind=kind)
    if os.environ.get("DATABASE_URL"):
        yield home, _ready(home, None)
        return
    with running(home.path) as server:
        yield home, _ready(home, server)


@contextmanager
def open_django(
    path: Path | None = None,
    *,
    kind: str | None = None,
    role: DatabaseRole = "worker",
    pool: bool = False,
) -> Iterator[Home]:
    """As `open_database`, with Django set up as `role`. One role per process: Django is set up once."""
    with open_database(path, kind=kind) as (home, urls):
        start_django(home, urls, role=role, pool=pool)
        try:
            yield home
        finally:
            close_connections()


def _ready(home: Home, server: Server | None) -> Urls:
    ensure_database(home, server)
    urls = database_urls(home, server)
    _migrate_if_needed(home, urls)
    return urls


def environment(
    home: Home, urls: Urls, *, role: DatabaseRole, pool: bool = False
) -> dict[str, str]:
    """What `project.settings` reads, for this process or a child."""
    return {
        "DJANGO_SETTINGS_MODULE": "cleanclaim.project.settings",
        "CLEANCLAIM_DATABASE": getattr(urls, role),
        "CLEANCLAIM_KIND": home.kind,
        "CLEANCLAIM_HOME": str(home.path),
        "CLEANCLAIM_SECRET_KEY": home.secret_key,
        "CLEANCLAIM_APP_ROLE": urls.app_role,
        "CLEANCLAIM_WORKER_ROLE": urls.worker_role,
        "CLEANCLAIM_POOL": "1" if pool else "",
    }


def start_django(home: Home, urls: Urls, *, role: DatabaseRole, pool: bool = False) -> None:
    """Set Django up in this process."""
    os.environ.update(environment(home, urls, role=role, pool=pool))
    import django

    django.setup()


def close_connections() -> None:
    """Let go of the database, so that the server can stop."""
    from django.db import connections

    connections.close_all()


def schema_fingerprint() -> str:
    """Names the schema that this code expects: a digest of all migrations, SQL files and rights."""
    digest = hashlib.sha256()
    source = Path(__file__).parents[1]
    for path in sorted([*source.glob("apps/**/migrations/*"), *source.glob("apps/**/models*.py")]):
        if path.is_file() and path.suffix in (".py", ".sql"):
            digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    digest.update((source / "apps/shared/tenancy/database_rules.py").read_bytes())
    lock = source.parent.parent / "requirements.lock"  # third-party apps bring migrations too
    if lock.exists():
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _migrate_if_needed(home: Home, urls: Urls) -> None:
    """Run migrations as the owner in a child process, when the schema is not this code's."""
    mark = home.path / "schema.sha256"
    wanted = f"{schema_fingerprint()} {home.database}"
    if mark.exists() and mark.read_text() == wanted:
        return
    migrate(home, urls)
    mark.write_text(wanted)


def migrate(home: Home, urls: Urls) -> None:
    """Bring the schema up to date as the owner; the owner's right never enters this process.

    Raises:
        ExternalError: a migration failed; the message carries its last line.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim.project.migrate"],
        env={**os.environ, **environment(home, urls, role="owner")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExternalError(f"migrations failed: {last}", retryable=False, hint=done.stderr[-3000:])
