"""A PostgreSQL of the user's own, named by three addresses in the environment.

DATABASE_URL is the owner's, APP_DATABASE_URL and WORKER_DATABASE_URL the other roles'. The
database and the roles exist already; this module checks that they keep the promises on which
tenants rely, and that the database is not another home's.
"""

from __future__ import annotations

import os

import psycopg
from psycopg import conninfo, sql

from cleanclaim.kernel.errors import ExternalError, InputError, StateError
from cleanclaim.project.postgres.roles import Urls

LOWEST_MAJOR = 15
VARIABLES = ("DATABASE_URL", "APP_DATABASE_URL", "WORKER_DATABASE_URL")
MARK = "cleanclaim home "


def checked_urls(home_mark: str) -> Urls:
    """The addresses out of the environment, once server, roles and database pass.

    Raises:
        InputError: an address is missing or broken.
        ExternalError: the server does not answer.
        StateError: too old, a role that could pass by row-level security, or another home's.
    """
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if missing:
        raise InputError(
            f"{' and '.join(missing)} not set beside {_given()}",
            hint="An external PostgreSQL needs an address for each of owner, app and worker.",
        )
    owner, app, worker = (os.environ[name] for name in VARIABLES)
    for name in VARIABLES:
        _check_address(name, os.environ[name])
    with _connect("DATABASE_URL", owner) as connection:
        _check_version(connection)
        _claim_database(connection, home_mark)
        owner_at = _where(connection)
    for name, address in (("APP_DATABASE_URL", app), ("WORKER_DATABASE_URL", worker)):
        with _connect(name, address) as connection:
            _check_role(connection, name)
            if _where(connection) != owner_at:
                raise StateError(f"{name} is another database than DATABASE_URL")
    return Urls(owner=owner, app=app, worker=worker)


def _given() -> str:
    return " and ".join(name for name in VARIABLES if os.environ.get(name))


def _check_address(name: str, address: str) -> None:
    try:
        parts = conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise InputError(f"{name} is no PostgreSQL address") from error
    if not parts.get("user"):
        # The rights of the roles are granted by name, so the name must be in the address.
        raise InputError(f"{name} names no user, expected postgresql://USER@HOST/DATABASE")


def _connect(name: str, address: str) -> psycopg.Connection:
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        # The driver's own text names host, database and user, and never the password.
        raise ExternalError(f"{name}: {' '.join(str(error).split())}", retryable=True) from error


def _check_version(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10000
    if major < LOWEST_MAJOR:
        raise StateError(
            f"the server of DATABASE_URL is PostgreSQL {major}, expected {LOWEST_MAJOR} or newer",
            hint="Upgrade it, or unset DATABASE_URL to use the embedded server.",
        )


def _where(connection: psycopg.Connection) -> tuple[object, ...]:
    # The database's number with the time its server came up: the same for all roles of one server.
    row = connection.execute(
        "SELECT oid, pg_postmaster_start_time() FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return tuple(row or ())


def _check_role(connection: psycopg.Connection, name: str) -> None:
    """Refuse a role that row-level security would not hold."""
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, "
        "pg_has_role(current_user, (SELECT datdba FROM pg_database "
        "WHERE datname = current_database()), 'MEMBER') "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    role, is_super, bypasses, is_owner = row or ("?", True, True, True)
    for wrong, what in (
        (is_super, "is a superuser"),
        (bypasses, "may bypass row-level security"),
        (is_owner, "owns the database, or is a member of its owner"),
    ):
        if wrong:
            raise StateError(
                f"{name}: role {role} {what}; tenants would not be kept apart",
                hint="Give the web and worker roles LOGIN only.",
            )


def _claim_database(connection: psycopg.Connection, home_mark: str) -> None:
    """Mark the database as this home's, or refuse it when it carries another home's mark."""
    wanted = MARK + home_mark
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [0x636C61696D])
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database'), datname FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        found, database = row or ("", "")
        if found == wanted:
            return
        if found and found.startswith(MARK):
            raise StateError(
                f"database {database} is already the database of another home",
                hint="Each home takes a database of its own.",
            )
        try:
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(database), sql.Literal(wanted)
                )
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise StateError(
                f"DATABASE_URL: its role does not own database {database}",
                hint="DATABASE_URL must be the owner's address.",
            ) from error
