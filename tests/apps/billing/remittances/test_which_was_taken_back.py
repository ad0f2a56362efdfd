"""Which answer a posted reversal took back is told alike when it is laid and when the claim is looked at again.

Each payment is posted in a database transaction of its own, as outside of tests: the moments of their postings tell their order.
"""

import pytest

from tests.apps.billing.claims.payers import negated
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import DENIED, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
DEDUCTIBLE = pay(ONE, ("0.00", (("PR", "1", "120.00"),)))  # pays nothing, as the denial after it
DENIAL = pay(ONE, DENIED)
ORDERS = [(negated(DEDUCTIBLE), DENIAL), (DENIAL, negated(DEDUCTIBLE))]


def post(practice: int, *payments, trace: str):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Desk().post(remittance(*payments, trace=trace))[0]


@pytest.fixture
def replaced(practice: int, request: pytest.FixtureRequest) -> int:
    """T1 left all to the patient; T2 takes that back and denies it. Neither pays, and a denial has no entry."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [claim_id] = Desk().take(ONE)
    post(practice, DEDUCTIBLE, trace="T1")
    post(practice, *request.param, trace="T2")
    return claim_id


def looked_at(practice: int, claim_id: int) -> tuple[dict, str]:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        Desk().prove()
        return Desk().buckets(), Desk().row(claim_id).state


@pytest.mark.parametrize("replaced", ORDERS, indirect=True)
def test_an_answer_that_was_taken_back_is_not_taken_back_by_a_second_reversal(
    practice: int, replaced: int
) -> None:
    again = post(practice, negated(DEDUCTIBLE), trace="T3")

    assert again.held == 1
    assert looked_at(practice, replaced) == ({"payer:1": dollars("120.00")}, "denied")


@pytest.mark.parametrize("replaced", ORDERS, indirect=True)
def test_what_came_in_its_place_is_taken_back_by_its_own_reversal(
    practice: int, replaced: int
) -> None:
    back = post(practice, negated(DENIAL), trace="T3")
    paid = post(practice, pay(ONE, TYPICAL), trace="T4")

    assert (back.held, paid.held) == (0, 0)
    assert looked_at(practice, replaced) == ({"patient": dollars("10.00")}, "paid")


def test_of_two_alike_that_of_an_earlier_payment_is_meant(practice: int) -> None:
    """The payer takes its denial back and denies it again in the same words: the first one is gone."""
    from cleanclaim.apps.billing.remittances.standing import Standing
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [claim_id] = Desk().take(ONE)
    post(practice, DENIAL, trace="T1")
    post(practice, DENIAL, negated(DENIAL), trace="T2")

    with tenant(practice):
        assert [one.trace for one in Standing([claim_id]).of_claim(claim_id)] == ["T2"]
