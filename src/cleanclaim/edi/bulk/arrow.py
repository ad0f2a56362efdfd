"""Columns of cells as Arrow arrays, without a Python object per cell, and the tables' schemas."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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

# The allocator that numpy uses, too: what one of them lets go the other takes, and no second one has to grow first.
_POOL = pa.system_memory_pool()
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


def strings(cells: Cells, column: Column, at: Numbers | None, count: int) -> pa.Array:
    """Text of cells that are not empty, in the rows `at` of `count` (None: in all); null in the others."""
    # A cell that several rows of one segment share stands there once, so that offsets ascend.
    is_new = np.append(True, column.begins[1:] != column.begins[:-1])
    chosen = 2 * np.cumsum(is_new, dtype=np.int32) - 2
    begins, ends = column.begins[is_new], column.ends[is_new]
    # Cells and what lies between them, as one array of strings over the text itself: every other one is a cell.
    size = len(begins)
    bounds = np.empty(2 * size, np.int32)
    bounds[0::2], bounds[1::2] = begins, ends
    between = pa.StringArray.from_buffers(
        2 * size - 1, pa.py_buffer(bounds), pa.py_buffer(cells.buffer)
    )
    rows = counts(chosen) if at is None else _scattered(chosen, at, count)
    return pc.take(between, rows, boundscheck=False, memory_pool=_POOL)


def codes(cells: Cells, column: Column, at: Numbers | None, count: int) -> pa.Array:
    """Text of few kinds, as a dictionary; rows as for `strings`."""
    sizes = column.ends - column.begins
    if int(sizes.max()) > 8 or cells.has_nul:
        return strings(cells, column, at, count).dictionary_encode()
    words = cells.every[column.begins] & MASKS.take(sizes)
    if (words == words[0]).all():  # as most qualifiers are
        numbers, texts = np.zeros(len(words), np.int32), [_code(int(words[0]))]
    else:
        found = pa.array(words).dictionary_encode()
        numbers = found.indices.to_numpy()
        texts = [_code(word) for word in found.dictionary.to_numpy().tolist()]
    indices = counts(numbers) if at is None else _scattered(numbers, at, count)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()), safe=False)


def spread(values: Numbers, at: Numbers, count: int) -> Numbers:
    """The values in the rows `at` of `count`, zeros in the others."""
    found: Numbers = np.zeros(count, values.dtype)
    found[at] = values
    return found


def _scattered(numbers: Numbers, at: Numbers, count: int) -> pa.Array:
    return counts(spread(numbers, at, count), spread(np.ones(len(at), np.bool_), at, count))


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
    buffer = pa.py_buffer(np.ascontiguousarray(values, np.int32))
    validity = None if good is None else _validity(good)
    return pa.Array.from_buffers(pa.int32(), len(values), [validity, buffer])


def constant(text: str, count: int) -> pa.Array:
    """The same text for every row."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([text], pa.string())
    )


def _validity(good: Numbers) -> pa.Buffer | None:
    return None if good.all() else pa.py_buffer(np.packbits(good, bitorder="little"))
