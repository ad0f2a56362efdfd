"""`cleanclaim x12 diff A B [--json]`."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from cleanclaim.edi.compare import Change, Difference, compare
from cleanclaim.kernel.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two files."""
    parser.add_argument("first", type=Path, metavar="A")
    parser.add_argument("second", type=Path, metavar="B")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """0 = alike, 1 = they differ."""
    count, unit, loop = 0, "", ""
    try:
        for found in compare(args.first, args.second):
            count += 1
            if args.json:
                print(json.dumps(asdict(found), ensure_ascii=False))
                continue
            if found.unit != unit:
                unit, loop = found.unit, ""
                print(unit)
            if found.loop != loop or not loop:
                loop = found.loop
                print(f"  {loop or '?'}")
            print("\n".join(_lines(found)))
    except BrokenPipeError:
        raise  # the reader (`| head`) went away: no fault of the file
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror or error}") from error
    return 1 if count else 0


def _lines(found: Difference) -> list[str]:
    numbers = ", ".join(f"{n:02d}" for n in found.elements)
    lines = []
    if found.change is not Change.ADDED:
        lines.append(f"    - {found.before}")
    if found.change is not Change.REMOVED:
        lines.append(f"    + {found.after}" + (f"  (elements {numbers})" if numbers else ""))
    return lines
