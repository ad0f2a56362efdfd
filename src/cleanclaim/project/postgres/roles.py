"""The three roles of a home and its database, made by the superuser of the embedded server.

The owner owns the database and all tables. The web and worker roles own nothing, cannot bypass
row-level security and get their rights table by table from the migrations.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import conninfo, sql

# Any number will do; all makers in one server queue behind it.
LOCK_KEY = 0x636C65616E636C


@dataclass(frozen=True, slots=True)
class Urls:
    """Where each role connects: `owner` migrates, `app` serves pages, `worker` runs jobs."""

    owner: str
    app: str
    worker: str

    @property
    def app_role(self) -> str:
        """The role that serves pages; migrations grant it its rights by this name."""
        return _user(self.app)

    @property
    def worker_role(self) -> str:
        """The role that runs jobs."""
        return _user(self.worker)


def _user(address: str) -> str:
    return str(conninfo.conninfo_to_dict(address)["user"])


def names(prefix: str) -> tuple[str, str, str]:
    """The owner, app and worker role of a home."""
    return f"{prefix}_owner", f"{prefix}_app", f"{prefix}_worker"


def ensure(superuser_url: str, *, prefix: str, database: str, may_create_databases: bool) -> None:
    """Make roles and database where they are missing; of two callers at once one waits."""
    owner, app, worker = names(prefix)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        # CREATE ROLE and CREATE DATABASE have no IF NOT EXISTS. The lock ends with the session.
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        for name in (owner, app, worker):
            _ensure_role(connection, name, creates=may_create_databases and name == owner)
        if not _has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )
        # Rights are set again each time: a caller killed after CREATE DATABASE left them open.
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                sql.Identifier(database), sql.Identifier(app), sql.Identifier(worker)
            )
        )


def _ensure_role(connection: psycopg.Connection, name: str, *, creates: bool) -> None:
    if _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        return
    databases = "CREATEDB" if creates else "NOCREATEDB"
    connection.execute(
        sql.SQL(
            "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {}"
        ).format(sql.Identifier(name), sql.SQL(databases))
    )


def _has(connection: psycopg.Connection, question: str, value: str) -> bool:
    return connection.execute(question, [value]).fetchone() is not None
