"""Tenants are kept apart by PostgreSQL itself, table by table, whatever the program asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.conftest import TestDatabase, cloned
from tests.security import catalogue
from tests.security.catalogue import TENANT, ask

# Name the organization but are the directory of who works where: read before a tenant is chosen.
DIRECTORY = {"users_membership"}
ROLES = ("app", "worker")


def tenant_tables() -> dict[str, str]:
    """{table: rights} of every tenant model."""
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.database_rules import rights_of
    from cleanclaim.apps.shared.tenancy.models import TenantModel

    models = [m for m in apps.get_models(include_auto_created=True) if issubclass(m, TenantModel)]
    return {model._meta.db_table: rights_of(model) for model in models}


def append_tables() -> set[str]:
    """Every table whose rows never change, a tenant's or not."""
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.database_rules import rights_of

    return {m._meta.db_table for m in apps.get_models() if rights_of(m) == "append"}


@contextmanager
def session(url: str, organization: int | None = None) -> Iterator[psycopg.Connection]:
    """One transaction of a tenant or of none, rolled back."""
    with psycopg.connect(url) as connection:
        if organization is not None:
            ask(connection, "SELECT set_config(%s, %s, true)", TENANT, str(organization))
        yield connection
        connection.rollback()


def refusal(connection: psycopg.Connection, statement: sql.Composable, *values: object) -> str:
    """Why the statement is refused, empty if it is not; what was done before stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement, values or None)
    except psycopg.Error as error:
        return f"{type(error).__name__}: {error}"
    return ""


def on(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(table))


def organizations(url: str) -> list[int]:
    with session(url) as connection:
        return [n for (n,) in ask(connection, "SELECT id FROM tenancy_organization ORDER BY id")]


def rows_by_tenant(url: str, table: str) -> dict[int, list[dict]]:
    """{organization: its rows, 50 at most}, asked as each tenant in turn."""
    found = {}
    for organization in organizations(url):
        with session(url, organization) as connection:
            question = on("SELECT to_jsonb(t) FROM {} t LIMIT 50", table)
            found[organization] = [row for (row,) in connection.execute(question).fetchall()]
    return {organization: rows for organization, rows in found.items() if rows}


def roles_of(database: TestDatabase) -> tuple[str, ...]:
    urls = (database.app, database.worker)
    return tuple(str(psycopg.conninfo.conninfo_to_dict(url)["user"]) for url in urls)


def test_every_table_of_a_tenant_forces_its_policy(full):
    with session(full.owner) as connection:
        named = catalogue.tables_with_organization(connection)
        faults = catalogue.policy_faults(connection, set(tenant_tables()))
        leaks = catalogue.leaking_objects(connection)

    assert named - DIRECTORY == set(tenant_tables())
    assert len(named) > 40
    assert (faults, leaks) == ([], [])


def test_the_check_of_policies_finds_what_an_owner_takes_away(template_database):
    with cloned(template_database) as database, psycopg.connect(database.owner) as connection:
        for change in (
            "ALTER TABLE claims_claim NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE ledger_leg DISABLE ROW LEVEL SECURITY",
            "DROP POLICY tenant_only ON patients_patient",
            "CREATE POLICY open_door ON members_member USING (true)",
        ):
            connection.execute(change)
        connection.execute("CREATE VIEW all_claims AS SELECT * FROM claims_claim")

        faults = catalogue.policy_faults(connection, set(tenant_tables()))

        assert [fault.split(":")[0] for fault in faults] == [
            "claims_claim", "ledger_leg", "members_member", "patients_patient",
        ]  # fmt: skip
        assert catalogue.leaking_objects(connection) == ["all_claims"]


def test_web_and_worker_own_nothing_and_may_step_over_nothing(full):
    with session(full.owner) as connection:
        assert catalogue.role_faults(connection, roles_of(full)) == []
        owner = ask(connection, "SELECT current_user")[0][0]
        assert catalogue.role_faults(connection, (owner,))  # twin: the check sees ownership


def test_web_and_worker_have_exactly_the_rights_that_the_models_name(full):
    from cleanclaim.apps.shared.tenancy.database_rules import GRANTS

    with session(full.owner) as connection:
        wrong = {
            (role, table): held
            for table, rights in tenant_tables().items()
            for role in roles_of(full)
            if (held := catalogue.privileges(connection, role, table))
            != set(GRANTS[rights].split(", "))
        }

    assert wrong == {}


@pytest.mark.parametrize("role", [*ROLES, "owner"])
def test_without_a_tenant_no_table_shows_a_row(full, role):
    with session(getattr(full, role)) as connection:
        seen = {
            table: count
            for table in tenant_tables()
            if (count := connection.execute(on("SELECT count(*) FROM {}", table)).fetchone()[0])
        }

    assert seen == {}


@pytest.mark.parametrize("role", ROLES)
def test_without_a_tenant_copy_and_views_show_nothing_either(full, role):
    tables = tenant_tables()
    with psycopg.connect(full.owner, autocommit=True) as owner:
        for table in tables:
            name = f"view_of_{table}"
            owner.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(name)))
            owner.execute(
                sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(
                    sql.Identifier(name), sql.Identifier(table)
                )
            )
            owner.execute(sql.SQL("GRANT SELECT ON {} TO PUBLIC").format(sql.Identifier(name)))
    try:
        with session(getattr(full, role)) as connection:
            copied = {table for table in tables if _copied(connection, table)}
            viewed = {
                table
                for table in tables
                if connection.execute(on("SELECT 1 FROM {} LIMIT 1", f"view_of_{table}")).fetchone()
            }
        assert (copied, viewed) == (set(), set())
    finally:
        with psycopg.connect(full.owner, autocommit=True) as owner:
            for table in tables:
                owner.execute(on("DROP VIEW {}", f"view_of_{table}"))


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(on("COPY {} TO STDOUT", table)) as copy:
        return b"".join(bytes(part) for part in copy)


@pytest.mark.parametrize("role", ROLES)
def test_a_tenant_neither_sees_nor_changes_nor_plants_rows_of_another(full, role):
    url = getattr(full, role)
    tried, leaks = set(), []
    for table in tenant_tables():
        found = rows_by_tenant(url, table)
        for stranger in organizations(url):
            for organization, rows in found.items():
                if stranger == organization:
                    continue
                tried.add(table)
                with session(url, stranger) as connection:
                    leaks += _leaks(connection, table, organization, rows)

    assert leaks == []
    assert len(tried) >= 35, sorted(set(tenant_tables()) - tried)


def test_the_walk_finds_the_table_that_an_owner_opens(full):
    with cloned(full) as opened:
        found = rows_by_tenant(opened.app, "claims_claim")
        [(organization, rows), *_] = found.items()
        stranger = next(n for n in organizations(opened.app) if n != organization)
        with psycopg.connect(opened.owner, autocommit=True) as owner:
            owner.execute("ALTER TABLE claims_claim DISABLE ROW LEVEL SECURITY")
        with session(opened.app, stranger) as connection:
            leaks = _leaks(connection, "claims_claim", organization, rows)

    assert [leak.split(":")[1].strip()[:6] for leak in leaks] == [
        "seen b", "seen b", "UPDATE", "planti",
    ]  # fmt: skip


def _leaks(
    connection: psycopg.Connection, table: str, organization: int, rows: list[dict]
) -> list[str]:
    """What a stranger could do to the rows of the organization."""
    found = []
    mine = sql.SQL(" WHERE organization_id = {}").format(sql.Literal(organization))
    if connection.execute(on("SELECT 1 FROM {}", table) + mine).fetchone():
        found.append(f"{table}: seen by condition")
    if "id" in rows[0]:
        ids = [row["id"] for row in rows]
        by_id = on("SELECT 1 FROM {} WHERE id = ANY(%s)", table)
        if connection.execute(by_id, [ids]).fetchone():
            found.append(f"{table}: seen by id")
    for verb in ("UPDATE {} SET organization_id = organization_id", "DELETE FROM {}"):
        with connection.transaction(force_rollback=True):
            try:
                with connection.transaction():
                    changed = connection.execute(on(verb, table) + mine).rowcount
            except psycopg.errors.InsufficientPrivilege:
                changed = 0
            if changed:
                found.append(f"{table}: {verb} reaches {changed} rows")
    planted = refusal(
        connection,
        on(
            "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{0}, %s)",
            table,
        ),
        Jsonb(rows[0]),
    )
    if "row-level security" not in planted and "permission denied" not in planted:
        found.append(f"{table}: planting a row: {planted or 'went in'}")
    return found


@pytest.mark.parametrize("role", ROLES)
def test_without_a_tenant_nothing_can_be_written(full, role):
    url = getattr(full, role)
    accepted = []
    for table in tenant_tables():
        for rows in list(rows_by_tenant(url, table).values())[:1]:
            with session(url) as connection:
                words = refusal(
                    connection,
                    on(
                        "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{0}, %s)",
                        table,
                    ),
                    Jsonb(rows[0]),
                )
            if "row-level security" not in words and "permission denied" not in words:
                accepted.append(f"{table}: {words or 'went in'}")

    assert accepted == []


@pytest.mark.parametrize("role", ROLES)
def test_the_planners_statistics_give_no_value_away(full, role):
    """ANALYZE keeps frequent values of each column; they must not be read around the policies."""
    with psycopg.connect(full.owner, autocommit=True) as owner:
        owner.execute("ANALYZE patients_patient")
    with session(getattr(full, role), organizations(full.app)[0]) as connection:
        seen = ask(
            connection,
            "SELECT tablename FROM pg_stats WHERE schemaname = 'public' AND tablename = ANY(%s)",
            list(tenant_tables()),
        )

    assert seen == []


def test_copy_into_a_table_of_a_tenant_is_refused(full):
    [organization, *_] = organizations(full.app)
    with (
        session(full.app, organization) as connection,
        pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security"),
        connection.cursor().copy("COPY claims_claimevent FROM STDIN") as copy,
    ):
        copy.write(b"")


def test_a_connection_that_is_used_again_has_forgotten_its_tenant(full):
    [organization, *_] = sorted(rows_by_tenant(full.app, "exchange_messagefile"))
    count = "SELECT count(*) FROM exchange_messagefile"
    with psycopg.connect(full.app) as connection:
        ask(connection, "SELECT set_config(%s, %s, true)", TENANT, str(organization))
        during = ask(connection, count)[0][0]
        connection.commit()

        assert during > 0
        assert ask(connection, count) == [(0,)]


@pytest.mark.parametrize("role", [*ROLES, "owner"])
def test_nobody_changes_deletes_or_empties_an_append_only_table(full, role):
    """The web and worker lack the right; the owner has it and meets the trigger, rows or not."""
    expected = "RestrictViolation" if role == "owner" else "InsufficientPrivilege"
    verbs = (
        "UPDATE {} SET organization_id = organization_id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    )
    with session(getattr(full, role)) as connection:
        wrong = {
            (table, verb): words
            for table in append_tables()
            for verb in verbs
            if expected not in (words := refusal(connection, on(verb, table)))
        }

    assert wrong == {}
