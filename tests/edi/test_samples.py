"""Our own sample files: accepted, and written again byte for byte."""

from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import (
    Envelope,
    read_file,
    write_270,
    write_271,
    write_276,
    write_277,
    write_277ca,
    write_278_request,
    write_278_response,
    write_835,
    write_999,
    write_ta1,
)
from tests.edi import claim_messages, plan_messages

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
    return _WRITERS[messages[0].name](messages, envelope)


def _write_claims(messages, envelope):
    return claim_messages.again(messages[0], envelope=envelope)


def _write_plan(messages, envelope):
    return plan_messages.again(messages[0], envelope=envelope)


_WRITERS = {
    "837P": _write_claims,
    "837I": _write_claims,
    "837D": _write_claims,
    "835": lambda messages, e: write_835([m.remittance() for m in messages], envelope=e),
    "834": _write_plan,
    "820": _write_plan,
    "275": _write_plan,
    "270": lambda messages, e: write_270([m.eligibility() for m in messages], envelope=e),
    "271": lambda messages, e: write_271([m.eligibility() for m in messages], envelope=e),
    "276": lambda messages, e: write_276([m.claim_status() for m in messages], envelope=e),
    "277": lambda messages, e: write_277([m.claim_status() for m in messages], envelope=e),
    "278-request": lambda ms, e: write_278_request([m.review() for m in ms], envelope=e),
    "278-response": lambda ms, e: write_278_response([m.review() for m in ms], envelope=e),
    "277CA": lambda ms, e: write_277ca([m.claim_acknowledgement() for m in ms], envelope=e),
    "999": lambda messages, e: write_999([m.acknowledgement() for m in messages], envelope=e),
}
_READ_ONLY = {"ack997"}


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


@pytest.mark.parametrize(
    "path", [p for p in SAMPLES if p.parent.parent.name in _READ_ONLY], ids=_name
)
def test_a_sample_of_a_message_that_we_only_read_is_accepted(path):
    received = read_file(path.read_bytes())

    assert received.is_accepted
    assert all(message.acknowledgement().messages for message in received.messages)


@pytest.mark.parametrize(
    "path", [p for p in SAMPLES if p.parent.parent.name not in _READ_ONLY], ids=_name
)
def test_a_sample_is_accepted_and_written_again_the_same(path):
    data = path.read_bytes()

    received = read_file(data)

    assert received.is_accepted
    assert _again(received.interchanges[0]) == data.replace(b"~\n", b"~")


def test_every_message_has_samples_and_a_readme():
    folders = {path.parent for path in FOLDER.glob("*/read.py")}

    assert {path.parent.parent for path in SAMPLES} == folders
    assert all((folder / "README.md").exists() for folder in folders)
