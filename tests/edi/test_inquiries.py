"""Eligibility, claim status and services reviews: what we write we read back, as a whole and one by one."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cleanclaim.edi import (
    read,
    read_file,
    write_270,
    write_271,
    write_276,
    write_277,
    write_278_request,
    write_278_response,
)
from cleanclaim.kernel.errors import InputError
from tests.edi.inquiry_people import claim_statuses, eligibilities, reviews
from tests.edi.people import ENVELOPE

_SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def _received(data):
    message = next(read_file(data).messages)
    assert [f for f in message.findings if f.is_error] == []
    return message


@_SLOW
@given(eligibilities(asks=True))
def test_an_eligibility_inquiry_survives_a_270(sent):
    assert _received(write_270([sent], envelope=ENVELOPE)).eligibility() == sent


@_SLOW
@given(eligibilities(asks=False))
def test_benefits_survive_a_271(sent):
    assert _received(write_271([sent], envelope=ENVELOPE)).eligibility() == sent


@_SLOW
@given(claim_statuses(asks=True))
def test_a_claim_inquiry_survives_a_276(sent):
    assert _received(write_276([sent], envelope=ENVELOPE)).claim_status() == sent


@_SLOW
@given(claim_statuses(asks=False))
def test_a_claim_status_survives_a_277(sent):
    assert _received(write_277([sent], envelope=ENVELOPE)).claim_status() == sent


@_SLOW
@given(st.booleans().flatmap(lambda asks: st.tuples(st.just(asks), reviews(asks=asks))))
def test_a_review_survives_a_278(case):
    asks, sent = case
    write = write_278_request if asks else write_278_response

    message = _received(write([sent], envelope=ENVELOPE))

    assert message.review() == sent
    assert message.name == ("278-request" if asks else "278-response")


@_SLOW
@given(eligibilities(asks=False))
def test_subscribers_are_given_out_one_at_a_time_with_who_asks(sent):
    expected = [
        (source.party, receiver.party, subscriber)
        for source in sent.sources
        for receiver in source.receivers
        for subscriber in receiver.subscribers
    ]

    units = [unit.value for unit in read(write_271([sent], envelope=ENVELOPE))]

    assert [(u.source, u.receiver, u.subscriber) for u in units] == expected


@_SLOW
@given(claim_statuses(asks=False))
def test_subscribers_of_a_277_are_given_out_one_at_a_time(sent):
    receiver = sent.payers[0].receivers[0]
    expected = [(p.parties, s) for p in receiver.providers for s in p.subscribers]

    units = [unit.value for unit in read(write_277([sent], envelope=ENVELOPE))]

    assert [(u.providers, u.subscriber) for u in units] == expected
    assert {(u.payer, u.receiver) for u in units} == {(sent.payers[0].party, receiver.party)}


@pytest.mark.parametrize(
    "write", [write_270, write_271, write_276, write_277, write_278_request, write_278_response]
)
def test_nothing_to_write_is_said(write):
    with pytest.raises(InputError, match="to write"):
        write([], envelope=ENVELOPE)
