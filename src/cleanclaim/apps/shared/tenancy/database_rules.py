"""Who may do what with each table, applied after every migration as the owner.

Each model names its rights in one class attribute; this module turns them into grants, forced row-level
security and append-only triggers, so that a new table can not be forgotten (tests/architecture counts them).
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel

GRANTS: dict[Rights, str] = {
    "read": "SELECT",
    "append": "SELECT, INSERT",
    "update": "SELECT, INSERT, UPDATE",
    "full": "SELECT, INSERT, UPDATE, DELETE",
}
TENANT_MATCHES = "organization_id = nullif(current_setting('cleanclaim.tenant', true), '')::bigint"
# What is written is held to the tenant looked up once a statement, and not once a row: of a bulk insert that is a tenth.
TENANT_WRITES = (
    "organization_id = (SELECT nullif(current_setting('cleanclaim.tenant', true), '')::bigint)"
)

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION cleanclaim_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: its rows are append-only; record a correction instead', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


# Only the owner may ANALYZE. Bulk work in a young database must not wait for autovacuum: with no
# statistics the planner takes any index that begins with the tenant, and reads all of the tenant's rows.
# A third of the usual sample is enough for that; autovacuum takes the full one when there is time.
REFRESH_STATISTICS = """
CREATE OR REPLACE FUNCTION cleanclaim_refresh_statistics() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET default_statistics_target = 30 AS $$
DECLARE
    grown record;
    analyzed integer := 0;
BEGIN
    FOR grown IN
        SELECT relid::regclass AS name FROM pg_stat_user_tables
        WHERE schemaname = 'public' AND n_mod_since_analyze > 200 + n_live_tup / 3
    LOOP
        EXECUTE format('ANALYZE %s', grown.name);
        analyzed := analyzed + 1;
    END LOOP;
    RETURN analyzed;
END $$
"""


def app_roles() -> tuple[str, str]:
    """The names of the web and the worker role of this home."""
    return settings.APP_ROLE, settings.WORKER_ROLE


def apply_database_rules() -> None:
    """Set grants, policies and triggers for every table; safe to run again. Runs as the owner."""
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def statements() -> Iterator[str]:
    """Every statement, in order."""
    quote = connection.ops.quote_name
    roles = ", ".join(quote(role) for role in app_roles())
    yield REFUSE_CHANGE
    yield REFRESH_STATISTICS
    yield "REVOKE ALL ON FUNCTION cleanclaim_refresh_statistics() FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION cleanclaim_refresh_statistics() TO {roles}"
    yield f"GRANT USAGE ON SCHEMA public TO {roles}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}"
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from _rules_of(model, roles)


def rights_of(model: type[models.Model]) -> Rights:
    """The rights that the model names; tables of third-party apps are ordinary."""
    return getattr(model, "database_rights", "full")


def _rules_of(model: type[models.Model], roles: str) -> Iterator[str]:
    table = connection.ops.quote_name(model._meta.db_table)
    rights = rights_of(model)
    yield f"REVOKE ALL ON {table} FROM {roles}"
    yield f"GRANT {GRANTS[rights]} ON {table} TO {roles}"
    if issubclass(model, TenantModel):
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS tenant_only ON {table}"
        yield f"CREATE POLICY tenant_only ON {table} USING ({TENANT_MATCHES}) WITH CHECK ({TENANT_WRITES})"
    if rights == "append":
        for name, event in (("change", "UPDATE OR DELETE"), ("truncate", "TRUNCATE")):
            yield (
                f"CREATE OR REPLACE TRIGGER refuse_{name} BEFORE {event} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION cleanclaim_refuse_change()"
            )
