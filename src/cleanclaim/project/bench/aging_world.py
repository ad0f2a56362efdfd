"""A practice with any number of open items, written straight into the tables of a scratch home."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

LAST = date(2026, 11, 25)
OPEN_SHARE = 77  # of a hundred items stay open
LINES_OF_TWO_CLAIMS = 5
TABLES = (
    "patients_patient",
    "claims_claim",
    "ledger_item",
    "ledger_entry",
    "ledger_leg",
    "ledger_itembucket",
)
_SQL = Path(__file__).with_name("aging_fill.sql")


def fill(owner_url: str, items: int) -> int:
    """Make a practice of which about `items` items are open; its organization id.

    Only for a scratch home: triggers are off meanwhile, as services would take an hour.
    """
    values = {
        "claims": max(100, items * 100 * 2 // (OPEN_SHARE * LINES_OF_TWO_CLAIMS)),
        "last": LAST,
    }
    with _without_triggers(owner_url) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(
            "INSERT INTO tenancy_organization (kind, name, npi, tin, slug, created_at) "
            "VALUES ('practice', 'Bench', '', '999999999', 'bench', now()) RETURNING id"
        )
        row = cursor.fetchone()
        assert row is not None
        organization = int(row[0])
        cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(organization)])
        for statement in _SQL.read_text(encoding="utf-8").split(";\n"):
            cursor.execute(statement, {**values, "organization": organization})
        for table in TABLES:  # what comes after the fill continues its numbers
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return organization


@contextmanager
def _without_triggers(owner_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(owner_url) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.commit()
        yield connection
        connection.commit()
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
