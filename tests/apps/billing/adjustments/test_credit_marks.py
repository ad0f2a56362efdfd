"""Credits are looked for on claims that say that they have one: the mark is the ledger's own word, and is proved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.apps.billing.adjustments.test_refunds import ANSWER, SECONDARY
from tests.apps.billing.world import PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def overpaid(desk) -> int:
    """Paid by two payers as the first; the claim's id."""
    one = claim("A1", line(charge="400.00"), line(2, "99214", "180.00"))
    [claim_id] = desk.take(one)
    zero = ("0.00", (("CO", "197", "180.00"),))
    desk.post(remittance(pay(one, ANSWER, zero), trace="T1"))
    second = remittance(pay(one, ANSWER, zero, number="ICN2"), trace="T2")
    desk.post(replace(second, payer=SECONDARY, payer_trace_id="1440000003"))
    return claim_id


def has_credit(claim_id: int) -> bool:
    from cleanclaim.apps.billing.claims.models import Claim

    return Claim.objects.get(pk=claim_id).has_credit


def test_a_line_below_zero_marks_its_claim_though_another_line_owes(overpaid) -> None:
    from cleanclaim.apps.billing.adjustments.credits import below_zero
    from cleanclaim.apps.billing.claims.models import Claim

    assert has_credit(overpaid)
    assert [amount for *_, amount, _ in below_zero(PAID_ON)] != []
    assert Claim.objects.get(pk=overpaid).open_amount != 0


def test_the_mark_goes_with_the_credit(overpaid, desk) -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    last = Remittance.objects.latest("id")
    reverse_posting(last.pk, on=PAID_ON, reason="paid twice", by=None)

    assert not has_credit(overpaid)


def test_a_mark_that_is_wrong_is_a_difference_of_the_proof(overpaid) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.proof import prove_claims

    assert list(prove_claims()) == []
    Claim.objects.filter(pk=overpaid).update(has_credit=False)

    [difference] = prove_claims()
    assert difference.subject == f"claim {overpaid} has credit"


def test_a_day_before_the_second_payment_had_no_credit(overpaid) -> None:
    from cleanclaim.apps.billing.adjustments.credits import below_zero

    assert below_zero(PAID_ON - timedelta(days=1)) == []
