"""What we write we read back the same, whatever it is."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cleanclaim.edi import read_file, write_835, write_837d, write_837i, write_837p
from tests.edi.people import BATCH, ENVELOPE, REMITTANCE, claims, remittances
from tests.edi.people_claims import dental_claims, institutional_claims

_SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # shrinking whole claims takes minutes
)


def _errors(message):
    """What other payers paid is drawn at random here and does not balance."""
    return [f for f in message.findings if f.is_error and f.segment not in ("AMT", "SVD")]


@_SLOW
@given(st.lists(claims(), min_size=1, max_size=4))
def test_claims_survive_an_837p(sent):
    message = next(read_file(write_837p(sent, envelope=ENVELOPE, batch=BATCH)).messages)

    assert list(message.claims()) == sent
    assert message.header == BATCH
    assert _errors(message) == []


@_SLOW
@given(st.lists(institutional_claims(), min_size=1, max_size=3))
def test_claims_survive_an_837i(sent):
    message = next(read_file(write_837i(sent, envelope=ENVELOPE, batch=BATCH)).messages)

    assert list(message.claims()) == sent
    assert message.header == BATCH
    assert _errors(message) == []


@_SLOW
@given(st.lists(dental_claims(), min_size=1, max_size=3))
def test_claims_survive_an_837d(sent):
    message = next(read_file(write_837d(sent, envelope=ENVELOPE, batch=BATCH)).messages)

    assert list(message.claims()) == sent
    assert message.header == BATCH
    assert _errors(message) == []


@_SLOW
@given(st.lists(remittances(), min_size=1, max_size=2))
def test_remittances_survive_an_835(sent):
    received = read_file(write_835(sent, envelope=ENVELOPE))

    assert [message.remittance() for message in received.messages] == sent
    assert [f for message in received.messages for f in message.findings if f.is_error] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DTM*472*20260203~", "DTM*472*20260203~DTM*472*20260209~"),
        ("DTM*472*20260203~", "DTM*150*20260203~DTM*151*20260204~"),
        ("DTM*472*20260203~", "DTM*472*20260203~DTM*151*20260204~"),
        ("SVC*HC:99213:25*125", "SVC*HC:99213:25:::::99215*125"),
        ("*80**1~", "*80**1*HC:99212::::::99214~"),
    ],
)
def test_what_a_paid_line_has_no_field_for_is_written_again(old, new):
    text = write_835([REMITTANCE], envelope=ENVELOPE).decode()
    changed = text.replace(old, new)
    assert changed != text

    [message] = read_file(changed.encode()).messages
    again = write_835([message.remittance()], envelope=ENVELOPE).decode()

    count = f"SE*{again.count('~') - 4}*"
    assert again == changed.replace("SE*20*", count)
