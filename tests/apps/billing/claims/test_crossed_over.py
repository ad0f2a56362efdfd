"""A payer says in several ways that the next one has its answer already: in none of them is the claim sent again."""

from dataclasses import replace

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.claims.payers import DELGADO, next_partner, two_payers
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, pay, remittance

pytestmark = pytest.mark.database_core


def answer(desk: Desk, status: str, *remarks: str) -> int:
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    paid = replace(pay(one, *DELGADO, status=status), remark_codes=remarks)
    desk.post(remittance(paid, trace="T1"))
    return claim_id


@pytest.mark.parametrize(
    ("status", "remarks"),
    [
        ("19", ()),
        ("20", ()),
        ("21", ()),
        ("1", ("MA18",)),
        ("1", ("N89",)),
        ("1", ("MA01", "MA07")),
    ],
)
def test_it_waits_for_the_next_payers_remittance_and_nothing_is_sent(
    inside: int, desk: Desk, status: str, remarks: tuple[str, ...]
) -> None:
    from cleanclaim.apps.billing.claims.models import ClaimPayer
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers
    from cleanclaim.apps.billing.claims.services.next_payer import bill_next_payer

    next_partner()
    claim_id = answer(desk, status, *remarks)

    assert desk.row(claim_id).state == "accepted"
    assert ClaimPayer.objects.get(claim=claim_id, rank=2).state == "crossed"
    assert list(ready_for_next_payers()) == []
    with pytest.raises(StateError, match="has not answered"):
        bill_next_payer(claim_id, on=PAID_ON, by=None)
    desk.prove()


def test_a_payer_that_says_that_it_did_not_send_it_on_is_followed_by_our_claim(
    inside: int, desk: Desk
) -> None:
    assert desk.row(answer(desk, "1", "MA08")).state == "ready"
