"""Findings are bounded, so that hostile files fill no memory; no verdict forgets what is only counted."""

from dataclasses import replace

from cleanclaim.edi import check, read_file, syntax_acknowledgements, write_837p
from cleanclaim.edi.answers import Policy, Refuse
from cleanclaim.edi.flow import Wanted, receive
from cleanclaim.edi.received import ReceivedInterchange
from cleanclaim.values.acknowledgement import Outcome
from cleanclaim.values.claim import Claim
from cleanclaim.wire.x12.reader import read_events
from tests.edi.people import BATCH, CLAIM, ENVELOPE


def _claim_of(member: int) -> Claim:
    person = replace(CLAIM.subscriber.person, member_id=f"H{member:09}")
    return replace(CLAIM, subscriber=replace(CLAIM.subscriber, person=person))


CLAIMS = [_claim_of(member) for member in range(1100)]
FILE = write_837p(CLAIMS, envelope=ENVELOPE, batch=BATCH).decode()
BAD_DAY = FILE.replace("DTP*472*D8*20260203", "DTP*472*D8*20260299")  # an error in every claim


def test_an_error_behind_more_remarks_than_are_listed_refuses_the_message():
    remarked = FILE.replace("LX*1~", "LX*1*~")
    head, last = remarked.rsplit("*Y*A*Y*Y", 1)

    [message] = check(f"{head}*Q*A*Y*Y{last}".encode()).messages

    errors = [f for f in message.findings if f.is_error]
    assert [(f.segment, f.element, f.value) for f in errors] == [("CLM", 6, "Q")]
    assert not message.is_accepted
    assert (
        message.findings[-1].message
        == "100 more findings of level 1 are not listed, 0 of them errors"
    )


def test_errors_that_are_only_counted_refuse_the_message_even_where_claims_are_refused():
    [interchange] = check(BAD_DAY.encode()).interchanges

    [acknowledgement] = syntax_acknowledgements(interchange, Policy(Refuse.CLAIM))
    [message] = interchange.messages
    assert message.unlisted_errors == 100
    assert acknowledgement.messages[0].outcome is Outcome.REJECTED


def test_the_findings_of_a_whole_file_are_enough_to_answer_every_claim():
    [message] = read_file(BAD_DAY.encode()).messages

    assert sum(f.is_error for f in message.findings) == len(CLAIMS)
    assert not message.unlisted_errors


def test_values_are_read_in_memory_that_does_not_grow_with_the_number_of_messages():
    head, body = FILE[: FILE.index("ST*")], FILE[FILE.index("ST*") : FILE.index("CLM*")]
    many = head + "".join(f"{body}SE*1*0001~" for _ in range(50))

    *_, interchange = receive(read_events([many]), Wanted(frozenset(), units=True))

    assert isinstance(interchange, ReceivedInterchange)
    assert not list(interchange.messages)
