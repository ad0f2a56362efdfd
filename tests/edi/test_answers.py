"""999, TA1 and 277CA as files; and the 835 that must balance before it leaves."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cleanclaim.edi import (
    Policy,
    check,
    read_file,
    syntax_acknowledgements,
    write_277ca,
    write_835,
    write_837p,
    write_999,
    write_ta1,
)
from cleanclaim.edi.answer_files import answer_files
from cleanclaim.kernel.errors import InvariantError
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, ClaimStatus, ProviderStatus
from cleanclaim.values.adjustment import Adjustment, Group
from tests.edi.people import BATCH, CLAIM, ENVELOPE, NPI_CLINIC, PAYMENT, REMITTANCE

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
STATUS = ClaimStatus(
    "C1",
    "A2",
    "20",
    Decimal("125"),
    "PR",
    "ICN1",
    "D9X",
    date(2026, 2, 3),
    None,
    "",
    "RIVERA",
    "ANA",
    "H100200300",
)
ANSWER = ClaimAcknowledgement(
    "HARBOR PLAN", "77001", "MAPLE CLINIC", "MAPLE1", "B1", date(2026, 3, 2), date(2026, 3, 3),
    (ProviderStatus(NPI_CLINIC, "310000001", "MAPLE CLINIC",
                    (STATUS, replace(STATUS, control_number="C2", category="A7", status="562", entity="85"))),),
)  # fmt: skip


def test_a_999_reads_back_with_every_finding():
    bad = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH).decode()
    bad = (
        bad.replace("HI*ABK:I10~", "")
        .replace("*Y*A*Y*Y~", "*Y*Q*Y*Y~")
        .replace("19800517", "19800599")
    )
    [ack] = syntax_acknowledgements(read_file(bad.encode()).interchanges[0])

    received = read_file(write_999([ack], envelope=ENVELOPE))

    again = next(received.messages).acknowledgement()
    assert received.is_accepted
    assert replace(again, messages=()) == replace(ack, messages=())
    places = [
        (f.carrier, f.code, f.position, f.segment, f.element, f.value)
        for f in again.messages[0].findings
    ]
    assert sorted(places) == sorted(
        (f.carrier, f.code, f.position, f.segment, f.element, f.value)
        for f in ack.messages[0].findings
    )
    assert again.messages[0].codes == ("4", "5")


def test_an_acknowledgement_is_never_acknowledged():
    [ack] = syntax_acknowledgements(
        read_file(write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH)).interchanges[0]
    )
    interchange = read_file(
        write_999([ack], envelope=replace(ENVELOPE, ack_requested=True))
    ).interchanges[0]

    assert syntax_acknowledgements(interchange) == ()
    assert not interchange.wants_ta1


def test_a_ta1_reads_back():
    answer = read_file(write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH)).interchanges[0].ta1

    interchange = read_file(write_ta1(answer, envelope=ENVELOPE)).interchanges[0]

    assert interchange.answers == (answer,)
    assert interchange.is_accepted
    assert not interchange.wants_ta1


def test_a_ta1_is_due_when_it_was_asked_for():
    asked = write_837p([CLAIM], envelope=replace(ENVELOPE, ack_requested=True), batch=BATCH)

    assert read_file(asked).interchanges[0].wants_ta1
    assert (
        not read_file(write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH)).interchanges[0].wants_ta1
    )


def test_a_277ca_reads_back():
    received = read_file(write_277ca([ANSWER], envelope=ENVELOPE))

    assert received.is_accepted
    assert next(received.messages).findings == ()
    assert next(received.messages).claim_acknowledgement() == ANSWER


def test_a_remittance_is_read_as_it_was_written():
    message = next(read_file(write_835([REMITTANCE], envelope=ENVELOPE)).messages)

    assert message.is_accepted
    assert message.findings == ()
    assert message.remittance() == REMITTANCE


def _with_claim(claim) -> object:
    return replace(REMITTANCE, claims=(claim,))


@pytest.mark.parametrize(
    ("remittance", "words"),
    [
        (replace(REMITTANCE, paid=Decimal("81")), "remittance EFT1: difference 1"),
        (_with_claim(replace(PAYMENT, charge=Decimal("130"))), "claim C1: difference 5"),
        (_with_claim(replace(PAYMENT, lines=(replace(PAYMENT.lines[0], paid=Decimal("79")),))), "line 1: difference 1"),
        (
            _with_claim(
                replace(PAYMENT, lines=(replace(PAYMENT.lines[0], adjustments=(
                    Adjustment(Group.CONTRACTUAL, "16", Decimal("45")),)),))
            ),
            "line 1: CO-16 without a remark code",
        ),
    ],
)  # fmt: skip
def test_a_remittance_out_of_balance_never_leaves(remittance, words):
    with pytest.raises(InvariantError, match=words):
        write_835([remittance], envelope=ENVELOPE)


@pytest.mark.parametrize(
    ("old", "new", "segment"),
    [
        ("BPR*I*80*", "BPR*I*81*", "BPR"),
        ("*125*80*20*", "*126*80*20*", "CLP"),
        ("*125*80**1", "*125*79**1", "SVC"),
    ],
)
def test_a_received_remittance_out_of_balance_is_refused(old, new, segment):
    text = write_835([REMITTANCE], envelope=ENVELOPE).decode()
    assert old in text

    message = next(read_file(text.replace(old, new).encode()).messages)

    assert not message.is_accepted
    assert segment in {f.segment for f in message.findings if f.level == 3}
    [ack] = syntax_acknowledgements(read_file(text.replace(old, new).encode()).interchanges[0])
    assert ack.messages[0].codes == ("I5",)


@pytest.mark.parametrize(
    "sender",
    ["A-NAME-LONGER-THAN-15-CHARACTERS", "WITH*STAR", "WITH~TILDE", "WITH\x01CONTROL", "É", ""],
)
def test_every_envelope_that_is_read_is_answered(sender):
    text = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH).decode()
    text = text.replace("*", "|").replace("~", "\n").replace("|Y|A|Y|Y", "|Q|A|Y|Y")
    data = text.replace("|MAPLECLINIC    |", f"|{sender}|").encode()

    answers = list(answer_files(check(data), read_file(data), policy=Policy(), control=7, now=NOW))

    assert answers
    for answer in answers:
        [interchange] = check(answer.data).interchanges
        assert interchange.is_accepted
        assert len(interchange.receiver_id) in range(1, 16)


@pytest.mark.parametrize(("sent", "included"), [("1", 1), ("3", 3), ("X", 1), ("", 1)])
def test_a_999_repeats_how_many_messages_the_sender_said_there_are(sent, included):
    text = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH).decode()

    [interchange] = check(text.replace("GE*1*", f"GE*{sent}*").encode()).interchanges

    [acknowledgement] = syntax_acknowledgements(interchange)
    assert (acknowledgement.sets_included, acknowledgement.sets_received) == (included, 1)
