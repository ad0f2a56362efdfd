"""Partial acceptance: what a policy refuses (group, message, claim), and the 277CA to the claims of an 837."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.edi import read_file, write_277ca, write_835, write_837p, write_999
from cleanclaim.edi.answers import Policy, Refuse, is_refused, syntax_acknowledgements
from cleanclaim.edi.checks import run
from cleanclaim.edi.claim_answers import claim_acknowledgement, judged_claims
from cleanclaim.edi.received import to_finding
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import Outcome
from cleanclaim.wire.x12.tree import leaves
from tests.edi.people import BATCH, CLAIM, ENVELOPE, REMITTANCE

CLAIM_ONLY = Policy(Refuse.CLAIM)
ON = date(2026, 3, 2)


def _file(*edits: tuple[str, str], claims=(CLAIM,)) -> bytes:
    text = write_837p(list(claims), envelope=ENVELOPE, batch=BATCH).decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def _interchange(data: bytes):
    """As received, with the findings of all levels."""
    [interchange] = read_file(data).interchanges
    for message in interchange.messages:
        walked = message.walked
        found = run("837P", leaves(walked, "2300"), walked.delimiters, on=ON)
        known = {(f.position, f.code, f.element) for f in message.findings}
        message.findings += tuple(
            to_finding(d) for d in found if (d.position, d.code, d.element) not in known
        )
    return interchange


def _answer(data: bytes, policy: Policy):
    [message] = _interchange(data).messages
    return claim_acknowledgement(
        judged_claims(message), batch=BATCH, payer_name="HARBOR PLAN", payer_id="77001", received_on=ON,
        processed_on=ON, policy=policy,
    )  # fmt: skip


def _statuses(data: bytes, policy: Policy = CLAIM_ONLY) -> list[tuple[str, str, str, str]]:
    answer = _answer(data, policy)
    return [
        (s.control_number, s.category, s.status, s.entity)
        for provider in answer.providers
        for s in provider.claims
    ]


TWO = (CLAIM, replace(CLAIM, control_number="C2"))


def test_an_error_of_the_guide_within_a_claim_refuses_the_message_by_default():
    [ack] = syntax_acknowledgements(_interchange(_file(("11:B:1*Y*A", "11:B:1*Q*A"), claims=TWO)))

    assert (ack.outcome, ack.sets_accepted) == (Outcome.REJECTED, 0)
    assert ack.messages[0].codes == ("5",)


def test_it_refuses_only_its_claim_where_the_policy_says_so():
    data = _file(("11:B:1*Y*A", "11:B:1*Q*A"), claims=TWO)

    [ack] = syntax_acknowledgements(_interchange(data), CLAIM_ONLY)

    assert (ack.outcome, ack.sets_accepted) == (Outcome.WITH_ERRORS, 1)
    assert _statuses(data) == [
        (CLAIM.control_number, "A3", "21", ""),
        ("C2", "A2", "20", "PR"),
    ]


def test_a_999_names_the_claim_that_each_error_stands_in():
    text = _file(claims=TWO).decode()
    second = text.index("CLM*C2*")
    data = (
        text[:second].replace("11:B:1*Y*A", "11:B:1*Q*A") + text[second:].replace("HI*ABK:I10~", "")
    ).encode()

    [ack] = syntax_acknowledgements(_interchange(data))

    found = [(f.segment, f.contexts[0].names) for f in ack.messages[0].findings]
    assert found == [
        ("CLM", (("CLM01", CLAIM.control_number),)),
        ("HI", (("CLM01", "C2"),)),
    ]
    assert (
        f"CTX*CLM01:{CLAIM.control_number}~IK4*6*" in write_999([ack], envelope=ENVELOPE).decode()
    )


def test_what_a_claim_lacks_at_its_end_is_not_laid_on_the_next_claim():
    text = _file(claims=TWO).decode()
    first, second = text.index("LX*1~"), text.index("CLM*C2*")
    data = (text[:first] + text[second:]).encode()

    [ack] = syntax_acknowledgements(_interchange(data))

    [finding] = [f for f in ack.messages[0].findings if f.segment == "LX"]
    assert finding.contexts[0].names == (("CLM01", CLAIM.control_number),)
    assert _statuses(data) == [(CLAIM.control_number, "A3", "21", ""), ("C2", "A2", "20", "PR")]


def test_an_error_above_the_claims_refuses_the_message_under_every_policy():
    data = _file(("REF*EI*310000001~", ""))

    for policy in (Policy(), CLAIM_ONLY, Policy(Refuse.GROUP)):
        [ack] = syntax_acknowledgements(_interchange(data), policy)
        assert ack.outcome is Outcome.REJECTED


def test_one_refused_message_takes_its_group_with_it_where_the_policy_says_so():
    good = _file().decode()
    start, end = good.index("ST*837"), good.index("GE*")
    message = good[start:end]
    bad = message.replace("*0001", "*0002").replace("19800517", "19800599")
    data = (good[:start] + message + bad + good[end:].replace("GE*1*", "GE*2*")).encode()

    [partial] = syntax_acknowledgements(_interchange(data))
    [none] = syntax_acknowledgements(_interchange(data), Policy(Refuse.GROUP))

    assert (partial.outcome, partial.sets_received, partial.sets_accepted) == (
        Outcome.PARTIAL,
        2,
        1,
    )
    assert (none.outcome, none.sets_accepted) == (Outcome.REJECTED, 0)
    assert [m.outcome for m in none.messages] == [Outcome.REJECTED, Outcome.REJECTED]
    assert all(m.codes for m in none.messages)


def test_levels_above_two_refuse_a_message_only_where_the_policy_says_so():
    [message] = _interchange(_file(("*125***11", "*126***11"))).messages

    assert not is_refused(message)
    assert is_refused(message, Policy(message_levels=frozenset({1, 2, 3})))


def test_a_277ca_accepts_and_rejects_claims_of_one_message_with_totals():
    data = _file(("*125***11", "*126***11"), claims=TWO)

    answer = _answer(data, CLAIM_ONLY)

    text = write_277ca([answer], envelope=ENVELOPE).decode()
    assert _statuses(data) == [
        (CLAIM.control_number, "A8", "178", ""),
        ("C2", "A2", "20", "PR"),
    ]
    assert "QTY*90*1~QTY*AA*1~AMT*YU*125~AMT*YY*126~" in text
    assert answer.providers[0].claims[0].message.startswith("2300 CLM02 claim charge 126")
    assert answer.providers[0].claims[0].charge == Decimal("126")


def test_something_missing_is_a6_and_something_invalid_a7_with_whom_it_is_about():
    assert _statuses(_file(("*11:B:1*", "*11:B:8*"))) == [(CLAIM.control_number, "A6", "464", "")]
    assert _statuses(_file(("OH*432150001", "OO*432150001"))) == [
        (CLAIM.control_number, "A7", "501", "85")
    ]


def test_an_error_of_the_subscriber_is_one_of_each_of_its_claims_and_no_other():
    other = replace(
        CLAIM,
        control_number="C2",
        subscriber=replace(
            CLAIM.subscriber, person=replace(CLAIM.subscriber.person, member_id="H9")
        ),
    )
    data = _file(("*MI*H9~N3*12 ELM ST~N4*COLUMBUS*OH*", "*MI*H9~N3*12 ELM ST~N4*COLUMBUS*OO*"),
                 claims=(CLAIM, other))  # fmt: skip

    assert _statuses(data) == [
        (CLAIM.control_number, "A2", "20", "PR"),
        ("C2", "A7", "501", "IL"),
    ]


def test_a_clearinghouse_only_says_that_it_received():
    assert _statuses(_file(), Policy(accepted="A1")) == [(CLAIM.control_number, "A1", "19", "PR")]


def test_only_the_levels_of_the_policy_refuse_a_claim():
    strict_to_two = Policy(Refuse.CLAIM, claim_levels=frozenset({1, 2}))

    assert _statuses(_file(("*125***11", "*126***11")), strict_to_two) == [
        (CLAIM.control_number, "A2", "20", "PR")
    ]


def test_a_message_without_claims_is_not_answered_claim_by_claim():
    [message] = read_file(write_835([REMITTANCE], envelope=ENVELOPE)).messages

    with pytest.raises(InputError, match="no claim message"):
        next(judged_claims(message))


def test_claims_are_not_answered_one_by_one_where_errors_are_only_counted():
    [message] = _interchange(_file()).messages
    message.unlisted_errors = 1

    with pytest.raises(InputError, match="1 errors more than are listed"):
        list(judged_claims(message))
