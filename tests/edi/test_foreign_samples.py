"""Files that others wrote: accepted, refused for a reason that is right, or answered as unsupported."""

import re

import pytest

from cleanclaim.edi import read_file, syntax_acknowledgements, write_835
from cleanclaim.edi.guides import SUPPORTED
from cleanclaim.kernel.errors import InputError
from tests.edi import claim_messages, normal
from tests.edi.people import ENVELOPE
from tests.edi.shared_data import OBJECTIONS, Sample, needs_samples, samples

pytestmark = needs_samples
ALL = samples()
CLAIMS = ("837P", "837I", "837D")


def _chosen(status: str, *transactions: str) -> list[Sample]:
    return [
        s
        for s in ALL
        if s.status == status and s.transaction in transactions and s.version in SUPPORTED
    ]


def _name(sample: Sample) -> str:
    return sample.path.name


def _findings(sample: Sample):
    received = read_file(sample.path.read_bytes())
    return received, [f for message in received.messages for f in message.findings]


@pytest.mark.parametrize("sample", _chosen("valid", *CLAIMS, "835", "999", "277CA"), ids=_name)
def test_valid_files_are_accepted_or_refused_for_the_known_reason(sample):
    received, findings = _findings(sample)

    objection = OBJECTIONS.get(sample.path.name)
    refusals = {(f.carrier, f.code, f.segment) for f in findings if f.is_error}
    assert received.is_accepted == (objection is None), refusals
    if objection:
        assert objection in refusals


@pytest.mark.parametrize("sample", _chosen("valid", *CLAIMS, "835"), ids=_name)
def test_valid_files_are_written_again_as_they_came(sample):
    if sample.path.name in OBJECTIONS:
        pytest.skip("refused, see OBJECTIONS")
    data = sample.path.read_bytes()

    again = []
    for message in read_file(data).messages:
        if message.kind == "837":
            again.append(claim_messages.again(message, envelope=ENVELOPE))
        else:
            again.append(write_835([message.remittance()], envelope=ENVELOPE))

    assert [normal.messages(part)[0] for part in again] == normal.messages(data)


@pytest.mark.parametrize("sample", _chosen("invalid", *CLAIMS, "835", "999", "277CA"), ids=_name)
def test_invalid_files_are_refused_with_the_stated_code(sample):
    received, findings = _findings(sample)

    assert not received.is_accepted
    codes = {(f.carrier, f.code) for f in findings}
    codes |= {
        (f.carrier, f.code) for i in received.interchanges for g in i.groups for f in g.findings
    }
    codes |= {("TA105", i.ta1.note) for i in received.interchanges}
    stated = _stated(sample.expected)
    assert stated is None or stated in codes


def _stated(expected: str) -> tuple[str, str] | None:
    for pattern, carrier in (
        (r"^IK5\*R\*(\d+)", "IK502"),
        (r"^IK3\*\w+\*\.\.\*\*(\d+)", "IK304"),
        (r"^IK4\*\d+\*\.\.\*(\d+)", "IK403"),
        (r"^IK4 code (\d+)", "IK403"),
        (r"AK905=(\d+)", "AK905"),
        (r"^TA1 (\d+)", "TA105"),
        (r"IK5\*R\*(\d+)\)", "IK502"),
    ):
        found = re.search(pattern, expected)
        if found:
            return carrier, found[1]
    return ("IK403", "7") if expected.startswith("HL02") else None


@pytest.mark.parametrize("sample", ALL, ids=_name)
def test_no_file_breaks_the_reader_and_unknown_guides_are_answered_as_unsupported(sample):
    try:
        received = read_file(sample.path.read_bytes())
    except InputError as error:
        assert "byte 0" in str(error)
        return

    for interchange in received.interchanges:
        for ack in syntax_acknowledgements(interchange):
            if ack.guide not in SUPPORTED:
                assert ack.outcome == "rejected"
                assert {"1", "2"} & set(ack.codes)
                assert all("I6" in answer.codes for answer in ack.messages)
