"""Write invented claims as one 837P file, in bounded memory: one interchange after the other."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cleanclaim.edi import Batch, Correspondent, Envelope, write_837p
from cleanclaim.project.seed.claims import Scene, make_claims
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Contact

CLAIMS_PER_INTERCHANGE = 5_000  # the most that the guide recommends for one message
SEEDS, INTERCHANGES = 10_000, 10_000  # both fit into the nine digits of a control number
SENDER, RECEIVER = "SEEDWRITER", "FILEDOOR"


def write_claim_file(path: Path, claims: int, *, seed: int = 7, scene: Scene | None = None) -> int:
    """Write `claims` invented claims to `path`, whole or not at all; returns the number of bytes.

    The same number and seed always give the same bytes. ISA15 is T: a production world refuses it.
    """
    scene = replace(scene or Scene(), seed=seed)
    part = path.with_name(f".{path.name}.part")
    size_bytes = 0
    with part.open("wb") as file:
        for number, some in enumerate(_parts(make_claims(claims, scene)), 1):
            size_bytes += file.write(_interchange(some, number, scene))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return size_bytes


def _parts(claims: Iterator[Claim]) -> Iterator[list[Claim]]:
    while some := list(islice(claims, CLAIMS_PER_INTERCHANGE)):
        yield some


def _interchange(claims: list[Claim], number: int, scene: Scene) -> bytes:
    created_on = scene.created_on
    # Files of different seeds come from one sender: the same numbers with other bytes would be held.
    control = scene.seed % SEEDS * INTERCHANGES + number
    submitter = Correspondent("SEED WRITER", SENDER, Contact("FRONT DESK", (("TE", "8315550100"),)))
    envelope = Envelope(
        sender_qualifier="ZZ",
        sender_id=SENDER,
        receiver_qualifier="ZZ",
        receiver_id=RECEIVER,
        usage="T",
        created_on=created_on,
        created_at="0000",
        interchange_control=control,
        group_control=control,
        message_control=1,
        gs_sender=SENDER,
        gs_receiver=RECEIVER,
    )
    batch = Batch(
        reference=f"SEED{scene.seed:02d}{number:04d}",
        created_on=created_on,
        submitter=submitter,
        receiver=Correspondent("FILE DOOR", RECEIVER),
    )
    return write_837p(claims, envelope=envelope, batch=batch)
