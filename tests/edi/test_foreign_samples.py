"""Files that others wrote are written again as they came; how they are judged is in test_index."""

import pytest

from cleanclaim.edi import (
    read_file,
    write_270,
    write_271,
    write_276,
    write_277,
    write_278_request,
    write_278_response,
    write_835,
    write_999,
)
from cleanclaim.edi.guides import SUPPORTED
from tests.edi import claim_messages, normal, plan_messages
from tests.edi.objections import OBJECTIONS
from tests.edi.people import ENVELOPE
from tests.edi.shared_data import ROOT, Sample, needs_samples, samples

pytestmark = needs_samples
ALL = samples()


def _chosen(status: str, *transactions: str) -> list[Sample]:
    return [
        s
        for s in ALL
        if s.status == status and s.transaction in transactions and s.version in SUPPORTED
    ]


_AGAIN = {
    "837P": lambda m: claim_messages.again(m, envelope=ENVELOPE),
    "837I": lambda m: claim_messages.again(m, envelope=ENVELOPE),
    "837D": lambda m: claim_messages.again(m, envelope=ENVELOPE),
    "835": lambda m: write_835([m.remittance()], envelope=ENVELOPE),
    "999": lambda m: write_999([m.acknowledgement()], envelope=ENVELOPE),
    "834": lambda m: plan_messages.again(m, envelope=ENVELOPE),
    "820": lambda m: plan_messages.again(m, envelope=ENVELOPE),
    "275": lambda m: plan_messages.again(m, envelope=ENVELOPE),
    "270": lambda m: write_270([m.eligibility()], envelope=ENVELOPE),
    "271": lambda m: write_271([m.eligibility()], envelope=ENVELOPE),
    "276": lambda m: write_276([m.claim_status()], envelope=ENVELOPE),
    "277": lambda m: write_277([m.claim_status()], envelope=ENVELOPE),
    "278-request": lambda m: write_278_request([m.review()], envelope=ENVELOPE),
    "278-response": lambda m: write_278_response([m.review()], envelope=ENVELOPE),
}


def _name(sample: Sample) -> str:
    return sample.path.name


@pytest.mark.parametrize("sample", _chosen("valid", "278", *_AGAIN), ids=_name)
def test_valid_files_are_written_again_as_they_came(sample):
    if sample.path.relative_to(ROOT).as_posix() in OBJECTIONS:
        pytest.skip("refused, see objections.py")
    data = sample.path.read_bytes()

    again = [_AGAIN[message.name](message) for message in read_file(data).messages]

    assert [normal.messages(part)[0] for part in again] == normal.messages(data)
