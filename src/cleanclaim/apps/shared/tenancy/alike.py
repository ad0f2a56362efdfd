"""Equal values of rows as one object: rows that go to another process are pickled in half of the time.

A pickle names an object that it has seen by its number, and spells out every other one; for `Decimal` and `date` that
takes a microsecond each. Amounts and days come again and again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

KNOWN_AT_MOST = 50_000


class _Known(Loader):
    """Reads each text once. Safe for any number of threads: what two of them read at once, they read alike."""

    values: ClassVar[dict[bytes, Any]]

    def read(self, text: str) -> Any:
        """The value of a text that is not known."""
        raise NotImplementedError

    def load(self, data: Buffer) -> Any:
        """The value of a column's text."""
        known, key = self.values, bytes(data)
        try:
            return known[key]
        except KeyError:
            if len(known) >= KNOWN_AT_MOST:
                known.clear()
            found = known[key] = self.read(key.decode())
            return found


class _Numbers(_Known):
    values: ClassVar[dict[bytes, Any]] = {}

    def read(self, text: str) -> Decimal:
        return Decimal(text)


class _Days(_Known):
    values: ClassVar[dict[bytes, Any]] = {}

    def read(self, text: str) -> date:
        return date.fromisoformat(text)


@contextmanager
def equal_values_once() -> Iterator[None]:
    """Rows read inside have one object for equal numbers and days."""
    connection.ensure_connection()
    adapters = connection.connection.adapters
    before = {}
    for name, loader in (("numeric", _Numbers), ("date", _Days)):
        oid = adapters.types[name].oid
        before[oid] = adapters.get_loader(oid, Format.TEXT)
        adapters.register_loader(oid, loader)
    try:
        yield
    finally:
        for oid, loader in before.items():
            adapters.register_loader(oid, loader)
