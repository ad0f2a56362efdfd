"""A maximum of the year and a share of cost of the month are used up across claims, and given back."""

from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import HOME_HEALTH, benefit_left, negated, part_of, proved
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def visits(desk: Desk, *numbers: str) -> list:
    """Claims of one patient for 1,480.00 each."""
    made = [claim(number, line(1, "G0299", "1480.00")) for number in numbers]
    ids = desk.take(*made)
    for claim_id, number in zip(ids, numbers, strict=True):
        desk.accept(claim_id, f"ICN-{number}")
    return list(zip(ids, made, strict=True))


def answer(desk: Desk, one, trace: str, rows=HOME_HEALTH) -> None:
    desk.post(remittance(pay(one, rows, number=f"P-{trace}"), trace=trace))


def owes(desk: Desk, claim_id: int) -> tuple[Decimal, Decimal]:
    return desk.row(claim_id).patient_owes, part_of(desk, claim_id).owed.patient


def dollars(amount: str) -> tuple[Decimal, Decimal]:
    return Decimal(amount), Decimal(amount)


def test_the_maximum_is_used_up_across_claims(inside: int, desk: Desk) -> None:
    [(first, a), (second, b), (third, c)] = visits(desk, "A", "B", "C")
    benefit_left(first, "300.00")

    for one, trace in ((a, "T1"), (b, "T2"), (c, "T3")):
        answer(desk, one, trace)

    # 300.00 = 224.00 + 76.00 + 0.00
    assert owes(desk, first) == dollars("224.00")
    assert owes(desk, second) == dollars("76.00")
    assert owes(desk, third) == dollars("0.00")
    steps = str(part_of(desk, second).owed.lines[0].steps)
    assert "224.00 used since by claims answered before" in steps
    assert desk.buckets() == {"patient": Decimal("300.00"), "payer:1": Decimal("372.00")}
    assert proved() == []


def test_an_answer_taken_back_gives_the_maximum_back(inside: int, desk: Desk) -> None:
    [(first, a), (second, b)] = visits(desk, "A", "B")
    benefit_left(first, "300.00")
    answer(desk, a, "T1")
    answer(desk, b, "T2")
    assert owes(desk, second) == dollars("76.00")

    taken_back = negated(pay(a, HOME_HEALTH, number="P-T1"))
    desk.post(remittance(taken_back, trace="T3", plb=(("FB", "F1", "-896.00"),)))

    assert owes(desk, second) == dollars("224.00")
    assert proved() == []


def test_a_figure_entered_later_counts_for_all_answered_claims(inside: int, desk: Desk) -> None:
    [(first, a), (second, b)] = visits(desk, "A", "B")
    answer(desk, a, "T1")
    answer(desk, b, "T2")

    benefit_left(first, "300.00")

    assert [owes(desk, one) for one in (first, second)] == [dollars("224.00"), dollars("76.00")]
    assert proved() == []


def test_what_is_not_covered_does_not_count_towards_the_maximum(inside: int, desk: Desk) -> None:
    [(first, a), (second, b)] = visits(desk, "A", "B")
    benefit_left(first, "300.00")

    answer(desk, a, "T1", ("896.00", (("CO", "45", "360.00"), ("PR", "96", "224.00"))))
    answer(desk, b, "T2")

    assert owes(desk, first)[1] == Decimal("224.00")
    assert owes(desk, second) == dollars("224.00")


def test_a_share_of_cost_is_asked_for_once_a_month(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.models import Coverage

    [(first, a), (second, b)] = visits(desk, "A", "B")
    Coverage.objects.update(filing_indicator="MC", program="medicaid", share_of_cost="300.00")

    answer(desk, a, "T1")
    answer(desk, b, "T2")

    assert [owes(desk, one) for one in (first, second)] == [dollars("224.00"), dollars("76.00")]
    taken_back = negated(pay(a, HOME_HEALTH, number="P-T1"))
    desk.post(remittance(taken_back, trace="T3", plb=(("FB", "F1", "-896.00"),)))
    assert owes(desk, second) == dollars("224.00")
    assert proved() == []


def test_another_month_has_its_own_share_of_cost(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.coverage.models import Coverage

    [(first, a), (second, b)] = visits(desk, "A", "B")
    Claim.objects.filter(pk=first).update(service_from="2026-05-20")
    Coverage.objects.update(filing_indicator="MC", program="medicaid", share_of_cost="300.00")

    answer(desk, a, "T1")
    answer(desk, b, "T2")

    assert [owes(desk, one) for one in (first, second)] == [dollars("224.00"), dollars("224.00")]
