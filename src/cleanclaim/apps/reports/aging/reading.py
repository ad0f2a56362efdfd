"""Long answers read as arrays: the database gathers each column, for row by row the driver takes longer than it."""

from typing import Any

import numpy as np
from django.db import connection
from psycopg import postgres
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

from cleanclaim.apps.reports.aging.blocks import Array
from cleanclaim.kernel.errors import InvariantError

# Of a one-dimensional array in PostgreSQL's binary form.
_ARRAY_HEAD_BYTES = 20
_HAS_NULL = slice(4, 8)


def fetch(sql: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of an answer, arrays of numbers, days and moments as arrays of ours (the last two as blocks count them)."""
    raw = connection.connection.cursor(binary=True)
    for name, loader in _LOADERS.items():
        raw.adapters.register_loader(postgres.types[name].array_oid, loader)
    with raw:
        rows: list[tuple[Any, ...]] = raw.execute(sql, values).fetchall()
    return rows


def read_rows(sql: str, values: dict[str, Any], *columns: tuple[str, str]) -> Array:
    """The answer as one array with a field per column, in the order of its rows; numbers, days and moments only, never null."""
    names = [f'"{name}"' for name, _ in columns]
    arrays = ", ".join(f"array_agg({name})" for name in names)
    [found] = fetch(f"SELECT {arrays} FROM ({sql}) AS answer ({', '.join(names)})", values)
    rows = np.empty(
        0 if found[0] is None else len(found[0]),
        np.dtype([(name, f"<{kind}") for name, kind in columns]),
    )
    if len(rows):
        for (name, _), column in zip(columns, found, strict=True):
            rows[name] = column
    return rows


class _Numbers(Loader):
    """An array of numbers as it is, not number by number."""

    format = Format.BINARY
    kind: Any

    def load(self, data: Buffer) -> Array:
        if any(data[_HAS_NULL]):
            raise InvariantError("an array of numbers: expected no null in it")
        return np.frombuffer(data, self.kind, offset=_ARRAY_HEAD_BYTES)["value"].astype(np.int64)


class _Int8s(_Numbers):
    kind = np.dtype([("size", ">i4"), ("value", ">i8")])


class _Int4s(_Numbers):
    kind = np.dtype([("size", ">i4"), ("value", ">i4")])


_LOADERS = {"int8": _Int8s, "int4": _Int4s, "date": _Int4s, "timestamptz": _Int8s}
