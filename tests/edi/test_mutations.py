"""Damaged files never raise, are answered, and what is still accepted survives being written again."""

import random
from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import (
    read_file,
    syntax_acknowledgements,
    write_835,
    write_837p,
    write_999,
    write_ta1,
)
from cleanclaim.kernel.errors import InputError
from tests.edi import plan_messages
from tests.edi.claim_messages import WRITERS
from tests.edi.damage import damage
from tests.edi.people import BATCH, CLAIM, ENVELOPE, REMITTANCE

FOLDER = Path(cleanclaim.edi.__file__).parent
SAMPLES = sorted(
    path
    for folder in ("hc837i", "hc837d", "hc834", "hc820", "hc275")
    for path in FOLDER.glob(f"{folder}/samples/*.edi")
)
BASES = (
    *(path.read_bytes().replace(b"\n", b"") for path in SAMPLES),
    write_837p([CLAIM, CLAIM], envelope=ENVELOPE, batch=BATCH),
    write_835([REMITTANCE, REMITTANCE], envelope=ENVELOPE),
)


def _use(data: bytes) -> None:
    for interchange in read_file(data).interchanges:
        write_ta1(interchange.ta1, envelope=ENVELOPE)
        acks = syntax_acknowledgements(interchange)
        if acks:
            answered = read_file(write_999(acks, envelope=ENVELOPE)).messages
            assert len([m.acknowledgement() for m in answered]) == len(acks)
        for message in interchange.messages:
            if message.walked is None:
                continue
            if message.kind == "837":
                _use_837(message)
            elif message.name in plan_messages.NAMES:
                _use_plan(message)
            elif message.is_accepted:
                again = next(
                    read_file(write_835([message.remittance()], envelope=ENVELOPE)).messages
                )
                assert again.remittance() == message.remittance()
            else:
                message.remittance()


def _use_837(message) -> None:
    found = [one.claim for one in message.located_claims()]
    if found and message.is_accepted:
        written = WRITERS[message.name](found, envelope=ENVELOPE, batch=message.header)
        assert list(next(read_file(written).messages).claims()) == found


def _use_plan(message) -> None:
    head, units = plan_messages.read(message)
    if units and message.is_accepted:
        written = plan_messages.again(message, envelope=ENVELOPE)
        assert plan_messages.read(next(read_file(written).messages)) == (head, units)


@pytest.mark.parametrize("seed", range(10))
def test_sixty_damaged_files(seed):
    chance = random.Random(seed)
    for _ in range(60):
        data = damage(BASES, chance)
        try:
            _use(data)
        except InputError as error:
            assert "not an X12 file" in str(error), data
