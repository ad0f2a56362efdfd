"""`cleanclaim x12 ack FILE --out DIR`: the TA1 and 999 (and 277CA) that answer a file."""

import argparse
from datetime import datetime
from pathlib import Path

from cleanclaim.edi import Envelope, check, syntax_acknowledgements, write_999, write_ta1
from cleanclaim.edi.received import ReceivedInterchange
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.x12.check import levels


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


def run(args: argparse.Namespace) -> int:
    """0 = answered and all accepted, 1 = something is rejected."""
    try:
        received = check(args.file, levels=args.levels)
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{error.filename or args.file}: {error.strerror or error}") from error
    control, is_many = args.control, len(received.interchanges) > 1
    for place, interchange in enumerate(received.interchanges, 1):
        stem = f"{args.file.stem}.{place}" if is_many else args.file.stem
        for kind, data in _answers(interchange, control):
            target = args.out / f"{stem}.{kind}.x12"
            target.write_bytes(data)
            control += 1
            print(target)
    return 0 if received.is_accepted else 1


def _answers(interchange: ReceivedInterchange, control: int) -> list[tuple[str, bytes]]:
    found = []
    if interchange.wants_ta1:
        found.append(("ta1", write_ta1(interchange.ta1, envelope=_envelope(interchange, control))))
    if acks := syntax_acknowledgements(interchange):
        envelope = _envelope(interchange, control + len(found))
        found.append(("999", write_999(acks, envelope=envelope)))
    return found


def _envelope(interchange: ReceivedInterchange, control: int) -> Envelope:
    """Back to the sender."""
    now = datetime.now().astimezone()
    group = interchange.groups[0] if interchange.groups else None
    return Envelope(
        sender_qualifier=interchange.receiver_qualifier or "ZZ",
        sender_id=interchange.receiver_id or "RECEIVER",
        receiver_qualifier=interchange.sender_qualifier or "ZZ",
        receiver_id=interchange.sender_id or "SENDER",
        interchange_control=control,
        group_control=control,
        message_control=1,
        usage=interchange.usage if interchange.usage in ("T", "P") else "T",
        created_on=now.date(),
        created_at=now.strftime("%H%M"),
        gs_sender=(group.gs_receiver if group else "") or interchange.receiver_id or "RECEIVER",
        gs_receiver=(group.gs_sender if group else "") or interchange.sender_id or "SENDER",
    )
