"""A home's roles and database, embedded and external."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cleanclaim.kernel.errors import ExternalError, InputError, StateError
from cleanclaim.project import postgres
from cleanclaim.project.home import Home, database_urls, ensure_database, open_home
from cleanclaim.project.postgres import external
from cleanclaim.project.postgres.roles import Urls


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Home, postgres.Server]]:
    """One home and its running server for all tests of this module."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    folder.chmod(0o755)
    home = open_home(folder / "home", kind="production")
    with postgres.running(home.path) as server:
        yield home, server
    postgres.destroy(home.path)
    shutil.rmtree(folder)


@pytest.fixture
def urls(served: tuple[Home, postgres.Server]) -> Urls:
    """The addresses of the made database."""
    home, server = served
    ensure_database(home, server)
    return database_urls(home, server)


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    """Run one statement and give its rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else []


ABOUT_ME = (
    "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
    "FROM pg_roles WHERE rolname = current_user"
)


@pytest.mark.parametrize("role", ["owner", "app", "worker"])
def test_no_role_can_step_over_row_level_security(urls: Urls, role: str) -> None:
    assert ask(getattr(urls, role), ABOUT_ME) == [(False,) * 5]


@pytest.mark.parametrize("role", ["app", "worker"])
def test_web_and_worker_own_nothing_and_make_nothing(urls: Urls, role: str) -> None:
    url = getattr(urls, role)
    owned = "SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid AND d.deptype = 'o' "

    assert ask(url, owned + "WHERE r.rolname = current_user") == []
    for forbidden in ("CREATE TABLE t (n int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (n int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(url, forbidden)


def test_the_owner_can_make_tables(urls: Urls) -> None:
    ask(urls.owner, "CREATE TABLE made (n int)")

    assert ask(urls.owner, "SELECT tableowner = current_user FROM pg_tables WHERE tablename='made'")


def test_another_homes_roles_cannot_connect(
    served: tuple[Home, postgres.Server], urls: Urls
) -> None:
    home, server = served
    ask(server.url(database="postgres", user="postgres"), "CREATE ROLE other_home_app LOGIN")

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        ask(server.url(database=home.database, user="other_home_app"), "SELECT 1")


def test_makers_at_once_both_succeed(served: tuple[Home, postgres.Server], tmp_path: Path) -> None:
    _, server = served
    other = open_home(tmp_path / "other", kind="test")
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def make() -> None:
        barrier.wait()
        try:
            ensure_database(other, server)
        except psycopg.Error as error:
            failures.append(error)

    makers = [threading.Thread(target=make) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert failures == []
    assert ask(database_urls(other, server).app, "SELECT current_database()") == [(other.database,)]


@pytest.fixture
def abroad(
    served: tuple[Home, postgres.Server], urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """The same database, named from outside by the three variables."""
    monkeypatch.setenv("DATABASE_URL", urls.owner)
    monkeypatch.setenv("APP_DATABASE_URL", urls.app)
    monkeypatch.setenv("WORKER_DATABASE_URL", urls.worker)
    return monkeypatch


def test_an_external_database_that_keeps_the_promises_is_taken(
    served: tuple[Home, postgres.Server], urls: Urls, abroad: pytest.MonkeyPatch
) -> None:
    home, _ = served

    found = database_urls(home, None)

    assert found == urls
    assert found.app_role == f"{home.role_prefix}_app"
    assert found.worker_role == f"{home.role_prefix}_worker"


def test_an_external_database_serves_one_home_only(
    served: tuple[Home, postgres.Server], abroad: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home, _ = served
    database_urls(home, None)
    other = open_home(tmp_path / "other")

    with pytest.raises(StateError, match="already the database of another home"):
        database_urls(other, None)
    assert database_urls(home, None)


def test_an_external_server_that_is_too_old_is_refused(
    served: tuple[Home, postgres.Server], abroad: pytest.MonkeyPatch
) -> None:
    abroad.setattr(external, "LOWEST_MAJOR", 99)

    with pytest.raises(StateError, match="is PostgreSQL 18, expected 99 or newer"):
        database_urls(served[0], None)


@pytest.mark.parametrize("variable", ["APP_DATABASE_URL", "WORKER_DATABASE_URL"])
@pytest.mark.parametrize(
    ("role", "what"),
    [
        ("SUPERUSER", "is a superuser"),
        ("BYPASSRLS", "may bypass row-level security"),
        ("IN ROLE {owner}", "is a member of its owner"),
    ],
)
def test_a_role_that_tenants_would_not_hold_is_refused(
    served: tuple[Home, postgres.Server],
    abroad: pytest.MonkeyPatch,
    variable: str,
    role: str,
    what: str,
) -> None:
    home, server = served
    admin = server.url(database="postgres", user="postgres")
    ask(admin, "DROP ROLE IF EXISTS strong")
    words = role.format(owner=f'"{home.role_prefix}_owner"')
    ask(admin, f"CREATE ROLE strong LOGIN {words}")
    if "IN ROLE" not in role:
        ask(admin, f'GRANT CONNECT ON DATABASE "{home.database}" TO strong')
    abroad.setenv(variable, server.url(database=home.database, user="strong"))

    try:
        with pytest.raises(StateError, match=what):
            database_urls(home, None)
        with abroad.context() as patch:  # Twin: without the check it would be taken.
            patch.setattr(external, "_check_role", lambda connection, name: None)
            assert database_urls(home, None)
    finally:
        ask(server.url(database=home.database, user="postgres"), "DROP OWNED BY strong")
        ask(admin, "DROP ROLE strong")


@pytest.mark.parametrize("name", external.VARIABLES[1:])
def test_a_missing_address_is_named(
    served: tuple[Home, postgres.Server], abroad: pytest.MonkeyPatch, name: str
) -> None:
    abroad.delenv(name)

    with pytest.raises(InputError, match=f"{name} not set"):
        database_urls(served[0], None)


@pytest.mark.parametrize(
    ("address", "error", "message"),
    [
        ("this is no address", InputError, "no PostgreSQL address"),
        ("postgresql:///claims", InputError, "names no user"),
        ("postgresql://a@/b?host=/nowhere", ExternalError, "APP_DATABASE_URL: connection is bad"),
    ],
)
def test_a_broken_address_is_named(
    served: tuple[Home, postgres.Server],
    abroad: pytest.MonkeyPatch,
    address: str,
    error: type[Exception],
    message: str,
) -> None:
    abroad.setenv("APP_DATABASE_URL", address)

    with pytest.raises(error, match=message):
        database_urls(served[0], None)


def test_roles_in_two_databases_are_refused(
    served: tuple[Home, postgres.Server], abroad: pytest.MonkeyPatch
) -> None:
    home, server = served
    elsewhere = server.url(database="postgres", user=f"{home.role_prefix}_worker")
    abroad.setenv("WORKER_DATABASE_URL", elsewhere)

    with pytest.raises(StateError, match="another database than DATABASE_URL"):
        database_urls(home, None)
