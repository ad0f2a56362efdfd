"""Payers that have not had their say, and laws and benefits that are another claim's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.values.claim import OtherCoverage, Subscriber
from cleanclaim.values.party import Payer
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    AS_THIRD,
    DELGADO,
    HOME_HEALTH,
    MEDICAID,
    THIRD,
    answered,
    benefit_left,
    home_health,
    part_of,
    two_payers,
    value_of,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import CHIDI, PAID_ON, PAYER, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
SENT_ON = "19"


def sent_on_to_a_stranger(desk: Desk, **coverage: str) -> int:
    """A claim of one known payer, which says that it sent the claim on."""
    from cleanclaim.apps.billing.coverage.models import Coverage

    one = claim()
    (claim_id,) = desk.take(one)
    Coverage.objects.update(**coverage)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, TYPICAL, status=SENT_ON)))
    return claim_id


def test_nothing_is_billed_while_a_payer_unknown_here_has_the_claim(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import end_payers

    claim_id = sent_on_to_a_stranger(desk)

    part = part_of(desk, claim_id).part
    assert (part.billable, part.held) == (0, Decimal("10.00"))
    assert part.reason == f"{PAYER.name} sent it on to another payer, which has not answered"
    end_payers(claim_id, reason="that payer knows of no coverage", on=PAID_ON, by=None)
    assert part_of(desk, claim_id).part.billable == Decimal("10.00")


def test_the_law_takes_nothing_off_while_a_payer_unknown_here_has_the_claim(
    inside: int, desk: Desk
) -> None:
    claim_id = sent_on_to_a_stranger(desk, program="qmb")

    assert desk.buckets() == {"patient": Decimal("10.00")}
    assert work_kinds(claim_id) == ["next_payer"]


def test_a_second_coverage_with_the_same_payer_comes_next(inside: int, desk: Desk) -> None:
    spouse = replace(CHIDI, first_name="Ada", member_id="MBR777")
    second = OtherCoverage(Subscriber(spouse, "S", relationship="01", filing_indicator="CI"), PAYER)
    one = replace(two_payers(), other_coverages=(second,))

    claim_id, _ = answered(desk, one)

    row = desk.row(claim_id)
    assert (row.state, row.payer_order, row.member_id) == ("ready", "S", "MBR777")
    assert desk.buckets() == {"payer:2": Decimal("93.60")}


def test_medicaid_comes_after_a_plan_that_was_entered_behind_it(inside: int, desk: Desk) -> None:
    medicaid = replace(AS_SECOND, subscriber=replace(AS_SECOND.subscriber, filing_indicator="MC"))
    one = replace(two_payers(), other_coverages=(medicaid, AS_THIRD))

    claim_id, _ = answered(desk, one)

    second = value_of(claim_id)
    assert (second.payer.name, second.subscriber.payer_order) == (THIRD.name, "S")
    assert [o.payer.name for o in second.other_coverages] == [PAYER.name, MEDICAID.name]


def test_medicaid_that_was_billed_first_asks_though_the_plans_behind_it_are_undecided(
    inside: int, desk: Desk
) -> None:
    other = replace(AS_SECOND, payer=Payer("Tidewater Plan", "TW1"))
    one = two_payers(subscriber=Subscriber(CHIDI, "P", filing_indicator="MC"), payer=MEDICAID)
    claim_id, _ = answered(desk, replace(one, other_coverages=(other, AS_THIRD)))

    assert work_kinds(claim_id) == ["next_payer"]
    [item] = desk.work("next_payer")
    assert item.reason.startswith("Tidewater Plan comes before State Medicaid")
    assert part_of(desk, claim_id).part.billable == 0


@pytest.mark.parametrize("typed", ["P", "S", "A"])
def test_medicaid_comes_after_the_plan_whatever_order_was_typed(
    inside: int, desk: Desk, typed: str
) -> None:
    one = replace(two_payers(), other_coverages=())
    (claim_id,) = desk.take(one)
    medicaid_too(desk, claim_id, typed)
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, *DELGADO)))

    assert value_of(claim_id).payer == MEDICAID
    assert desk.row(claim_id).open_amount == Decimal("93.60")


def medicaid_too(desk: Desk, claim_id: int, typed: str, payer: Payer = MEDICAID) -> None:
    from cleanclaim.apps.billing.coverage.services import add_coverage

    mine = Subscriber(replace(CHIDI, member_id="MCD9"), typed, filing_indicator="MC")
    add_coverage(desk.row(claim_id).patient_id, payer=payer, subscriber=mine)


def test_two_programs_that_pay_last_do_not_follow_each_other(inside: int, desk: Desk) -> None:
    managed = Payer("Medicaid Managed Care", "MMC1")
    mine = Subscriber(CHIDI, "P", filing_indicator="MC")
    one = replace(two_payers(), other_coverages=(), subscriber=mine)
    (claim_id,) = desk.take(one)
    medicaid_too(desk, claim_id, "P", managed)
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, *DELGADO)))

    assert value_of(claim_id).payer == PAYER


def test_that_nobody_comes_next_is_taken_back(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import (
        bill_next_payer,
        end_payers,
        reopen_payers,
        withdraw_next_payer,
    )

    claim_id, _ = answered(desk)
    with pytest.raises(StateError, match="nobody has said"):
        reopen_payers(claim_id, reason="covered after all", on=PAID_ON, by=None)
    withdraw_next_payer(claim_id, reason="to look at it", on=PAID_ON, by=None)
    end_payers(claim_id, reason="no longer covered", on=PAID_ON, by=None)
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")

    reopen_payers(claim_id, reason="covered after all", on=PAID_ON, by=None)

    assert part_of(desk, claim_id).part.billable == 0
    assert bill_next_payer(claim_id, on=PAID_ON, by=None) == "ready"


def test_a_benefit_of_another_year_caps_nothing(inside: int, desk: Desk) -> None:
    claim_id, one = home_health(desk)
    one = claim("HH-2", line(1, "G0299", "1480.00", service_from=date(2025, 12, 20)))
    (older,) = desk.take(one, source_file_id=8)
    benefit_left(claim_id, "150.00")

    desk.post(remittance(pay(one, HOME_HEALTH, number="ICN2")))

    assert desk.row(older).patient_owes == Decimal("224.00")
    assert part_of(desk, older).owed.disputed == 0


def test_workers_compensation_protects_its_own_claims_only(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.services import add_coverage

    claim_id, one = home_health(desk)
    add_coverage(
        desk.row(claim_id).patient_id,
        payer=THIRD,
        subscriber=Subscriber(replace(CHIDI, member_id="WC1"), "U", filing_indicator="WC"),
    )

    desk.post(remittance(pay(one, HOME_HEALTH)))

    found = part_of(desk, claim_id)
    assert found.owed.law is None
    assert found.part.billable == Decimal("224.00")


def test_the_claims_page_asks_nobody_to_bill_what_is_held(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.billing.claims.convert import current_value
    from cleanclaim.apps.billing.claims.views.page import _next

    claim_id = sent_on_to_a_stranger(desk)
    row = desk.row(claim_id)

    after = _next(row, current_value(row), charges_of([claim_id])[claim_id])

    assert after.words == "Do not bill the patient yet"
    assert after.note.startswith("10.00 is held: ")


def test_the_law_is_not_applied_by_hand_while_a_payer_may_still_pay(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.patient_part import write_off_protected
    from cleanclaim.kernel.errors import StateError

    claim_id = sent_on_to_a_stranger(desk, filing_indicator="MC")

    with pytest.raises(StateError, match="has not answered"):
        write_off_protected(claim_id, on=PAID_ON, by=None)
    assert desk.buckets() == {"patient": Decimal("10.00")}


def test_a_figure_from_after_the_answer_counts_the_answer_already(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.patient_part import record_benefit_left
    from cleanclaim.apps.billing.coverage.models import Coverage

    claim_id, one = home_health(desk)
    desk.post(remittance(pay(one, HOME_HEALTH)))

    coverage = Coverage.objects.get()
    record_benefit_left(
        coverage.pk, left=Decimal(0), as_of=date(2026, 7, 9), source="271", on=PAID_ON, by=None
    )

    assert desk.row(claim_id).patient_owes == Decimal("224.00")
