"""`cleanclaim x12 redact FILE [--out FILE] [--key TEXT]`."""

import argparse
import secrets
import sys
from pathlib import Path

from cleanclaim.edi.redact import redact
from cleanclaim.kernel.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """File, output and key."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write (standard output)")
    parser.add_argument(
        "--key",
        metavar="TEXT",
        help="files made with one key are replaced alike (default: a new one)",
    )


def run(args: argparse.Namespace) -> int:
    """0 = written."""
    key = args.key.encode() if args.key else secrets.token_bytes(32)
    try:
        pieces = redact(args.file, key=key)
        first = next(pieces, None)
        if first is None:
            raise InputError(f"{args.file}: not an X12 file: it holds no ISA that can be read")
        if args.out is None:
            sys.stdout.write(first)
            sys.stdout.writelines(pieces)
            return 0
        draft = args.out.with_name(args.out.name + ".part")
        with draft.open("w", encoding="utf-8", newline="") as out:
            out.write(first)
            out.writelines(pieces)
        draft.replace(args.out)
    except OSError as error:
        raise InputError(f"{error.filename or args.file}: {error.strerror or error}") from error
    return 0
