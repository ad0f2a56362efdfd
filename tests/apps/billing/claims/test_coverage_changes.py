"""A coverage that is entered or ended after the payers before it have answered: nobody is billed, somebody is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.claim import Subscriber
from tests.apps.billing.claims.payers import (
    DELGADO,
    MEDICAID,
    answered,
    part_of,
    proved,
    two_payers,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import CHIDI, PAID_ON, pay, remittance

pytestmark = pytest.mark.database_core


def dispatched() -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    dispatch_events()


def answered_alone(desk: Desk) -> int:
    one = replace(two_payers(), other_coverages=())
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *DELGADO)))
    dispatched()
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")
    assert work_kinds(claim_id) == []
    return claim_id


def enter(desk: Desk, claim_id: int, **facts: object) -> int:
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.billing.coverage.services import add_coverage

    mine = Subscriber(replace(CHIDI, member_id="MCD9"), "S", filing_indicator="CI")
    coverage_id = add_coverage(desk.row(claim_id).patient_id, payer=MEDICAID, subscriber=mine)
    Coverage.objects.filter(pk=coverage_id).update(**facts)
    dispatched()
    return coverage_id


def test_a_payer_that_turns_up_late_is_asked_about_and_billed_by_a_person(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import bill_next_payer

    claim_id = answered_alone(desk)

    enter(desk, claim_id)
    enter(desk, claim_id)  # saved once more

    [item] = desk.work("next_payer")
    assert item.reason.startswith("State Medicaid was entered after")
    assert part_of(desk, claim_id).part.billable == 0
    assert bill_next_payer(claim_id, on=PAID_ON, by=None) == "ready"
    assert work_kinds(claim_id) == []


def test_one_that_ends_again_asks_no_more(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.ending import end_coverage

    claim_id = answered_alone(desk)
    coverage_id = enter(desk, claim_id)

    end_coverage(coverage_id, on=date(2026, 6, 1), by=None)
    dispatched()

    assert work_kinds(claim_id) == []
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")


def test_a_claim_that_waits_for_a_payer_whose_coverage_ended_is_asked_about(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import withdraw_next_payer
    from cleanclaim.apps.billing.coverage.ending import end_coverage
    from cleanclaim.apps.billing.coverage.models import Coverage

    claim_id, _ = answered(desk)

    end_coverage(Coverage.objects.get(payer_order="S").pk, on=date(2026, 6, 1), by=None)
    dispatched()

    [item] = desk.work("next_payer")
    assert item.reason == (
        "State Medicaid is not in force on 2026-06-20 any more: take the claim back from it"
    )
    withdraw_next_payer(claim_id, reason="it had ended", on=PAID_ON, by=None)
    assert work_kinds(claim_id) == []
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")


def test_a_protection_that_is_entered_late_counts_for_what_was_answered(
    inside: int, desk: Desk
) -> None:
    claim_id = answered_alone(desk)
    coverage_id = enter(desk, claim_id, payer_order="U", program="qmb")

    row = desk.row(claim_id)
    assert (row.patient_owes, row.other, row.state) == (0, Decimal("93.60"), "closed")

    enter(desk, claim_id, payer_order="U", program="")

    assert coverage_id
    assert desk.row(claim_id).patient_owes == Decimal("93.60")
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")
    assert proved() == []
