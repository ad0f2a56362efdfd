"""`cleanclaim x12 show FILE [--levels 1-5] [--no-colour]`."""

import argparse
import os
import sys
from pathlib import Path

from cleanclaim.edi.show import Line, LineKind, show
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.x12.check import levels

_COLOURS = {LineKind.LOOP: "1;34", LineKind.FINDING: "31", LineKind.SUMMARY: "1"}
_REMARK = "33"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """File, levels and colours."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--levels",
        type=levels,
        default=frozenset(range(1, 6)),
        metavar="L",
        help="SNIP types (1-5)",
    )
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")


def run(args: argparse.Namespace) -> int:
    """0 = nothing of error grade, 1 = something is."""
    is_coloured = args.colour == "always" or (
        args.colour == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    )
    has_error = is_x12 = False
    try:
        for line in show(args.file, levels=args.levels):
            is_x12 = True
            has_error = has_error or (line.finding is not None and line.finding.is_error)
            print(_coloured(line) if is_coloured else _plain(line))
    except BrokenPipeError:
        raise  # the reader (`| head`) went away: no fault of the file
    except OSError as error:
        raise InputError(f"{args.file}: {error.strerror or error}") from error
    if not is_x12:
        raise InputError(f"{args.file}: not an X12 file: it holds no ISA that can be read")
    return 1 if has_error else 0


def _plain(line: Line) -> str:
    mark = "! " if line.kind is LineKind.FINDING else ""
    number = f"{line.position:>6} " if line.kind is LineKind.SEGMENT else " " * 7
    return f"{number}{'  ' * line.depth}{mark}{line.text}"


def _coloured(line: Line) -> str:
    colour = _COLOURS.get(line.kind)
    if line.finding is not None and not line.finding.is_error:
        colour = _REMARK
    return f"\x1b[{colour}m{_plain(line)}\x1b[0m" if colour else _plain(line)
