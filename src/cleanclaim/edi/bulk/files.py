"""Any file as tables: record batches one at a time, or written to a folder."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from os import PathLike
from pathlib import Path

import pyarrow as pa

from cleanclaim.edi.bulk.arrow import schema
from cleanclaim.edi.bulk.build import Built, build
from cleanclaim.edi.bulk.gather import Gatherer
from cleanclaim.edi.bulk.job import Job, MessageRow
from cleanclaim.edi.bulk.layout import MESSAGES
from cleanclaim.wire.x12.reader import not_x12, read_events, require_content
from cleanclaim.wire.x12.source import Source, Texts, blocks

_MOST_WAITING = 6  # jobs under way in a pool
Batches = Iterator[tuple[str, pa.RecordBatch]]


def read_batches(source: Source, *, file: str | None, pool: Executor | None, size: int) -> Batches:
    """See `cleanclaim.edi.tables`."""
    peek = _Peek(blocks(source, size=size))
    name = _name(source) if file is None else file
    gatherer = Gatherer(name, size=size)
    jobs = gatherer.jobs(read_events(Texts(peek)))
    unread: Counter[int] = Counter()
    for messages, built in _run(jobs, pool):
        yield from built.batches
        unread.update(built.unread)
        if messages:
            yield MESSAGES.name, _message_batch(messages, unread)
    if gatherer.interchange is None:
        require_content(peek.first)
        raise not_x12(peek.first)


def _run(jobs: Iterator[Job], pool: Executor | None) -> Iterator[tuple[list[MessageRow], Built]]:
    """For each job, in order, the messages complete with it and its tables."""
    if pool is None:
        for job in jobs:
            yield job.messages, build(job)
        return
    # Jobs are made here and built there; a few are under way at a time, so that memory stays bounded.
    waiting: deque[tuple[list[MessageRow], Future[_Packed]]] = deque()
    for job in jobs:
        waiting.append((job.messages, pool.submit(_build_packed, job)))
        if len(waiting) > _MOST_WAITING:
            messages, result = waiting.popleft()
            yield messages, _unpacked(result.result())
    while waiting:
        messages, result = waiting.popleft()
        yield messages, _unpacked(result.result())


_Packed = tuple[list[tuple[str, bytes]], Counter[int]]


def _build_packed(job: Job) -> _Packed:
    """The job's tables as bytes, which travel faster than objects."""
    built = build(job)
    packed = []
    for name, batch in built.batches:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        packed.append((name, sink.getvalue().to_pybytes()))
    return packed, built.unread


def _unpacked(packed: _Packed) -> Built:
    batches, unread = packed
    return Built(
        [(name, pa.ipc.open_stream(data).read_next_batch()) for name, data in batches], unread
    )


def _message_batch(rows: list[MessageRow], unread: Counter[int]) -> pa.RecordBatch:
    for row in rows:
        row["unread_values"] = unread.pop(row["message"], 0)
    return pa.RecordBatch.from_pylist(rows, schema=schema(MESSAGES.name))


def _name(source: Source) -> str:
    """The last part of a path; nothing for what has no path."""
    return Path(source).name if isinstance(source, (str, PathLike)) else ""


class _Peek:
    """The blocks of a file; remembers what stands first."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts
        self.first = b""

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self.first = self.first or part[:64]
            yield part
