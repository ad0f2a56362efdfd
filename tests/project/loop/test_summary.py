"""A provider's side of the loop's proof: what no answer explains is named, not counted as a reduction."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def desk(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield Desk()


def summary():
    from cleanclaim.project.loop.summary import summarize

    return summarize()


def test_what_is_paid_and_reduced_leaves_nothing_unexplained(desk):
    one = claim("A1")
    desk.take(one)

    desk.post(remittance(pay(one, TYPICAL)))

    assert (summary().unexplained, summary().differs, summary().broken) == (0, 0, ())


def test_an_amount_that_no_answer_mentions_breaks_the_proof_and_names_the_claim(desk):
    # 120.00 billed, 100.00 answered: the sums agree by construction, the claim does not.
    one = claim("A1")
    desk.take(one)
    told = replace(one, charge=Decimal("100.00"), lines=(line(charge="100.00"),))

    desk.post(remittance(pay(told, ("80.00", (("CO", "45", "20.00"),)))))

    found = summary()
    assert found.money.difference == 0
    assert found.unexplained == Decimal("20.00")
    assert found.broken == ("claim A1: 20.00 is open with the payer and no answer says why",)


def test_a_payment_above_the_charge_is_explained_by_its_own_answer(desk):
    # 150.00 paid on 120.00: OA-94 carries the 30.00 above the charge.
    one = claim("A1")
    desk.take(one)

    desk.post(remittance(pay(one, ("150.00", (("OA", "94", "-30.00"),)))))

    assert (summary().unexplained, summary().broken) == (0, ())


def test_a_claim_that_is_paid_twice_breaks_the_proof(desk):
    from cleanclaim.apps.billing.remittances.services import apply_beside
    from tests.apps.billing.world import PAID_ON

    one = claim("A1")
    [claim_id] = desk.take(one)

    desk.post(remittance(pay(one, TYPICAL, number="ICN-1"), trace="T1"))
    [held] = desk.post(remittance(pay(one, TYPICAL, number="ICN-2"), trace="T2"))
    apply_beside(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)

    assert summary().unexplained == Decimal("80.00")


def test_an_amount_kept_with_the_claim_that_the_legs_do_not_bear_out_breaks_the_proof(desk):
    from cleanclaim.apps.billing.claims.models import Claim

    one = claim("A1")
    [claim_id] = desk.take(one)
    Claim.objects.filter(pk=claim_id).update(contractual=Decimal("0.01"))

    found = summary()

    assert found.differs == Decimal("0.01")
    assert "contractual: expected 0.00, found 0.01" in found.broken[0]
