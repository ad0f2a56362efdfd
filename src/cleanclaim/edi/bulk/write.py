"""Record batches to files of a folder, one per table: Parquet, CSV or lines of JSON."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from cleanclaim.edi.bulk.arrow import schema
from cleanclaim.edi.bulk.files import Batches

Write = Callable[[pa.RecordBatch], object]


def write_batches(batches: Batches, folder: str | PathLike[str], form: str) -> dict[str, int]:
    """Write them; rows by table. A table without rows makes no file.

    Raises:
        ValueError: no such form.
    """
    if form not in _FORMS:
        raise ValueError(f"form {form!r}: expected one of {', '.join(_FORMS)}")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    writers: dict[str, Write] = {}
    with ExitStack() as stack:
        for table, batch in batches:
            if table not in writers:
                writers[table] = _FORMS[form](place / f"{table}.{form}", schema(table), stack)
            writers[table](batch)
            rows[table] = rows.get(table, 0) + batch.num_rows
    return rows


def _parquet(path: Path, columns: pa.Schema, stack: ExitStack) -> Write:
    writer = stack.enter_context(pa_parquet.ParquetWriter(path, columns, compression="zstd"))
    write: Write = writer.write_batch
    return write


def _csv(path: Path, columns: pa.Schema, stack: ExitStack) -> Write:
    plain = _plain(columns)
    writer = stack.enter_context(pa_csv.CSVWriter(path, plain))

    def write(batch: pa.RecordBatch) -> None:
        writer.write_batch(batch.cast(plain))

    return write


def _jsonl(path: Path, columns: pa.Schema, stack: ExitStack) -> Write:
    stream = stack.enter_context(path.open("w", encoding="utf-8"))
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode

    def write(batch: pa.RecordBatch) -> None:
        values: list[list[Any]] = [column.to_pylist() for column in batch.columns]
        for row in zip(*values, strict=True):
            stream.write(dump(dict(zip(columns.names, row, strict=True))) + "\n")

    return write


def _plain(columns: pa.Schema) -> pa.Schema:
    """Codes as text, which CSV has instead of dictionaries."""
    return pa.schema(
        [
            pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
            for f in columns
        ]
    )


_FORMS: dict[str, Callable[[Path, pa.Schema, ExitStack], Write]] = {
    "parquet": _parquet,
    "csv": _csv,
    "jsonl": _jsonl,
}
