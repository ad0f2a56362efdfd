"""How memory and time grow with X12 files: the largest resident memory of check, read and tables, each in a process
of its own, and its processor time for a claim. A file is one message of invented claims or payments, and again as often as it takes, with new control
numbers, as interchanges of the same file.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cleanclaim.project.bench.edi import MESSAGES, SMALL, made, run_method

BARS_MB = {"check": 120, "read": 120, "tables": 400}
SIZES_MB = (1, 10, 100, 1000)
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
                one = made(Path(folder), message, _CLAIMS, seed)
                claims = _CLAIMS * repeat(one, path, size * 1_000_000)
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
                            "claims": claims,
                            "cpu_seconds": round(found["cpu_seconds"], 2),
                            "cpu_us_per_claim": round(found["cpu_seconds"] * 1e6 / claims),
                        }
                    )
    return {"within_bars": all(row["peak_mb"] <= row["bar_mb"] for row in rows), "peaks": rows}


def repeat(one: Path, target: Path, size: int) -> int:
    """Write the interchange of `one` to `target`, each time with a control number of its own, until it has `size` bytes.

    Returns:
        How many times.
    """
    data = one.read_bytes()
    number = data.split(b"*", 14)[13]
    with target.open("wb") as out:
        count = 0
        while out.tell() < size:
            count += 1
            out.write(data.replace(number, b"%09d" % count))
        return count
