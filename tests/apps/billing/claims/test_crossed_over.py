"""A payer says in several ways that the next one has its answer already: in none of them is the claim sent again."""

from dataclasses import replace

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.values.claim import Carried
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    AS_THIRD,
    DELGADO,
    MEDICAID,
    THIRD,
    from_payer,
    next_partner,
    part_of,
    two_payers,
    work_kinds,
)
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


def test_an_answer_that_never_comes_is_taken_back_and_billed_here(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.models import ClaimPayer
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers
    from cleanclaim.apps.billing.claims.services.next_payer import (
        bill_next_payer,
        withdraw_next_payer,
    )

    next_partner()
    claim_id = answer(desk, "19")
    withdraw_next_payer(claim_id, reason="it never got it", on=PAID_ON, by=None)

    assert bill_next_payer(claim_id, on=PAID_ON, by=None) == "ready"

    assert [row.state for row in ClaimPayer.objects.filter(claim=claim_id, rank=2)] == [
        "withdrawn",
        "billed",
    ]
    [(_, claim_ids)] = ready_for_next_payers()
    assert list(claim_ids) == [claim_id]
    desk.prove()


WHOLE = (("66.40", (("OA", "23", "118.60"),)), ("27.20", (("OA", "23", "182.80"),)))


def from_second(desk: Desk):
    return desk.post(from_payer(MEDICAID, pay(two_payers(), *WHOLE, number="M1", status="2"), "T2"))


def apply(remittance_id: int, claim_id: int) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held

    apply_held(remittance_id, position=1, claim_id=claim_id, on=PAID_ON, by=None)


def test_a_second_payers_answer_waits_for_the_first_ones(inside: int, desk: Desk) -> None:
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")

    (early,) = from_second(desk)

    assert early.held == 1
    assert desk.buckets() == {"payer:1": 395}
    desk.post(remittance(pay(one, *DELGADO, status="19"), trace="T1"))
    apply(early.remittance_id, claim_id)
    row = desk.row(claim_id)
    assert (row.paid, row.contractual, row.state) == (268, 127, "closed")
    assert desk.buckets() == {}
    desk.prove()


def test_the_answer_that_comes_after_all_is_applied_once_the_claim_is_there(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import (
        bill_next_payer,
        withdraw_next_payer,
    )

    claim_id = answer(desk, "19")
    withdraw_next_payer(claim_id, reason="it never got it", on=PAID_ON, by=None)
    (late,) = from_second(desk)
    assert late.held == 1
    assert part_of(desk, claim_id).part.billable == 0

    bill_next_payer(claim_id, on=PAID_ON, by=None, crossed=True)
    apply(late.remittance_id, claim_id)

    assert desk.row(claim_id).paid == 268
    assert desk.buckets() == {}
    desk.prove()


def test_a_claim_sent_on_to_the_payer_behind_the_next_one_asks(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.models import ClaimPayer

    one = replace(two_payers(), other_coverages=(AS_SECOND, AS_THIRD))
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    told = Carried("2100", ("NM1", "TT", "2", "TERTIUS", "", "", "", "", "PI", THIRD.payer_id))

    desk.post(remittance(replace(pay(one, *DELGADO, status="19"), carried=(told,)), trace="T1"))

    assert not ClaimPayer.objects.filter(claim=claim_id, rank=2).exists()
    assert work_kinds(claim_id) == ["next_payer"]
    assert part_of(desk, claim_id).part.billable == 0


def test_a_payer_that_says_that_it_did_not_send_it_on_is_followed_by_our_claim(
    inside: int, desk: Desk
) -> None:
    assert desk.row(answer(desk, "1", "MA08")).state == "ready"
