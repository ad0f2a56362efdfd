"""What PostgreSQL itself says about tables, policies and roles; each function lists faults, none = sound."""

from __future__ import annotations

import psycopg

TENANT = "cleanclaim.tenant"
# Run with their owner's rights: they read no tenant's row and give back a count.
REVIEWED_FUNCTIONS = ("cleanclaim_refresh_statistics",)
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def ask(connection: psycopg.Connection, question: str, *values: object) -> list[tuple]:
    """Rows of one question."""
    return connection.execute(question, values or None).fetchall()


def tables_with_organization(connection: psycopg.Connection) -> set[str]:
    """Every table with a column that names its tenant."""
    rows = ask(
        connection,
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND a.attname = 'organization_id' AND NOT a.attisdropped",
    )
    return {name for (name,) in rows}


def policy_faults(connection: psycopg.Connection, tables: set[str]) -> list[str]:
    """Tables without row-level security, forced, and one policy for everything that names the tenant."""
    found = {}
    for name, enabled, forced in ask(
        connection,
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
    ):
        found[name] = [enabled, forced]
    policies: dict[str, list[tuple]] = {}
    for name, *policy in ask(
        connection, "SELECT tablename, permissive, cmd, qual, with_check FROM pg_policies"
    ):
        policies.setdefault(name, []).append(tuple(policy))
    faults = [f"{t}: no forced row-level security" for t in tables if found[t] != [True, True]]
    for table in tables:
        rules = policies.get(table, [])
        if len(rules) != 1:
            faults.append(f"{table}: {len(rules)} policies, expected 1")
            continue
        _, command, shown, written = rules[0]
        if command != "ALL" or not all(TENANT in (text or "") for text in (shown, written)):
            faults.append(f"{table}: policy for {command} does not bind reading and writing")
    return sorted(faults)


def role_faults(connection: psycopg.Connection, roles: tuple[str, ...]) -> list[str]:
    """Roles that may step over policies, own something, or are members of another role."""
    faults = []
    for name, *powers in ask(
        connection,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
        "EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid), "
        "EXISTS (SELECT 1 FROM pg_shdepend d WHERE d.refobjid = r.oid AND d.deptype = 'o') "
        "FROM pg_roles r WHERE rolname = ANY(%s)",
        list(roles),
    ):
        words = (
            "superuser",
            "bypassrls",
            "createrole",
            "createdb",
            "replication",
            "member",
            "owner",
        )
        faults += [f"{name}: {word}" for word, has in zip(words, powers, strict=True) if has]
    return faults


def leaking_objects(connection: psycopg.Connection) -> list[str]:
    """Functions and views that would answer with their owner's rights, but for the reviewed ones.

    A reviewed function still has to take nothing, fix its search path and be closed to PUBLIC.
    """
    functions = ask(
        connection,
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
        "AND NOT (proname = ANY(%s) AND pronargs = 0 AND prorettype = 'integer'::regtype "
        "AND coalesce(array_to_string(proconfig, ','), '') LIKE 'search_path=%%' "
        "AND NOT EXISTS (SELECT 1 FROM aclexplode(proacl) a WHERE a.grantee = 0))",
        list(REVIEWED_FUNCTIONS),
    )
    views = ask(
        connection,
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') "
        "AND relnamespace = 'public'::regnamespace "
        "AND NOT coalesce(reloptions @> '{security_invoker=true}', false)",
    )
    return [name for (name,) in functions + views]


def privileges(connection: psycopg.Connection, role: str, table: str) -> set[str]:
    """What the role may do with the table."""
    return {
        privilege
        for privilege in PRIVILEGES
        if ask(connection, "SELECT has_table_privilege(%s, %s, %s)", role, table, privilege)[0][0]
    }
