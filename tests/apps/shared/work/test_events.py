"""What the exchange announces becomes work, and goes away with its cause."""

from datetime import UTC, date, datetime, timedelta

import pytest

pytestmark = pytest.mark.database_core
DAY = date(2026, 3, 2)
FILE = (
    b"ISA*00*          *00*          *ZZ*ME             *ZZ*PLAN           *260302*0000*^*00501*"
    b"000000001*0*P*:~GS*HC*ME*PLAN*20260302*0000*1*X*005010X222A1~ST*837*0001*005010X222A1~"
    b"SE*2*0001~GE*1*1~IEA*1*000000001~"
)


@pytest.fixture
def inside(practice):
    """The practice's tenant."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(practice)


@pytest.fixture
def partner(inside):
    """A plan that the practice sends to."""
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    with inside():
        return find_or_add_partner(
            slug="plan",
            name="The Plan",
            kind="health_plan",
            our_id="ME",
            their_id="PLAN",
            usage="P",
        )


def _queue(inside) -> list:
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.work.selectors import Filters, queue

    with inside():
        dispatch_events()
        return queue(Filters(), on=DAY)


def test_a_stopped_file_is_work_until_a_second_person_settles_it(inside, partner) -> None:
    from cleanclaim.apps.shared.exchange.services import receive_file, refuse_held_file

    with inside():
        receipt = receive_file(FILE, partner=partner, name="odd.x12", received_on=DAY, by=1)
    assert receipt.outcome == "held"  # it names another sender than the partner

    [item] = _queue(inside)

    assert (item.kind, item.title, item.subject_id) == (
        "stopped_file",
        "Held file",
        receipt.file_id,
    )
    assert item.reason.startswith("odd.x12: ISA06: ZZ:ME, expected ZZ:PLAN from The Plan.")
    with inside():
        refuse_held_file(receipt.file_id, reason="Not theirs", by=2)
    assert _queue(inside) == []


def test_an_empty_file_stands_below_everything_that_holds_claims_up(inside, partner) -> None:
    from cleanclaim.apps.shared.exchange.services import receive_file

    with inside():
        receive_file(b"", partner=None, name="empty.x12", received_on=DAY, by=1)
        receive_file(b"no X12", partner=None, name="odd.x12", received_on=DAY, by=1)

    first, last = _queue(inside)

    assert (first.kind, last.kind) == ("stopped_file", "empty_file")
    assert "empty.x12: The file is empty: 0 bytes" in last.reason
    assert last.rank < 10


def test_a_missing_answer_is_work_until_it_comes(inside, partner) -> None:
    from cleanclaim.apps.shared.exchange.services import (
        mark_delivered,
        queue_file,
        raise_answer_alarms,
        record_answer,
    )

    with inside():
        sent = queue_file(FILE, partner=partner, kind="837", name="batch", created_on=DAY)
        mark_delivered([sent.pk])
        answer = queue_file(FILE, partner=partner, kind="999", name="stand-in", created_on=DAY)
        raise_answer_alarms(datetime.now(UTC) + timedelta(hours=25))

    [item] = _queue(inside)

    assert (item.kind, item.title, item.payer_name) == ("no_answer", "No answer", "The Plan")
    assert "has not answered the 837" in item.reason
    with inside():
        record_answer(question_id=sent.pk, answer_id=answer.pk, kind="999", is_accepted=True)
    assert _queue(inside) == []
