"""The real database for every test that asks for it.

`database` gives a fresh clone of a migrated template, connected as the app role, so that row-level
security, grants and deferred triggers are always on trial. Nothing is rolled back: commits are real.
The server is the embedded one, or the one that DATABASE_URL names.
"""

import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from cleanclaim.project.database_url import parse_database_url

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_numbers = itertools.count()

# A machine that is busy with other things draws slowly: no property fails for how long it took.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@dataclass(frozen=True)
class TestDatabase:
    """A database of a test: URLs by role, and its name."""

    name: str
    owner: str
    app: str
    worker: str

    __test__ = False


# Files with one test or a few that take minutes: begun last, one process would wait for the other at the end.
SLOW_FILES = (
    "test_contract.py",
    "test_crash.py",
    "test_demo_world.py",
    "test_post_kills.py",
    "test_paper_eob.py",
    "test_payer_pages.py",
    "test_large_and_odd.py",
    "test_locked_month.py",
    "test_835_twists.py",
    "test_door.py",
    "test_tenants.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files, and mark what touches the database, but drives no browser: CI repeats it on Debian's server."""
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in SLOW_FILES, -counts[item.path]))
    for item in items:
        uses_database = "template_database" in getattr(item, "fixturenames", ())
        if uses_database and item.get_closest_marker("browser") is None:
            item.add_marker(pytest.mark.database_core)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The reference material beside the project; tests that use it skip where it is absent."""
    if not SHARED.exists():
        pytest.skip("the shared reference data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def template_database(worker_id: str) -> Iterator[TestDatabase]:
    """A server with one migrated database that the tests' databases are cloned from."""
    with migrated(worker_id) as template:
        yield template


@contextmanager
def migrated(worker_id: str) -> Iterator[TestDatabase]:
    """Start a server, or use the one that DATABASE_URL names, and migrate a database on it."""
    from cleanclaim.project import setup
    from cleanclaim.project.home import open_home
    from cleanclaim.project.postgres import Server, destroy, running
    from tests.memory import hurry, server_folder

    external = bool(os.environ.get("DATABASE_URL"))

    @contextmanager
    def server() -> Iterator[Server | None]:
        if external:
            yield None
        else:
            with running(home.path) as embedded:
                hurry(embedded)
                yield embedded

    with server_folder(worker_id) as folder:
        home = open_home(folder / "home", kind="test")
        with server() as embedded:
            urls = setup.prepare(home, embedded)
            setup.start_django(home, urls, role="app")
            name = str(psycopg.conninfo.conninfo_to_dict(urls.owner)["dbname"])
            yield TestDatabase(name, urls.owner, urls.app, urls.worker)
            setup.close_connections()
        if not external:
            # As root the data may lie outside the home, where the server's user can reach them.
            destroy(home.path)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """pytest-xdist's name of this process, `main` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


def _with_name(url: str, old: str, new: str) -> str:
    return (
        url.replace(f"/{old}?", f"/{new}?")
        if f"/{old}?" in url
        else url.replace(f"/{old}", f"/{new}")
    )


def connect_django(url: str) -> None:
    """Point Django's default connection at another database or role."""
    from django.db import connection

    connection.close()
    connection.settings_dict.update(parse_database_url(url))


@contextmanager
def cloned(template: TestDatabase, name: str = "") -> Iterator[TestDatabase]:
    """A clone of the template that is dropped afterwards; the name is its own unless one is given."""
    from django.db import connection

    name = name or f"{template.name}_{os.getpid()}_{next(_numbers)}"
    connection.close()
    admin_url = _with_name(template.owner, template.name, "postgres")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # Copying the files is the cheaper way, except where it has to wait for the disk.
        waits = admin.execute("SELECT current_setting('fsync')::boolean").fetchone() == (True,)
        strategy = "WAL_LOG" if waits else "FILE_COPY"
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.name}" STRATEGY {strategy}')
    urls = [
        _with_name(url, template.name, name)
        for url in (template.owner, template.app, template.worker)
    ]
    try:
        connect_django(urls[1])
        yield TestDatabase(name, *urls)
    finally:
        connect_django(template.app)
        _drop(admin_url, name, app_url=template.app)


def _drop(admin_url: str, name: str, *, app_url: str) -> None:
    """Drop the clone. An autovacuum worker in it is not ours to end, but it leaves by itself."""
    for _ in range(100):
        try:
            with psycopg.connect(admin_url, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            end_sessions(app_url, name)
            time.sleep(0.1)
    raise AssertionError(f"the database {name} is still in use")


def end_sessions(app_url: str, name: str) -> None:
    """End what a web server's pool keeps open there: only the app's own role may, or a superuser."""
    with psycopg.connect(app_url, autocommit=True) as app:
        app.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
            [name],
        )


@pytest.fixture
def database(template_database: TestDatabase) -> Iterator[TestDatabase]:
    """A fresh database for one test, connected as the app role."""
    with cloned(template_database) as fresh:
        yield fresh


@pytest.fixture
def practice(database: TestDatabase) -> int:
    """The id of an invented practice (a tenant) in the test's database."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    return find_or_add_organization(
        kind="practice", name="Harbor Family Medicine", npi="1234567893", tin="310000001"
    ).pk


@pytest.fixture
def plan(database: TestDatabase) -> int:
    """The id of an invented health plan (another tenant) in the test's database."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    return find_or_add_organization(
        kind="health_plan", name="Coastal Alliance Health Plan", tin="330000002"
    ).pk
