"""A denial that was made the patient's is closed once they have paid, and comes back where their payment does."""

from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.people import PAYER, person, visit
from tests.apps.billing.adjustments.test_denial_closed import claim_of
from tests.apps.billing.adjustments.test_requesting import ask
from tests.apps.billing.world import DENIED, PAID_ON

pytestmark = pytest.mark.database_core


@pytest.fixture
def ana(inside):
    return person(inside, "Ana")


@pytest.fixture
def moved(desk, ana):
    """A denial of 120.00 that was made the patient's."""
    item = visit(desk, answer=DENIED)
    row = ask("to_patient", item, "120.00", PAYER, by=ana)
    return item, row


def pay_it(desk, item: int, amount: str, reference: str):
    from cleanclaim.apps.billing.receipts.services import take

    return take(
        claim_of(desk, item).patient_id,
        amount=Decimal(amount),
        kind="payment",
        method="check",
        reference=reference,
        on=PAID_ON,
        by=1,
    )


def states(desk, item: int) -> tuple[str, Decimal]:
    row = claim_of(desk, item)
    return row.state, row.patient_owes


def test_once_the_patient_has_paid_it_is_closed(desk, moved) -> None:
    item, _ = moved
    before = states(desk, item)
    pay_it(desk, item, "100.00", "1")
    part = states(desk, item)
    pay_it(desk, item, "20.00", "2")

    assert (before, part) == (("denied", Decimal("120.00")), ("denied", Decimal("20.00")))
    assert states(desk, item) == ("closed", Decimal("0.00"))
    desk.prove()


def test_a_check_that_bounces_brings_the_denial_back(desk, moved) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt, undo_return

    item, _ = moved
    receipt = pay_it(desk, item, "120.00", "1")
    closed = states(desk, item)
    return_receipt(receipt.pk, kind="nsf", on=PAID_ON, by=1, reason="no money")
    back = states(desk, item)
    undo_return(receipt.pk, on=PAID_ON, by=1, reason="it was another one")

    assert (closed[0], back) == ("closed", ("denied", Decimal("120.00")))
    assert states(desk, item) == ("closed", Decimal("0.00"))
    desk.prove()


def test_a_payment_entered_in_error_does_too(desk, moved) -> None:
    from cleanclaim.apps.billing.receipts.services import void

    item, _ = moved
    receipt = pay_it(desk, item, "120.00", "1")
    void(receipt.pk, on=PAID_ON, by=1, reason="of somebody else")

    assert states(desk, item) == ("denied", Decimal("120.00"))


def test_a_claim_that_was_answered_and_paid_stays_so(desk, ana) -> None:
    item = visit(desk)
    before = claim_of(desk, item).state
    pay_it(desk, item, "10.00", "1")

    assert (before, claim_of(desk, item).state) == ("paid", "paid")


def test_without_the_answers_word_the_state_would_stay(desk, moved, monkeypatch) -> None:
    """The twin: it is the registered question that closes it."""
    from cleanclaim.apps.billing.claims import restating

    item, _ = moved
    monkeypatch.setattr(restating, "_registered", [])
    pay_it(desk, item, "120.00", "1")

    assert states(desk, item) == ("denied", Decimal("0.00"))
