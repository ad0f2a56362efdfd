"""A maximum of the year and a share of cost of the month are used up across claims, and given back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.party import Person
from tests.apps.billing.claims.payers import HOME_HEALTH, benefit_left, negated, part_of, proved
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import CHIDI, PAID_ON, claim, line, pay, remittance

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


def family_left(claim_id: int, left: str) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services.patient_part import record_benefit_left
    from cleanclaim.apps.billing.coverage.models import Coverage

    coverage = Coverage.objects.get(patient__claims=Claim.objects.get(pk=claim_id))
    record_benefit_left(
        coverage.pk, left=Decimal(left), as_of=date(2026, 6, 20), source="271", on=PAID_ON, by=None, is_family=True,
    )  # fmt: skip


def of_two(desk: Desk) -> list:
    """A claim of Chidi, who holds the plan, and one of his child."""
    child = Person("Okafor", "Ngozi", born_on=date(2015, 2, 3), sex="F", address=CHIDI.address)
    mine = claim("A", line(1, "G0299", "1480.00"))
    theirs = claim(
        "B", line(1, "G0299", "1480.00"), patient=child, patient_relationship="19",
        subscriber=replace(mine.subscriber, relationship=""),
    )  # fmt: skip
    ids = desk.take(mine, theirs)
    for claim_id, number in zip(ids, "AB", strict=True):
        desk.accept(claim_id, f"ICN-{number}")
    assert desk.row(ids[0]).patient_id != desk.row(ids[1]).patient_id
    return list(zip(ids, (mine, theirs), strict=True))


@pytest.mark.parametrize("is_known_before", [True, False])
def test_the_familys_maximum_is_used_up_by_all_of_it(
    inside: int, desk: Desk, is_known_before: bool
) -> None:
    [(first, a), (second, b)] = of_two(desk)
    if is_known_before:
        family_left(second, "300.00")
    answer(desk, a, "T1")
    answer(desk, b, "T2")
    if not is_known_before:
        family_left(first, "300.00")

    assert owes(desk, first) == dollars("224.00")
    assert owes(desk, second) == dollars("76.00")
    steps = str(part_of(desk, second).owed.lines[0].steps)
    assert "left of the family's out-of-pocket maximum" in steps
    assert proved() == []


def test_what_one_of_the_family_no_longer_used_the_other_owes(inside: int, desk: Desk) -> None:
    [(first, a), (second, b)] = of_two(desk)
    family_left(first, "300.00")
    answer(desk, a, "T1")
    answer(desk, b, "T2")

    taken_back = negated(pay(a, HOME_HEALTH, number="P-T1"))
    desk.post(remittance(taken_back, trace="T3", plb=(("FB", "F1", "-896.00"),)))

    assert owes(desk, second) == dollars("224.00")
    assert proved() == []


def test_lines_of_january_use_up_the_new_years_maximum(inside: int, desk: Desk) -> None:
    days = (date(2025, 12, 30), date(2026, 1, 2))
    lines = [line(n, "G0299", "740.00", service_from=day) for n, day in enumerate(days, 1)]
    both, after = claim("A", *lines), claim("B", line(1, "G0299", "1480.00"))
    [first, second] = desk.take(both, after)
    for claim_id, number in ((first, "A"), (second, "B")):
        desk.accept(claim_id, f"ICN-{number}")
    half = ("448.00", (("CO", "45", "180.00"), ("PR", "2", "112.00")))
    benefit_left(first, "200.00")  # of 2026, as of 20 June; both are answered after it
    desk.post(remittance(pay(both, half, half, number="P1"), trace="T1"))

    answer(desk, after, "T2")

    assert owes(desk, first) == dollars("224.00")  # 112.00 of each year
    assert owes(desk, second) == dollars("88.00")  # 200.00 less the 112.00 of January
    assert proved() == []
