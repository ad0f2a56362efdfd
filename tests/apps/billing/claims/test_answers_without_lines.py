"""A payer may answer a claim as a whole: what it says is laid on the lines by what was left of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    MEDICAID,
    from_payer,
    negated,
    part_of,
    proved,
    send_next,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def before_second_without_lines(desk: Desk) -> tuple[int, ClaimPayment]:
    """Two lines of which the first payer left 40.00 and 60.00; the second pays 30.00 of both and leaves 70.00."""
    one = claim(
        "A1", line(1, "99213", "100.00"), line(2, "20610", "300.00"), other_coverages=(AS_SECOND,)
    )
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    first = pay(
        one,
        ("20.00", (("CO", "45", "40.00"), ("PR", "2", "40.00"))),
        ("150.00", (("CO", "45", "90.00"), ("PR", "2", "60.00"))),
    )
    desk.post(remittance(first, trace="T1"))
    send_next(claim_id)
    answer = pay(
        one,
        ("30.00", (("OA", "23", "70.00"),)),
        ("0.00", (("OA", "23", "230.00"), ("PR", "2", "70.00"))),
        number="MCD1",
        status="2",
    )
    adjustments = tuple(one for each in answer.lines for one in each.adjustments)
    return claim_id, replace(answer, adjustments=adjustments, lines=())


def second_without_lines(desk: Desk) -> int:
    """As `before_second_without_lines`, answered."""
    claim_id, answer = before_second_without_lines(desk)
    desk.post(from_payer(MEDICAID, answer, "T2"))
    return claim_id


def test_a_second_answer_without_lines_leaves_the_patient_what_it_says(inside, desk):
    claim_id = second_without_lines(desk)

    row, found = desk.row(claim_id), part_of(desk, claim_id)

    assert (row.patient_owes, found.owed.patient) == (Decimal("70.00"), Decimal("70.00"))
    assert found.part.billable == Decimal("70.00")
    assert [(one.paid, one.patient) for one in found.owed.lines] == [
        (Decimal("32.00"), Decimal("28.00")),
        (Decimal("168.00"), Decimal("42.00")),
    ]


def test_a_second_answer_without_lines_leaves_nothing_open_on_any_line(inside, desk):
    from django.db.models import Sum

    from cleanclaim.apps.shared.ledger.models import Leg

    claim_id = second_without_lines(desk)

    legs = Leg.objects.filter(claim_id=claim_id, account="receivable:payer:2")
    left = legs.values("item_id").annotate(left=Sum("amount")).order_by("item_id")
    assert [one["left"] for one in left] == [Decimal("0.00"), Decimal("0.00")]


def open_per_line(claim_id: int) -> dict[tuple[int, str], Decimal]:
    from django.db.models import Sum

    from cleanclaim.apps.shared.ledger.models import Leg

    legs = Leg.objects.filter(claim_id=claim_id, account__startswith="receivable:")
    rows = legs.values_list("line_number", "account").annotate(left=Sum("amount"))
    return {(number, account): left for number, account, left in rows if left}


def test_what_takes_an_answer_without_lines_back_leaves_each_line_as_it_was(inside, desk):
    claim_id, answer = before_second_without_lines(desk)
    before = open_per_line(claim_id)
    desk.post(from_payer(MEDICAID, answer, "T2"))
    assert open_per_line(claim_id) != before

    taken = tuple(replace(one, amount=-one.amount) for one in answer.adjustments)
    back = negated(replace(answer, adjustments=taken))
    made = remittance(back, trace="T3", plb=(("FB", "F1", "-30.00"),))
    desk.post(replace(made, payer=from_payer(MEDICAID, back, "T3").payer))

    assert open_per_line(claim_id) == before
    assert proved() == []


def first_without_lines(desk: Desk) -> tuple[int, ClaimPayment]:
    """The first payer left 100.00 of the claim, by charge 25.00 and 75.00; the second answers 90.00 and 10.00 of it."""
    one = claim(
        "A1", line(1, "99213", "100.00"), line(2, "20610", "300.00"), other_coverages=(AS_SECOND,)
    )
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    first = pay(one, ("200.00", ()), ("0.00", (("CO", "45", "100.00"), ("PR", "2", "100.00"))))
    adjustments = first.lines[1].adjustments
    desk.post(remittance(replace(first, charge=one.charge, adjustments=adjustments, lines=())))
    send_next(claim_id)
    second = pay(
        one,
        ("30.00", (("OA", "23", "10.00"), ("PR", "2", "60.00"))),
        ("0.00", (("OA", "23", "290.00"), ("PR", "2", "10.00"))),
        number="MCD1",
        status="2",
    )
    return claim_id, second


def test_a_first_answer_without_lines_does_not_lessen_what_the_second_leaves(inside, desk):
    claim_id, second = first_without_lines(desk)

    desk.post(from_payer(MEDICAID, second, "T2"))

    row, found = desk.row(claim_id), part_of(desk, claim_id)

    assert (row.patient_owes, row.open_amount) == (Decimal("70.00"), Decimal("0.00"))
    assert (found.owed.patient, found.part.billable) == (Decimal("70.00"), Decimal("70.00"))


def test_what_a_first_answer_without_lines_left_is_posted_where_the_second_asks_for_it(
    inside, desk
):
    claim_id, second = first_without_lines(desk)
    before = open_per_line(claim_id)
    assert before == {
        (1, "receivable:payer:2"): Decimal("25.00"),
        (2, "receivable:payer:2"): Decimal("75.00"),
    }

    desk.post(from_payer(MEDICAID, second, "T2"))

    assert open_per_line(claim_id) == {
        (1, "receivable:patient"): Decimal("60.00"),
        (2, "receivable:patient"): Decimal("10.00"),
    }
    assert desk.work("underpaid") == desk.work("credit_balance") == []
    made = remittance(negated(second), trace="T3", plb=(("FB", "F1", "-30.00"),))
    desk.post(replace(made, payer=from_payer(MEDICAID, second, "T3").payer))
    assert open_per_line(claim_id) == before
    assert proved() == []
