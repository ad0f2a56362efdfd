"""Any file as tables: record batches one at a time, or written to a folder."""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory, gettempdir, mkstemp

import pyarrow as pa

from cleanclaim.edi.bulk.arrow import schema
from cleanclaim.edi.bulk.build import Built, build
from cleanclaim.edi.bulk.gather import Gatherer
from cleanclaim.edi.bulk.job import Job, MessageRow
from cleanclaim.edi.bulk.layout import MESSAGES
from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.reader import not_x12, read_events, require_content
from cleanclaim.wire.x12.source import Peeked, Source, Texts, blocks

_MOST_WAITING = 6  # jobs under way in a pool
_MEMORY = "/dev/shm"  # where Linux keeps files in memory
_LEAST_FREE = 256 << 20  # bytes left there for others
Batches = Iterator[tuple[str, pa.RecordBatch]]


def read_batches(source: Source, *, file: str | None, pool: Executor | None, size: int) -> Batches:
    """See `cleanclaim.edi.tables`."""
    peek = Peeked(blocks(source, size=size))
    name = _name(source) if file is None else file
    # Two blocks a job where nobody waits for them: what a job costs by itself is paid half as often.
    gatherer = Gatherer(name, size=size if pool is not None else size + 1)
    jobs = gatherer.jobs(read_events(Texts(hold_binaries(peek))))
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
    waiting: deque[tuple[list[MessageRow], Future[_Left]]] = deque()
    with _folders() as folder:
        for job in jobs:
            waiting.append((job.messages, pool.submit(_build_and_leave, *_put_down(job, folder()))))
            if len(waiting) > _MOST_WAITING:
                messages, result = waiting.popleft()
                yield messages, _fetched(result.result())
        while waiting:
            messages, result = waiting.popleft()
            yield messages, _fetched(result.result())


@contextmanager
def _folders() -> Iterator[Callable[[], str]]:
    """Tells, again and again, the folder for the next job's file: in memory, and on a disk when that runs short.

    Whoever keeps all batches keeps their files' memory, and a container may have little of it.
    """
    with ExitStack() as stack:
        places = [place for place in (_MEMORY, gettempdir()) if os.access(place, os.W_OK)]
        folders = [
            stack.enter_context(
                TemporaryDirectory(prefix="cleanclaim-", dir=place, ignore_cleanup_errors=True)
            )
            for place in places
        ]
        yield lambda: folders[0 if disk_usage(folders[0]).free > _LEAST_FREE else -1]


@dataclass(slots=True)
class _Left:
    """A job's tables as another process left them: a file, and where in it each table's batch begins."""

    path: str
    places: list[tuple[str, int]]
    unread: Counter[int]


def _put_down(job: Job, folder: str) -> tuple[Job, str]:
    """The job without its text, and the file that holds it: cheaper than to send it through a pipe."""
    handle, path = mkstemp(dir=folder)
    os.close(handle)
    Path(path).write_bytes(job.text)
    return replace(job, text=b""), path


def _build_and_leave(job: Job, path: str) -> _Left:
    """Build the job and leave its tables in the file that held its text."""
    built = build(replace(job, text=Path(path).read_bytes()))
    places = []
    with pa.OSFile(path, "wb") as sink:
        for name, batch in built.batches:
            places.append((name, sink.tell()))
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
    return _Left(path, places, built.unread)


def _fetched(left: _Left) -> Built:
    """The tables, read where they lie; the file's memory is given back when the last of them is let go."""
    batches: list[tuple[str, pa.RecordBatch]] = []
    if left.places:  # a file of no bytes cannot be mapped
        source = pa.memory_map(left.path)
        for name, place in left.places:
            source.seek(place)
            batches.append((name, pa.ipc.open_stream(source).read_next_batch()))
    Path(left.path).unlink()
    return Built(batches, left.unread)


def _message_batch(rows: list[MessageRow], unread: Counter[int]) -> pa.RecordBatch:
    for row in rows:
        row["unread_values"] = unread.pop(row["message"], 0)
    return pa.RecordBatch.from_pylist(rows, schema=schema(MESSAGES.name))


def _name(source: Source) -> str:
    """The last part of a path; nothing for what has no path."""
    return Path(source).name if isinstance(source, (str, PathLike)) else ""
