"""The work that `bench edi` measures, each in a child process of its own: `python -m ... METHOD FILE`.

Prints one JSON object: seconds without imports, peak memory, and what the method says it did.
"""

import gc
import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor


def split_and_drop(path: str) -> str:
    """Every element of every segment, nothing kept: the ceiling of plain Python."""
    data = Path(path).read_bytes()
    return f"{sum(1 for segment in data.split(b'~') if segment.split(b'*'))} segments"


def lists_kept(path: str) -> str:
    """What segment-list readers do: every segment as a list of texts, all of them kept."""
    text = Path(path).read_text("latin-1")
    kept = [segment.strip().split("*") for segment in text.split("~")]
    return f"{len(kept)} segments"


def pyx12_check(path: str) -> str:
    """The peer: pyx12's validation with its acknowledgement."""
    import pyx12.params
    import pyx12.x12n_document

    ack = io.StringIO()
    valid = pyx12.x12n_document.x12n_document(pyx12.params.params(), path, ack, None, None)
    return f"valid={valid}, acknowledgement of {len(ack.getvalue())} characters"


def check(path: str) -> str:
    """Findings of levels 1 to 3 and 5, and the 999."""
    from cleanclaim.edi import check as check_file

    received = check_file(path, levels=frozenset({1, 2, 3, 5}))
    return f"accepted={received.is_accepted}, acknowledgement of {_acknowledge(received)} bytes"


def _acknowledge(received: object) -> int:
    from cleanclaim.edi import Received, syntax_acknowledgements, write_999
    from cleanclaim.project.seed.remittance import acknowledging_envelope

    assert isinstance(received, Received)
    size = 0
    for interchange in received.interchanges:
        if acks := syntax_acknowledgements(interchange):
            size += len(write_999(acks, envelope=acknowledging_envelope()))
    return size


def check_and_read(path: str) -> str:
    """The same, and every claim or payment given out as a typed value; parts are read when they are asked for."""
    from cleanclaim.edi import read

    return _count(read(path, levels=frozenset({1, 2, 3, 5})))


def read_typed(path: str) -> str:
    """Every claim or payment as a typed value, asked for its charge; parts are read when they are asked for."""
    from cleanclaim.edi import read

    return _count(read(path))


def _count(units: Iterator[Any]) -> str:
    total, count = Decimal(0), 0
    for unit in units:
        count += 1
        total += unit.value.charge
    return f"{count} values, charged {total}"


def read_whole(path: str) -> str:
    """The same, with every part of every value asked for."""
    from cleanclaim.edi import read

    lines = sum(len(unit.value.lines) for unit in read(path))  # type: ignore[attr-defined]
    return f"{lines} lines"


def write(path: str) -> str:
    """Claims or payments, every part of them made beforehand, written again; only writing is timed."""
    from cleanclaim.edi import read_file, write_835, write_837p
    from cleanclaim.project.seed.remittance import acknowledging_envelope

    data = Path(path).read_bytes()
    size, seconds = 0, 0.0
    for message in read_file(data).messages:
        values = list(message.claims()) if message.kind == "837" else [message.remittance()]
        head = message.header if message.kind == "837" else None
        gc.collect()
        start = time.process_time()
        if head is not None:
            made = write_837p(values, envelope=acknowledging_envelope(), batch=head)  # type: ignore[arg-type]
        else:
            made = write_835(values, envelope=acknowledging_envelope())  # type: ignore[arg-type]
        seconds += time.process_time() - start
        size += len(made)
    return f"{size} bytes in {seconds} seconds"


def tables(path: str) -> str:
    """Arrow tables of everything, batch by batch."""
    from cleanclaim.edi import tables as read_tables

    return f"{sum(batch.num_rows for _, batch in read_tables(path))} rows"


def tables_two(path: str) -> str:
    """The same on two cores. The pool stands ready before the clock starts, as it does for every file that follows."""
    from cleanclaim.edi import tables as read_tables

    pool = _ready_pool(path)
    start = time.perf_counter()
    rows = sum(batch.num_rows for _, batch in read_tables(path, pool=pool))
    return f"{rows} rows in {time.perf_counter() - start} seconds"


_pools: "list[Executor]" = []


def _ready_pool(path: str) -> "Executor":
    """Two processes that have worked on `path`, the small file with which every method begins."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if not _pools:
        context = get_context("spawn")
        pool = ProcessPoolExecutor(2, mp_context=context, initializer=tables, initargs=(path,))
        list(pool.map(len, ["", ""]))
        _pools.append(pool)
    return _pools[0]


METHODS: dict[str, Callable[[str], str]] = {
    "split": split_and_drop,
    "lists": lists_kept,
    "pyx12": pyx12_check,
    "check": check,
    "check_typed": check_and_read,
    "read": read_typed,
    "read_whole": read_whole,
    "tables": tables,
    "tables_two": tables_two,
    "write": write,
}
_IMPORTS = {"pyx12": "pyx12.x12n_document", "tables": "pyarrow", "tables_two": "pyarrow"}
CLOCKED = ("write", "tables_two")  # say themselves how long they took


def _peak_bytes() -> int:
    """The largest resident memory of this program; what the one that started it had is not in it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
    return int(found.split()[1]) * 1024


def main() -> None:
    """Run one method on one file; with a small file first, so that guides and code sets are at hand."""
    name, path, *small = sys.argv[1:]
    __import__(_IMPORTS.get(name, "cleanclaim.edi"))
    begin = time.process_time()
    for first in small:
        METHODS[name](first)
    startup = time.process_time() - begin
    start, busy = time.perf_counter(), time.process_time()
    said = METHODS[name](path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    if name in CLOCKED:
        seconds = float(said.split()[-2])
        cpu = seconds if name == "write" else cpu
    peak = _peak_bytes()
    found = {"seconds": seconds, "cpu_seconds": cpu, "startup_seconds": startup}
    print(json.dumps({**found, "peak_bytes": peak, "said": said}))


if __name__ == "__main__":
    main()
