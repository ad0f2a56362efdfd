"""Enrollments (834), premium payments (820) and attachments (275): what we write we read back; what does not add up."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import cleanclaim.edi
from cleanclaim.edi import (
    Attachment,
    Document,
    read,
    read_file,
    write_275,
    write_820,
    write_834,
)
from cleanclaim.kernel.errors import InputError
from tests.edi.people import ENVELOPE
from tests.edi.plan_people import ATTACHING, HEAD, PAYMENT, attachments, bills, members, premiums

FOLDER = Path(cleanclaim.edi.__file__).parent
_SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def _sample(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _errors(message) -> list[tuple[str, str, str, int, int]]:
    return [
        (f.code, f.segment, f.value, f.element, f.position) for f in message.findings if f.is_error
    ]


@_SLOW
@given(st.lists(members(), min_size=1, max_size=3))
def test_members_survive_an_834(sent):
    counted = (("TO", len(sent)),)
    head = replace(HEAD, totals=counted)

    message = next(read_file(write_834(sent, envelope=ENVELOPE, head=head)).messages)

    assert list(message.members()) == sent
    assert message.enrollment() == head
    assert _errors(message) == []


@_SLOW
@given(st.lists(premiums(), max_size=3), st.one_of(st.none(), bills()))
def test_premiums_survive_an_820(sent, bill):
    paid = sum((item.amount for item in (*sent, *([bill] if bill else []))), Decimal(0))
    head = replace(PAYMENT, paid=paid, summary=bill)

    message = next(read_file(write_820(sent, envelope=ENVELOPE, head=head)).messages)

    assert list(message.premium_remittances()) == sent
    assert message.premium_payment() == head
    assert _errors(message) == []


@_SLOW
@given(st.booleans().flatmap(lambda bds: st.tuples(
    st.just(bds), st.lists(attachments(with_bds=bds), min_size=1, max_size=2))))  # fmt: skip
def test_attachments_survive_a_275_whatever_bytes_they_hold(sent):
    with_bds, values = sent
    guide = "006020X314" if with_bds else "005010X211"

    data = write_275(values, envelope=ENVELOPE, head=ATTACHING, guide_id=guide)

    message = next(read_file(data).messages)
    assert list(message.attachments()) == values
    assert message.attachment_head() == ATTACHING
    assert message.guide == guide
    assert _errors(message) == []


@pytest.mark.parametrize(
    "name",
    ["hc834/samples/family_and_leaver.edi", "hc820/samples/individual_premiums.edi",
     "hc275/samples/two_documents.edi"],
)  # fmt: skip
def test_units_are_given_out_one_at_a_time_as_from_the_whole_message(name):
    data = _sample(name)
    message = next(read_file(data).messages)
    ways = {"834": message.members, "820": message.premium_remittances, "275": message.attachments}

    units = [unit.value for unit in read(data)]

    assert len(units) >= 2
    assert units == list(ways[message.name]())


def test_control_totals_are_held_against_the_members_counted():
    data = _sample("hc834/samples/family_and_leaver.edi").replace(b"QTY*DT*1", b"QTY*DT*2")

    message = next(read_file(data).messages)

    assert _errors(message) == [("I12", "QTY", "2", 2, 6)]
    assert not message.is_accepted


def test_a_payment_that_its_remittances_do_not_explain_is_refused():
    data = _sample("hc820/samples/individual_premiums.edi").replace(b"BPR*C*300*", b"BPR*C*300.01*")

    message = next(read_file(data).messages)

    assert _errors(message) == [("I12", "BPR", "300.01", 2, 2)]
    assert not message.is_accepted


def test_an_adjustment_for_an_earlier_payment_counts_into_the_payment():
    # 812.40 = 825.00 for the bill - 12.60 for an earlier payment
    data = _sample("hc820/samples/group_bill.edi").replace(b"ADX*-12.6*52", b"ADX*-12.5*52")

    message = next(read_file(data).messages)

    assert _errors(message) == [("I12", "BPR", "812.4", 2, 2)]


def test_paid_that_differs_from_billed_and_its_adjustments_is_remarked():
    data = _sample("hc820/samples/group_bill.edi").replace(b"ADX*-25*H1", b"ADX*-24*H1")

    message = next(read_file(data).messages)

    assert message.is_accepted
    remarks = [(f.code, f.segment, f.element) for f in message.findings]
    assert remarks == [("I12", "RMR", 4)]


def test_a_payment_without_any_remittance_is_not_judged():
    head = replace(PAYMENT, paid=Decimal("55"))

    message = next(read_file(write_820([], envelope=ENVELOPE, head=head)).messages)

    assert _errors(message) == []


@pytest.mark.parametrize("stated", ["71", "74", "999999"])
def test_a_wrong_length_of_binary_data_is_refused_at_the_length(stated):
    data = _sample("hc275/samples/note_as_asked_for.edi").replace(b"NORMAL^", b"NORMAL_")
    data = data.replace(b"HEALED~RANGE", b"HEALED, RANGE").replace(b"BIN*73*", b"BIN*74*")
    assert next(read_file(data).messages).is_accepted

    message = next(read_file(data.replace(b"BIN*74*", f"BIN*{stated}*".encode())).messages)

    expected = [] if stated == "74" else [("I12", "BIN", stated, 1, 19)]
    assert _errors(message) == expected


def test_documents_of_the_other_version_are_not_written():
    plain, packed = Document(b"A"), Document(b"A", "B64")

    with pytest.raises(InputError, match="needs a filter code"):
        write_275([Attachment((plain,))], envelope=ENVELOPE, head=ATTACHING, guide_id="006020X314")
    with pytest.raises(InputError, match="no room for a filter code"):
        write_275([Attachment((packed,))], envelope=ENVELOPE, head=ATTACHING)
    with pytest.raises(InputError, match="0 bytes"):
        write_275([Attachment((Document(b""),))], envelope=ENVELOPE, head=ATTACHING)
    with pytest.raises(InputError, match="none of a 275"):
        write_275(
            [Attachment((plain,))], envelope=ENVELOPE, head=ATTACHING, guide_id="005010X220A1"
        )


def test_nothing_to_write_is_said():
    with pytest.raises(InputError, match="no members"):
        write_834([], envelope=ENVELOPE, head=HEAD)
    with pytest.raises(InputError, match="no attachments"):
        write_275([], envelope=ENVELOPE, head=ATTACHING)


def test_a_997_tells_which_message_and_where():
    message = next(read_file(_sample("ack997/samples/one_refused.edi")).messages)

    answer = message.acknowledgement()

    assert (answer.group_control_number, answer.sets_accepted) == ("17", 1)
    finding = answer.messages[1].findings[0]
    assert (finding.segment, finding.position, finding.element, finding.component) == (
        "CLM",
        22,
        5,
        3,
    )
    assert (finding.code, finding.value, finding.is_error) == ("7", "0", True)


def test_an_attachment_refused_for_its_length_is_still_read():
    data = _sample("hc275/samples/note_as_asked_for.edi").replace(b"BIN*73*", b"BIN*X*")

    message = next(read_file(data).messages)

    assert not message.is_accepted
    assert next(message.attachments()).documents[0].content.startswith(b"DISCHARGE NOTE")
