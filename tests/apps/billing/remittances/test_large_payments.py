"""`cleanclaim post` of a payment of very many claims: the same money, exceptions and verdict as of a small one."""

from dataclasses import replace

import pytest

from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    bytes_835,
    claim,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core


@pytest.fixture
def posted(inside, desk, monkeypatch):
    """Post a file, or simulate it, as of more claims than are listed, or fewer; then take it all back."""
    from django.db import transaction

    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import intake

    desk.take(claim("A1"), claim("A2"), claim("A3"))

    def work(*values, most: int, how: str = "post_files"):
        monkeypatch.setattr(intake, "MOST_LISTED", most)
        monkeypatch.setattr(parts, "PLACES_AT_ONCE", most)
        with transaction.atomic():
            files = [intake.Incoming("one.835", bytes_835(*values))]
            [report] = getattr(intake, how)(inside, files, posted_on=PAID_ON)
            desk.prove()
            transaction.set_rollback(True)
        return report

    return work


def told(report) -> list:
    """What a small and a large payment must say alike: all but the claims that went through, or none of which did."""
    return [
        replace(
            one,
            remittance_id=0,
            legs=(),
            claims=tuple(
                (claim_.control_number, claim_.paid, claim_.hold)
                for claim_ in one.claims
                if claim_.hold and one.state == "posted"
            ),
        )
        for one in report.payments
    ]


MIXED = (
    pay(claim("A1"), TYPICAL, number="N1"),
    pay(claim("A2"), DENIED, number="N2"),
    pay(claim("NOBODY"), TYPICAL, number="N3"),
)
CASES = {
    "mixed": remittance(*MIXED, plb=(("L6", "interest", "-3.50"), ("WO", "old", "10.00"))),
    "another forward balance": remittance(*MIXED, plb=(("FB", "before", "25.00"),)),
    "no account": remittance(*MIXED, plb=(("B3", "allowance", "5.00"),)),
    "takes back what is not here": remittance(
        *MIXED, pay(claim("A3"), TAKEN_BACK, status="22"), plb=(("FB", "next", "-1.00"),)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_large_payment_says_what_a_small_one_says(posted, name):
    small = posted(CASES[name], most=100)
    large = posted(CASES[name], most=1)

    assert told(large) == told(small)
    assert large.is_clean == small.is_clean
    assert not large.is_clean


@pytest.mark.parametrize("name", CASES)
def test_a_large_simulation_says_what_posting_says(posted, name):
    simulated = posted(CASES[name], most=1, how="simulate_files")

    assert told(simulated) == told(posted(CASES[name], most=1))


def test_a_finding_makes_a_large_payment_unclean(posted):
    """Its claims all went through: nothing but the finding tells that somebody must look."""
    value = remittance(*MIXED[:2], plb=(("FB", "before", "25.00"),))

    large = posted(value, most=1)

    assert "forward balance of 25.00" in large.payments[0].findings[0]
    assert not large.is_clean


def test_a_large_posting_is_taken_back_and_posted_again(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    desk.take(claim("A1"), claim("A2"))
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 1)
    before = account_balances()
    [first] = desk.post(CASES["mixed"])
    after = account_balances()

    reverse_posting(first.remittance_id, on=PAID_ON, reason="wrong", by=None)
    assert account_balances() == before
    post_remittance(first.remittance_id, posted_on=PAID_ON)

    assert account_balances() == after
    desk.prove()
