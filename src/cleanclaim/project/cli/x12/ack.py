"""`cleanclaim x12 ack FILE --out DIR [--refuse group|message|claim]`: the TA1, 999 and 277CA that answer a file."""

import argparse
from datetime import datetime
from pathlib import Path

from cleanclaim.edi import Policy, Refuse, check, read_file
from cleanclaim.edi.answer_files import answer_files
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.x12.check import levels
from cleanclaim.wire.x12.source import blocks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """File, folder, levels."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="made if need be")
    parser.add_argument(
        "--levels", type=levels, default=frozenset({1, 2, 3}), metavar="L", help="SNIP types (1-3)"
    )
    parser.add_argument(
        "--control", type=int, default=1, metavar="N", help="first interchange control number (1)"
    )
    parser.add_argument(
        "--refuse",
        choices=[part.value for part in Refuse],
        default=Refuse.MESSAGE.value,
        help="what an error takes with it (message); claim: only its claim, answered in the 277CA",
    )


def run(args: argparse.Namespace) -> int:
    """0 = answered and all accepted, 1 = something is rejected."""
    try:
        received = check(args.file, levels=args.levels)
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{error.filename or args.file}: {error.strerror or error}") from error
    policy = Policy(Refuse(args.refuse), claim_levels=args.levels)
    has_claims = any(message.kind == "837" for message in received.messages)
    # Claims are answered one by one, so that their segments are needed: such a file is read as a whole.
    kept = read_file(b"".join(blocks(args.file))) if has_claims else None
    is_good, is_many = received.is_accepted, len(received.interchanges) > 1
    now = datetime.now().astimezone()
    for answer in answer_files(received, kept, policy=policy, control=args.control, now=now):
        stem = f"{args.file.stem}.{answer.place}" if is_many else args.file.stem
        target = args.out / f"{stem}.{answer.kind}.x12"
        target.write_bytes(answer.data)
        is_good = is_good and answer.is_accepted
        print(target)
    return 0 if is_good else 1
