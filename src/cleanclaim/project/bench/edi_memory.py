"""How much memory X12 takes as files grow: the largest resident memory of check, read and tables, each in a process
of its own. A file is one message of invented claims or payments, and again as often as it takes, with new control
numbers, as interchanges of the same file.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cleanclaim.project.bench.edi import MESSAGES, SMALL, made, run_method

BARS_MB = {"check": 120, "read": 120, "tables": 400}
SIZES_MB = (1, 100, 1000)
_CLAIMS = 500  # of one interchange: three quarters of a megabyte


def bench_memory(
    *,
    sizes_mb: Sequence[int] = SIZES_MB,
    seed: int = 7,
    say: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Peaks by message, size and method, and whether all keep below their bars.

    Raises:
        InputError: a method failed.
    """
    rows: list[dict[str, Any]] = []
    for message in MESSAGES:
        for size in sizes_mb:
            # One file at a time: the largest takes a gigabyte of the disk.
            with tempfile.TemporaryDirectory(prefix="cleanclaim-memory-") as folder:
                small = made(Path(folder), message, SMALL, seed)
                path = Path(folder) / f"{message}-{size}mb.edi"
                repeat(made(Path(folder), message, _CLAIMS, seed), path, size * 1_000_000)
                for method, bar in BARS_MB.items():
                    say(f"{message}, {size} MB: {method}")
                    found = run_method(method, path, small)
                    rows.append(
                        {
                            "message": message,
                            "size_mb": round(path.stat().st_size / 1e6),
                            "method": method,
                            "peak_mb": round(found["peak_bytes"] / 1e6),
                            "bar_mb": bar,
                            "cpu_seconds": round(found["cpu_seconds"], 1),
                        }
                    )
    return {"within_bars": all(row["peak_mb"] <= row["bar_mb"] for row in rows), "peaks": rows}


def repeat(one: Path, target: Path, size: int) -> None:
    """Write the interchanges of `one` to `target` until it has `size` bytes, each with a control number of its own."""
    data = one.read_bytes()
    number = data.split(b"*", 14)[13]
    with target.open("wb") as out:
        for count in range(1, 10**9):
            out.write(data.replace(number, b"%09d" % count))
            if out.tell() >= size:
                return
