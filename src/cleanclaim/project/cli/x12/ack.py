"""`cleanclaim x12 ack FILE --out DIR [--refuse group|message|claim]`: the TA1, 999 and 277CA that answer a file."""

import argparse
from datetime import datetime
from pathlib import Path

from cleanclaim.edi import (
    Envelope,
    Policy,
    Refuse,
    check,
    claim_acknowledgement,
    judged_claims,
    read_file,
    syntax_acknowledgements,
    write_277ca,
    write_999,
    write_ta1,
)
from cleanclaim.edi.received import ReceivedInterchange
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.x12.check import levels
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, Outcome
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
    kept = read_file(b"".join(blocks(args.file))).interchanges if has_claims else ()
    is_good = received.is_accepted
    control, is_many = args.control, len(received.interchanges) > 1
    for place, interchange in enumerate(received.interchanges, 1):
        stem = f"{args.file.stem}.{place}" if is_many else args.file.stem
        claims = _claim_answers(kept[place - 1], policy) if has_claims else []
        is_good = is_good and all(
            s.is_accepted for c in claims for p in c.providers for s in p.claims
        )
        for kind, data in _answers(interchange, policy, claims, control):
            target = args.out / f"{stem}.{kind}.x12"
            target.write_bytes(data)
            control += 1
            print(target)
    return 0 if is_good else 1


def _claim_answers(interchange: ReceivedInterchange, policy: Policy) -> list[ClaimAcknowledgement]:
    """One 277CA message per 837 that the 999 accepts."""
    today = datetime.now().astimezone().date()
    found: list[ClaimAcknowledgement] = []
    refused = {
        (ack.group_control_number, answer.control_number)
        for ack in syntax_acknowledgements(interchange, policy)
        for answer in ack.messages
        if answer.outcome is Outcome.REJECTED
    }
    for group in interchange.groups if interchange.is_accepted else ():
        for message in group.messages:
            is_out = (group.control_number, message.control_number) in refused
            if message.kind != "837" or message.walked is None or is_out:
                continue
            batch = message.header
            found.append(
                claim_acknowledgement(
                    judged_claims(message),
                    batch=batch,
                    payer_name=batch.receiver.name,
                    payer_id=batch.receiver.identifier,
                    received_on=today,
                    processed_on=today,
                    policy=policy,
                )
            )
    return found


def _answers(
    interchange: ReceivedInterchange,
    policy: Policy,
    claims: list[ClaimAcknowledgement],
    control: int,
) -> list[tuple[str, bytes]]:
    found = []
    if interchange.wants_ta1:
        found.append(("ta1", write_ta1(interchange.ta1, envelope=_envelope(interchange, control))))
    if acks := syntax_acknowledgements(interchange, policy):
        envelope = _envelope(interchange, control + len(found))
        found.append(("999", write_999(acks, envelope=envelope)))
    if claims:
        envelope = _envelope(interchange, control + len(found))
        found.append(("277CA", write_277ca(claims, envelope=envelope)))
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
