"""What the patient owes in the end, after the maximum and the law."""

from decimal import Decimal

import pytest

from cleanclaim.values.claim import Subscriber
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    HOME_HEALTH,
    MEDICAID,
    answered,
    benefit_left,
    from_payer,
    home_health,
    negated,
    part_of,
    proved,
    send_next,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import CHIDI, PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.mark.parametrize("is_known_before", [True, False])
def test_the_out_of_pocket_maximum_corrects_the_payers_answer(
    inside: int, desk: Desk, is_known_before: bool
) -> None:
    claim_id, one = home_health(desk)
    if is_known_before:
        benefit_left(claim_id, "150.00")
    desk.post(remittance(pay(one, HOME_HEALTH)))
    if not is_known_before:
        assert desk.row(claim_id).patient_owes == Decimal("224.00")
        benefit_left(claim_id, "150.00")

    row, found = desk.row(claim_id), part_of(desk, claim_id)
    assert (row.patient_owes, row.open_amount) == (Decimal("150.00"), Decimal("74.00"))
    assert (found.owed.patient, found.owed.disputed) == (Decimal("150.00"), Decimal("74.00"))
    assert found.part.billable == Decimal("150.00")
    assert work_kinds(claim_id) == ["underpaid"]
    assert desk.buckets() == {"patient": Decimal("150.00"), "payer:1": Decimal("74.00")}
    assert proved() == []


@pytest.mark.parametrize(
    ("paid", "patient", "buckets"),
    [
        ("0.00", "150.00", {"patient": "150.00", "payer:1": "74.00"}),
        ("100.00", "50.00", {"patient": "50.00", "payer:1": "74.00"}),
        ("200.00", "0.00", {"payer:1": "24.00"}),  # it paid 50.00 of what is the first payer's
        ("224.00", "0.00", {}),
    ],
)
def test_what_the_first_payer_left_beyond_the_maximum_stays_its_own_after_the_second(
    inside: int, desk: Desk, paid: str, patient: str, buckets: dict[str, str]
) -> None:
    one = claim("HH", line(1, "G0299", "1480.00"), other_coverages=(AS_SECOND,))
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    benefit_left(claim_id, "150.00", payer_order="P")
    desk.post(remittance(pay(one, HOME_HEALTH), trace="T1"))
    send_next(claim_id)
    left = str(Decimal("224.00") - Decimal(paid))
    answer = (paid, (("OA", "23", "1256.00"), ("PR", "2", left)))

    desk.post(from_payer(MEDICAID, pay(one, answer, number="M1", status="2"), "T2"))

    found = part_of(desk, claim_id)
    assert (found.owed.patient, found.part.billable) == (Decimal(patient), Decimal(patient))
    assert desk.buckets() == {bucket: Decimal(amount) for bucket, amount in buckets.items()}
    asked = [one.reason for one in desk.work("underpaid")]
    assert all(reason.startswith("Coastal Alliance Health Plan owes") for reason in asked)
    assert bool(asked) == bool(buckets.get("payer:1"))
    assert proved() == []


def test_the_correction_goes_with_the_answer(inside: int, desk: Desk) -> None:
    claim_id, one = home_health(desk)
    benefit_left(claim_id, "150.00")
    desk.post(remittance(pay(one, HOME_HEALTH), trace="T1"))

    desk.post(
        remittance(negated(pay(one, HOME_HEALTH)), trace="T2", plb=(("FB", "F1", "-896.00"),))
    )

    assert desk.buckets() == {"payer:1": Decimal("1480.00")}
    assert proved() == []


def test_a_qmb_is_never_billed(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.models import Coverage

    claim_id, one = home_health(desk)
    Coverage.objects.update(program="qmb")

    desk.post(remittance(pay(one, HOME_HEALTH)))

    row = desk.row(claim_id)
    assert (row.state, row.patient_owes, row.other) == ("closed", 0, Decimal("224.00"))
    assert "1396a(n)(3)(B)" in part_of(desk, claim_id).owed.law.source
    assert desk.buckets() == {}
    assert proved() == []


def test_medicaid_is_held_by_its_kind_and_written_off_by_a_person(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.patient_part import write_off_protected
    from cleanclaim.apps.billing.coverage.models import Coverage

    claim_id, one = home_health(desk)
    Coverage.objects.update(filing_indicator="MC")
    desk.post(remittance(pay(one, HOME_HEALTH)))
    held = part_of(desk, claim_id).part
    assert (held.billable, held.held) == (0, Decimal("224.00"))
    assert "447.15" in held.reason

    assert write_off_protected(claim_id, on=PAID_ON, by=None) == Decimal("224.00")

    assert desk.row(claim_id).patient_owes == 0
    assert proved() == []


def medicaid_claim(desk: Desk, *adjustments: tuple[str, str, str], paid: str = "896.00") -> int:
    mine = Subscriber(CHIDI, "P", filing_indicator="MC")
    one = claim("MC-1", line(1, "G0299", "1480.00"), subscriber=mine)
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, (paid, adjustments))))
    return claim_id


def test_what_medicaid_itself_leaves_is_nobodys_but_for_its_share_of_cost(
    inside: int, desk: Desk
) -> None:
    left = (("CO", "45", "360.00"), ("PR", "142", "200.00"), ("PR", "3", "24.00"))

    claim_id = medicaid_claim(desk, *left)

    row = desk.row(claim_id)
    assert (row.patient_owes, row.other) == (Decimal("200.00"), Decimal("24.00"))
    assert part_of(desk, claim_id).part.billable == Decimal("200.00")
    assert desk.buckets() == {"patient": Decimal("200.00")}  # nothing else ages there
    assert proved() == []


def test_what_medicaid_leaves_comes_back_with_its_answer(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    claim_id = medicaid_claim(desk, ("CO", "45", "360.00"), ("PR", "3", "224.00"))
    assert desk.row(claim_id).state == "closed"

    reverse_posting(Remittance.objects.get().pk, on=PAID_ON, by=None, reason="another file")

    assert desk.buckets() == {"payer:1": Decimal("1480.00")}
    assert desk.row(claim_id).other == 0
    assert proved() == []


def test_a_refusal_to_a_protected_patient_is_held_and_worked_not_written_off(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.patient_part import write_off_protected

    claim_id = medicaid_claim(desk, ("PR", "204", "1480.00"), paid="0.00")

    row = desk.row(claim_id)
    assert (row.state, row.patient_owes, row.other) == ("denied", Decimal("1480.00"), 0)
    part = part_of(desk, claim_id).part
    assert (part.billable, part.held) == (0, Decimal("1480.00"))
    assert [one.reason for one in desk.work("denial")] != []
    assert write_off_protected(claim_id, on=PAID_ON, by=None) == Decimal("1480.00")
    assert desk.row(claim_id).patient_owes == 0
    assert proved() == []


def write_off_as_before(claim_id: int) -> None:
    """As it was booked before what was refused had an entry of its own."""
    from cleanclaim.apps.billing.claims import amounts
    from cleanclaim.apps.billing.claims.chain import chain_of
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.services import post_entries

    row = Claim.objects.get(pk=claim_id)
    chain = chain_of(row)
    [charge], answer = chain.charges, chain.standing(chain.rank)
    legs = tuple(
        Leg(account, Decimal(amount), charge.item_id, claim_id, 1, row.patient_id, 0, "protected")
        for account, amount in (("contra:other", "1480.00"), ("receivable:patient", "-1480.00"))
    )
    key = f"protected:{claim_id}:{answer.id}:1"
    post_entries([Entry("write-off", key, PAID_ON, PAID_ON, legs)], by=7)
    amounts.refresh([claim_id])


def test_what_a_person_wrote_off_before_refusals_stood_apart_stays_written_off(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services.coverage_changes import look_again
    from cleanclaim.apps.billing.claims.services.patient_part import write_off_protected
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    claim_id = medicaid_claim(desk, ("PR", "204", "1480.00"), paid="0.00")
    write_off_as_before(claim_id)
    assert desk.row(claim_id).patient_owes == 0

    look_again(desk.row(claim_id).patient_id, on=PAID_ON)

    assert desk.row(claim_id).patient_owes == 0
    write_off_protected(claim_id, on=PAID_ON, by=7)  # once more: nothing is left to write off
    assert (desk.row(claim_id).patient_owes, desk.row(claim_id).other) == (0, Decimal("1480.00"))
    assert desk.buckets() == {}
    reverse_posting(Remittance.objects.get().pk, on=PAID_ON, by=None, reason="another file")
    assert desk.buckets() == {"payer:1": Decimal("1480.00")}
    assert proved() == []


def test_what_a_person_writes_off_today_stays_written_off(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.coverage_changes import look_again
    from cleanclaim.apps.billing.claims.services.patient_part import write_off_protected

    claim_id = medicaid_claim(desk, ("PR", "204", "1480.00"), paid="0.00")
    write_off_protected(claim_id, on=PAID_ON, by=7)

    look_again(desk.row(claim_id).patient_id, on=PAID_ON)

    assert desk.row(claim_id).patient_owes == 0
    assert proved() == []


def test_nothing_is_billed_before_the_last_payer_has_answered(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import end_payers, withdraw_next_payer

    claim_id, _ = answered(desk)
    withdraw_next_payer(claim_id, reason="to look at it", on=PAID_ON, by=None)

    waiting = part_of(desk, claim_id).part
    assert (waiting.billable, waiting.held) == (0, Decimal("93.60"))
    assert waiting.reason == "State Medicaid comes next and has not been billed"
    end_payers(claim_id, reason="no longer covered", on=PAID_ON, by=None)
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")


def test_what_the_plan_paid_to_the_patient_is_derived_as_it_is_posted(
    inside: int, desk: Desk
) -> None:
    claim_id, one = home_health(desk)
    rows = (("CO", "45", "360.00"), ("OA", "100", "896.00"), ("PR", "2", "224.00"))

    desk.post(remittance(pay(one, ("0.00", rows))))

    found = part_of(desk, claim_id)
    assert desk.row(claim_id).patient_owes == Decimal("1120.00")
    assert (found.owed.patient, found.part.billable) == (Decimal("1120.00"), Decimal("1120.00"))


def test_the_derivation_as_an_object_adds_up(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.owing import as_object

    claim_id, one = home_health(desk)
    benefit_left(claim_id, "150.00")
    desk.post(remittance(pay(one, HOME_HEALTH)))

    told = as_object(part_of(desk, claim_id))

    assert (told["patient_owes"], told["payers"][0]["disputed"]) == ("150.00", "74.00")
    assert [step["left"] for step in told["lines"][0]["steps"]][-1] == "150.00"
