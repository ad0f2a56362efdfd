"""What the ledger's tests share: an item with its charge, entries in one line, threads, roles."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any, TypeVar

import psycopg
from django.utils.functional import SimpleLazyObject

from cleanclaim.values.accounts import REMIT_CLEARING, REVENUE
from cleanclaim.values.entry import Entry, Leg

# Django is set up by the fixture `database`, after the test files are read.
services: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.shared.ledger.services"))
selectors: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.shared.ledger.selectors"))

DAY = date(2026, 1, 15)
PAYER = "receivable:payer:1"
PATIENT = "receivable:patient"
Answer = TypeVar("Answer")


def entry(
    *legs: Leg,
    kind: str = "payment",
    key: str = "k1",
    on: date = DAY,
    accounting_on: date | None = None,
    reverses: int = 0,
) -> Entry:
    """An entry of these legs."""
    return Entry(kind, key, on, accounting_on or on, legs, reverses=reverses)


def new_item(charge: str = "100.00", *, claim_id: int = 7, on: date = DAY) -> int:
    """One open item in the first payer's bucket, not charged yet."""
    row = services.NewItem(claim_id, 1, 3, Decimal(charge), on, "payer:1", "G0001")
    return services.open_items([row])[0]


def charge_entry(item_id: int, charge: str, *, claim_id: int = 7, on: date = DAY) -> Entry:
    """The charge of an item: receivable against revenue."""
    return entry(
        Leg(
            PAYER, Decimal(charge), item_id=item_id, claim_id=claim_id, line_number=1, patient_id=3
        ),
        Leg(REVENUE.code, -Decimal(charge), item_id=item_id, claim_id=claim_id, line_number=1),
        kind="charge",
        key=f"charge:{item_id}",
        on=on,
    )


def payment_entry(
    item_id: int, paid: str, *, claim_id: int = 7, key: str = "", on: date = DAY
) -> Entry:
    """A payer's money on an item, against remittances awaiting their deposit."""
    return entry(
        Leg(REMIT_CLEARING.code, Decimal(paid), claim_id=claim_id, trace="1999999999:T1"),
        Leg(PAYER, -Decimal(paid), item_id=item_id, claim_id=claim_id, line_number=1, patient_id=3),
        key=key or f"payment:{item_id}:{paid}",
        on=on,
    )


def charged_item(charge: str = "100.00", *, claim_id: int = 7, on: date = DAY) -> int:
    """One open item with its charge posted."""
    item_id = new_item(charge, claim_id=claim_id, on=on)
    services.post_entries([charge_entry(item_id, charge, claim_id=claim_id, on=on)])
    return item_id


@contextmanager
def session(url: str, organization: int) -> Iterator[psycopg.Cursor]:
    """Plain SQL in one database transaction of this role and tenant; commits at the end."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(organization)])
        yield cursor


def write_entry(cursor: psycopg.Cursor, *, key: str = "raw", on: date = DAY) -> int:
    """An entry row without legs, past all services."""
    cursor.execute(
        "INSERT INTO ledger_entry (organization_id, kind, idempotency_key, effective_on, "
        "accounting_on, memo) VALUES (current_setting('cleanclaim.tenant')::bigint, "
        "'payment', %s, %s, %s, '') RETURNING id",
        [key, on, on],
    )
    return one(cursor)


def write_leg(
    cursor: psycopg.Cursor,
    entry_id: int,
    amount: str,
    *,
    account: str = "asset:bank",
    item_id: int = 0,
    claim_id: int = 0,
    entity: str = "",
) -> None:
    """A leg row, past all services."""
    cursor.execute(
        "INSERT INTO ledger_leg (organization_id, entry_id, accounting_on, account, amount, "
        "item_id, claim_id, entity) VALUES (current_setting('cleanclaim.tenant')::bigint, "
        "%s, %s, %s, %s, %s, %s, %s)",
        [entry_id, DAY, account, amount, item_id, claim_id, entity],
    )


def write_legs(
    cursor: psycopg.Cursor,
    entry_id: int,
    *amounts: str,
    accounts: tuple[str, ...] = (),
    entities: tuple[str, ...] = (),
) -> None:
    """Leg rows in one statement, past all services."""
    cursor.execute(
        "INSERT INTO ledger_leg (organization_id, entry_id, accounting_on, account, amount, entity) "
        "SELECT current_setting('cleanclaim.tenant')::bigint, %s, %s, "
        "unnest(%s::text[]), unnest(%s::numeric[]), unnest(%s::text[])",
        [
            entry_id,
            DAY,
            list(accounts or ["asset:bank"] * len(amounts)),
            list(amounts),
            list(entities or [""] * len(amounts)),
        ],
    )


def one(cursor: psycopg.Cursor) -> int:
    """The only value of the answer."""
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def count(url: str, organization: int, table: str) -> int:
    """How many rows this role sees."""
    with session(url, organization) as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return one(cursor)


def at_once(calls: list[Callable[[], Answer]], *, threads: int = 25) -> list[Answer | Exception]:
    """The answers, or errors, of calls made by several threads, each with its own connection."""
    from django.db import connection

    def run(call: Callable[[], Answer]) -> Answer | Exception:
        try:
            return call()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls))
