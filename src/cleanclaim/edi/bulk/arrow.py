"""Columns of cells as Arrow arrays, without a Python object per cell, and the tables' schemas."""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from cleanclaim.edi.bulk.cells import MASKS, Cells, Column, Numbers
from cleanclaim.edi.bulk.layout import (
    BY_NAME,
    CODE,
    COUNT,
    DAY,
    MESSAGES,
    MONEY,
    PLACE,
    QUANTITY,
    SHARED,
    TEXT,
)

CODE_TYPE = pa.dictionary(pa.int32(), pa.string())
TYPES = {
    TEXT: pa.string(),
    CODE: CODE_TYPE,
    MONEY: pa.decimal128(18, 2),
    QUANTITY: pa.decimal128(18, 4),
    DAY: pa.date32(),
    COUNT: pa.int32(),
    PLACE: pa.int32(),
}


@cache
def schema(table: str) -> pa.Schema:
    """The columns of a table."""
    shared = () if table == MESSAGES.name else SHARED
    fields = (*shared, *BY_NAME[table].fields)
    return pa.schema([pa.field(column.name, TYPES[column.kind]) for column in fields])


def strings(cells: Cells, column: Column) -> pa.Array:
    """Text; null where a cell is empty."""
    there = column.is_there
    count = len(there)
    if not there.any():
        return pa.nulls(count, pa.string())
    # Cells and what lies between them, as one array of strings over the text itself: every other one is a cell.
    bounds = np.empty(2 * count, np.int32)
    bounds[0::2], bounds[1::2] = column.begins, column.ends
    mask: Any = None
    if not there.all():
        mask = ~there
        bounds[0::2][mask] = 0
        bounds[1::2][mask] = 0
        np.maximum.accumulate(bounds, out=bounds)
    between = pa.StringArray.from_buffers(
        2 * count - 1, pa.py_buffer(bounds), pa.py_buffer(cells.buffer)
    )
    return between.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32), mask=mask))


def codes(cells: Cells, column: Column) -> pa.Array:
    """Text of few kinds, as a dictionary; null where a cell is empty."""
    sizes = column.ends - column.begins
    most = int(sizes.max(initial=0))
    if not most:
        return pa.nulls(len(sizes), CODE_TYPE)
    if most > 8 or cells.has_nul:
        return strings(cells, column).dictionary_encode()
    words = cells.every[column.begins] & MASKS[sizes]
    if (words == words[0]).all():  # one code in all rows, as most qualifiers are
        return constant(_code(int(words[0])), len(words))
    found = pa.array(words, mask=None if sizes.all() else sizes == 0).dictionary_encode()
    texts = [_code(word) for word in found.dictionary.to_numpy().tolist()]
    return pa.DictionaryArray.from_arrays(found.indices, pa.array(texts, pa.string()))


def _code(word: int) -> str:
    return word.to_bytes(8, "little").rstrip(b"\x00").decode("utf-8", "surrogatepass")


def decimals(values: Numbers, good: Numbers, digits: int) -> pa.Array:
    """Exact decimals from numbers times 10 ** `digits`."""
    wide = np.empty((len(values), 2), np.int64)
    wide[:, 0], wide[:, 1] = values, values >> 63
    return pa.Array.from_buffers(
        pa.decimal128(18, digits), len(values), [_validity(good), pa.py_buffer(wide)]
    )


def days(values: Numbers, good: Numbers) -> pa.Array:
    """Days from days since 1970."""
    buffer = pa.py_buffer(np.ascontiguousarray(values, np.int32))
    return pa.Array.from_buffers(pa.date32(), len(values), [_validity(good), buffer])


def counts(values: Numbers, good: Numbers | None = None) -> pa.Array:
    """Numbers of 32 bits."""
    small = np.where(good, values, 0) if good is not None else values
    buffer = pa.py_buffer(np.ascontiguousarray(small, np.int32))
    validity = None if good is None else _validity(good)
    return pa.Array.from_buffers(pa.int32(), len(values), [validity, buffer])


def constant(text: str, count: int) -> pa.Array:
    """The same text for every row."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([text], pa.string())
    )


def _validity(good: Numbers) -> pa.Buffer | None:
    return None if good.all() else pa.py_buffer(np.packbits(good, bitorder="little"))
