"""Files in bulk: claims and remittances as Arrow tables, in memory that does not grow with the file.

Needs pyarrow, which `pip install cleanclaim[bulk]` brings.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from os import PathLike
from typing import TYPE_CHECKING, Literal

from cleanclaim.wire.x12.source import BLOCK_BYTES, Source

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["parquet", "csv", "jsonl"]


def tables(
    source: Source,
    *,
    file: str | None = None,
    pool: Executor | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> "Iterator[tuple[str, pa.RecordBatch]]":
    """The rows of 837P, 837I, 837D and 835 messages: (table, record batch) again and again, in the order sent.

    docs/edi-tables.md lists the tables. What the guide has no place for is left out and counted in `messages`.

    Args:
        source: a path, a stream or bytes; gzip and zip are unpacked.
        file: what the column `file` says; by default the name of the path.
        pool: builds the batches, such as a `ProcessPoolExecutor(2)`; None: this process does.
        block_bytes: how much is read and built at a time.

    Raises:
        InputError: the file is empty, holds no ISA, or is packed and damaged.
        OSError: it cannot be opened.
        ImportError: pyarrow is not installed.
    """
    try:
        from cleanclaim.edi.bulk.files import read_batches
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise ImportError("tables need pyarrow: pip install 'cleanclaim[bulk]'") from error

    return read_batches(source, file=file, pool=pool, size=block_bytes)


def write_tables(
    source: Source,
    folder: str | PathLike[str],
    *,
    as_: Form = "parquet",
    file: str | None = None,
    pool: Executor | None = None,
) -> dict[str, int]:
    """Write every table that has rows to `folder` (`claims.parquet`, `lines.parquet` ...); rows by table.

    Args:
        source, file, pool: as for `tables`.
        as_: `parquet`; `csv`, with a line of column names; `jsonl`, one object a line, money as text.

    Raises:
        InputError, OSError: as for `tables`; files begun are left behind unfinished.
    """
    from cleanclaim.edi.bulk.write import write_batches

    return write_batches(tables(source, file=file, pool=pool), folder, as_)
