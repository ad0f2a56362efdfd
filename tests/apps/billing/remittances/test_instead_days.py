"""An answer put in the place of another: as of each day exactly one of the two stands, whatever days they bear."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))  # of 120.00
FIRST, SECOND = {"patient": dollars("10.00")}, {"patient": dollars("5.00")}
FORWARD = (("FB", "F1", "-80.00"),)


def after(days: int) -> date:
    return PAID_ON + timedelta(days=days)


def held_second(desk: Desk, paid_on: date, first_on: date = PAID_ON) -> tuple[int, int, int]:
    """The claim, its answer of one day, and a held second one of another day."""
    [claim_id] = desk.take(ONE)
    first = replace(remittance(pay(ONE, TYPICAL), trace="T1"), paid_on=first_on)
    [one] = desk.post(first)
    [two] = desk.post(replace(remittance(pay(ONE, OTHERWISE), trace="T2"), paid_on=paid_on))
    assert (one.held, two.held) == (0, 1)
    return claim_id, one.remittance_id, two.remittance_id


def stands(*days: int) -> list[dict]:
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances

    return [bucket_balances(effective_on=after(day)) for day in days]


def cash(*days: int) -> list:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    name = "liability:unapplied-cash"
    return [account_balances(effective_on=after(day)).get(name, dollars("0.00")) for day in days]


def test_where_the_second_ones_day_is_still_to_come_the_first_counts_until_then(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, _, second = held_second(desk, after(10))

    apply_instead(second, 1, claim_id=claim_id, reason="letter", on=after(2), by=1)

    assert stands(0, 2, 5, 9, 10, 11) == [FIRST] * 4 + [SECOND] * 2
    assert cash(2, 9, 10) == [0, 0, dollars("-80.00")]
    desk.prove()


def test_where_the_first_ones_day_is_still_to_come_the_second_counts_from_today(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, _, second = held_second(desk, after(0), first_on=after(10))

    apply_instead(second, 1, claim_id=claim_id, reason="letter", on=after(2), by=1)

    assert stands(2, 9, 10, 20) == [SECOND] * 4
    desk.prove()


def test_a_replacement_of_a_day_to_come_is_itself_replaced(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, first, second = held_second(desk, after(10))
    apply_instead(second, 1, claim_id=claim_id, reason="letter", on=after(2), by=1)

    apply_instead(first, 1, claim_id=claim_id, reason="no", on=after(4), by=1)

    assert stands(0, 5, 9, 10, 11) == [FIRST] * 5
    desk.prove()


def test_one_taken_back_by_hand_first_and_then_the_other_applied(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    claim_id, first, second = held_second(desk, after(0))
    reverse_place(first, 1, on=after(10), reason="wrong", by=1)

    apply_held(second, 1, claim_id=claim_id, on=after(10), by=1)

    assert stands(0, 5, 9, 10) == [FIRST] * 3 + [SECOND]
    desk.prove()


def test_one_taken_back_by_its_payer_first_and_then_the_other_applied(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held

    claim_id, _, second = held_second(desk, after(0))
    back = remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T3", plb=FORWARD)
    desk.post(replace(back, paid_on=after(10)))

    apply_held(second, 1, claim_id=claim_id, on=after(10), by=1)

    assert stands(0, 5, 9, 10) == [FIRST] * 3 + [SECOND]
    desk.prove()
