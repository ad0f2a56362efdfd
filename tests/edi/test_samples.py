"""Our own sample files: accepted, and written again byte for byte."""

from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import (
    Envelope,
    read_file,
    write_277ca,
    write_835,
    write_999,
    write_ta1,
)
from tests.edi import claim_messages

FOLDER = Path(cleanclaim.edi.__file__).parent
SAMPLES = sorted(FOLDER.glob("*/samples/*.edi"))


def _envelope(interchange) -> Envelope:
    group = interchange.groups[0] if interchange.groups else None
    return Envelope(
        interchange.sender_qualifier,
        interchange.sender_id,
        interchange.receiver_qualifier,
        interchange.receiver_id,
        int(interchange.control_number),
        int(group.control_number) if group else 1,
        int(group.messages[0].control_number) if group else 1,
        interchange.usage,
        group.date if group else _day(interchange.date),
        interchange.time,
        group.gs_sender if group else "X",
        group.gs_receiver if group else "X",
    )


def _day(text: str):
    from datetime import date

    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))


def _again(interchange) -> bytes:
    envelope = _envelope(interchange)
    if not interchange.groups:
        return write_ta1(interchange.answers[0], envelope=envelope)
    messages = interchange.groups[0].messages
    first = messages[0]
    if first.kind == "837":
        return claim_messages.again(first, envelope=envelope)
    if first.kind == "835":
        return write_835([m.remittance() for m in messages], envelope=envelope)
    if first.kind == "999":
        return write_999([m.acknowledgement() for m in messages], envelope=envelope)
    return write_277ca([m.claim_acknowledgement() for m in messages], envelope=envelope)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_a_sample_is_accepted_and_written_again_the_same(path):
    data = path.read_bytes()

    received = read_file(data)

    assert received.is_accepted
    assert _again(received.interchanges[0]) == data.replace(b"~\n", b"~")


def test_every_message_has_samples_and_a_readme():
    folders = {path.parent for path in FOLDER.glob("*/read.py")}

    assert {path.parent.parent for path in SAMPLES} == folders
    assert all((folder / "README.md").exists() for folder in folders)
