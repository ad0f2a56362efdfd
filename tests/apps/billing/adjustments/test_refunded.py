"""A payment beside an answer whose credit was refunded stays posted as long as the refund stands."""

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_refunds import DAY, identify
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
THIRD = ("90.00", (("CO", "45", "30.00"),))


@pytest.fixture
def refunded(desk: Desk, inside: int) -> tuple[int, int, int]:
    """A claim, the remittance of its answer, and that of a payment beside it whose 85.00 was refunded."""
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund
    from cleanclaim.apps.billing.remittances.services import apply_beside

    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    [claim_id] = desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))
    apply_beside(second.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=ana)
    case = identify(ana)
    request_refund(case.pk, on=DAY, by=ana)
    approve_refund(case.pk, on=DAY, by=lee)
    return claim_id, first.remittance_id, second.remittance_id


def test_neither_taken_back_nor_replaced_under_its_refund(desk: Desk, refunded) -> None:
    from cleanclaim.apps.billing.remittances.services import (
        apply_instead,
        reverse_place,
        reverse_posting,
    )

    claim_id, _, second = refunded
    [third] = desk.post(remittance(pay(ONE, THIRD), trace="T3"))
    assert third.held == 1

    for act in (
        lambda: reverse_place(second, 1, on=DAY, reason="x", by=1),
        lambda: reverse_posting(second, on=DAY, reason="x", by=1),
        lambda: apply_instead(third.remittance_id, 1, claim_id=claim_id, reason="x", on=DAY, by=1),
    ):
        with pytest.raises(StateError, match="of its cash was given back by refund"):
            act()
    assert desk.buckets() == {"patient": dollars("10.00")}


def test_the_answer_that_stands_beside_it_may_be_taken_back_and_another_applied(
    desk: Desk, refunded
) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    claim_id, first, _ = refunded
    [third] = desk.post(remittance(pay(ONE, THIRD), trace="T3"))

    reverse_place(first, 1, on=DAY, reason="letter", by=1)
    apply_held(third.remittance_id, 1, claim_id=claim_id, on=DAY, by=1)

    assert desk.row(claim_id).paid == dollars("90.00")
    assert desk.buckets() == {}
    desk.prove()


def test_without_the_guard_its_cash_would_wait_once_more(
    desk: Desk, refunded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    from cleanclaim.apps.billing.remittances import guards
    from cleanclaim.apps.billing.remittances.services import reverse_place
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    monkeypatch.setattr(guards, "_guards", [])

    reverse_place(refunded[2], 1, on=DAY, reason="x", by=1)

    sums = account_balances()
    assert sums["liability:unapplied-cash"] == sums["liability:refund-payable"] == dollars("-85.00")
