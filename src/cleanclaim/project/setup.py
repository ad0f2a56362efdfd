"""Open a home for work: server up, database migrated, Django ready in the asked role."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from cleanclaim.project import schema
from cleanclaim.project.home import Home, Urls, database_urls, ensure_database, open_home
from cleanclaim.project.postgres import Server, running

DatabaseRole = Literal["owner", "app", "worker"]


@contextmanager
def open_database(
    path: Path | None = None, *, kind: str | None = None, must_exist: bool = False
) -> Iterator[tuple[Home, Urls]]:
    """A home with its server running and its schema up to date, and where each role connects.

    With `must_exist` a folder that is no home yet is an InputError, so that a mistyped name proves nothing.

    The last one out stops the embedded server; an external one (DATABASE_URL) is left alone.
    """
    home = open_home(path, kind=kind, must_exist=must_exist)
    if os.environ.get("DATABASE_URL"):
        yield home, prepare(home, None)
        return
    with running(home.path) as server:
        yield home, prepare(home, server)


@contextmanager
def open_django(
    path: Path | None = None,
    *,
    kind: str | None = None,
    role: DatabaseRole = "worker",
    pool: bool = False,
    must_exist: bool = False,
) -> Iterator[Home]:
    """As `open_database`, with Django set up as `role`. One role per process: Django is set up once."""
    with open_database(path, kind=kind, must_exist=must_exist) as (home, urls):
        start_django(home, urls, role=role, pool=pool)
        try:
            yield home
        finally:
            close_connections()


def prepare(home: Home, server: Server | None) -> Urls:
    """Roles, database and schema of the home, made where they are missing."""
    ensure_database(home, server)
    urls = database_urls(home, server)
    schema.bring_up_to_date(home, urls, server, environment(home, urls, role="owner"))
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
