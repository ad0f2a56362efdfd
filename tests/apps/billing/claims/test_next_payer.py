"""The claim goes on to the next payer by itself, its money with it; and back when an answer is taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.cob import out_of_balance
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    AS_THIRD,
    DELGADO,
    MEDICAID,
    THIRD,
    answered,
    from_payer,
    negated,
    next_partner,
    proved,
    send_next,
    two_payers,
    value_of,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, PAYER, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def test_the_secondary_claim_is_built_by_itself(inside: int, desk: Desk) -> None:
    claim_id, _ = answered(desk)

    row, second = desk.row(claim_id), value_of(claim_id)
    assert (row.state, row.payer_name, row.payer_order, row.version) == (
        "ready",
        "State Medicaid",
        "S",
        2,
    )
    assert out_of_balance(second) == ""
    [first, other] = [one.adjudications[0] for one in second.lines]
    assert [first.paid, *(a.amount for a in first.adjustments)] == [
        Decimal(n) for n in ("65.60", "53.00", "50.00", "16.40")
    ]
    assert [other.paid, *(a.amount for a in other.adjustments)] == [
        Decimal(n) for n in ("108.80", "74.00", "27.20")
    ]
    assert (row.patient_owes, row.open_amount, row.paid) == (0, Decimal("93.60"), Decimal("174.40"))
    assert desk.buckets() == {"payer:2": Decimal("93.60")}
    assert proved() == []


def test_the_second_payers_answer_posts_on_its_own_bucket(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)

    second = pay(
        one,
        ("40.00", (("OA", "23", "118.60"), ("PR", "2", "26.40"))),
        ("20.00", (("OA", "23", "182.80"), ("CO", "45", "7.20"))),
        number="MCD1",
        status="2",
    )
    desk.post(from_payer(MEDICAID, second, "T2"))

    row = desk.row(claim_id)
    assert (row.state, row.patient_owes, row.open_amount) == ("paid", Decimal("26.40"), 0)
    assert (row.paid, row.contractual) == (Decimal("234.40"), Decimal("134.20"))
    assert desk.buckets() == {"patient": Decimal("26.40")}
    assert proved() == []


def test_the_next_claim_goes_to_no_other_partner(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers

    claim_id, _ = answered(desk)

    assert desk.submit() == []
    assert ready_for_next_payers() == []
    next_partner()
    assert [ids for _, ids in ready_for_next_payers()] == [[claim_id]]


def test_a_third_payer_is_told_of_both(inside: int, desk: Desk) -> None:
    lines = (line(1, "99214", "185.00"), line(2, "20610", "210.00"))
    one = claim("A1", *lines, other_coverages=(AS_SECOND, AS_THIRD))
    claim_id, _ = answered(desk, one)
    assert [o.payer.name for o in value_of(claim_id).other_coverages] == [PAYER.name, THIRD.name]
    send_next(claim_id)

    second = pay(
        one,
        ("40.00", (("OA", "23", "118.60"), ("PR", "2", "26.40"))),
        ("20.00", (("OA", "23", "182.80"), ("CO", "45", "7.20"))),
        number="MCD1",
        status="2",
    )
    desk.post(from_payer(MEDICAID, second, "T2"))

    third = value_of(claim_id)
    assert (third.payer.name, third.subscriber.payer_order) == (THIRD.name, "T")
    assert [o.paid for o in third.other_coverages] == [Decimal("174.40"), Decimal("60.00")]
    assert out_of_balance(third) == ""
    assert (third.patient_relationship, third.subscriber.person.first_name) == ("01", "Ada")
    assert desk.buckets() == {"payer:3": Decimal("26.40")}


def test_a_claim_that_crossed_over_is_not_sent_again(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk, status="19")

    row = desk.row(claim_id)
    assert (row.state, row.payer_name) == ("accepted", "State Medicaid")
    assert desk.submit() == []
    second = pay(
        one,
        ("66.40", (("OA", "23", "118.60"),)),
        ("27.20", (("OA", "23", "182.80"),)),
        number="MCD1",
        status="2",
    )
    desk.post(from_payer(MEDICAID, second, "T2"))
    assert desk.row(claim_id).state == "closed"
    assert desk.buckets() == {}


def test_a_crossover_without_a_remittance_becomes_work(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.next_work import open_overdue

    claim_id, _ = answered(desk, status="19")

    assert open_overdue(on=date(2026, 8, 7)) == 0
    assert open_overdue(on=date(2026, 8, 8)) == 1
    assert work_kinds(claim_id) == ["crossed_over"]


def test_a_denial_to_be_worked_keeps_the_claim_with_its_payer(inside: int, desk: Desk) -> None:
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")

    refused = ("0.00", (("CO", "197", "210.00"),))
    desk.post(remittance(pay(one, DELGADO[0], refused)))

    row = desk.row(claim_id)
    assert (row.state, row.payer_name, row.denied) == ("partial", PAYER.name, Decimal("210.00"))
    assert work_kinds(claim_id) == ["partial"]


def test_what_has_no_benefit_with_the_first_payer_goes_to_the_next(inside: int, desk: Desk) -> None:
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")

    no_benefit = ("0.00", (("CO", "96", "210.00"),))
    desk.post(remittance(pay(one, DELGADO[0], no_benefit)))

    row = desk.row(claim_id)
    assert (row.state, row.payer_name) == ("ready", "State Medicaid")
    assert desk.buckets() == {"payer:2": Decimal("276.40")}
    assert work_kinds(claim_id) == []


def test_an_answer_taken_back_takes_the_unsent_claim_back(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)

    desk.post(remittance(negated(pay(one, *DELGADO)), trace="T2", plb=(("FB", "F1", "-174.40"),)))

    row = desk.row(claim_id)
    assert (row.state, row.payer_name, row.open_amount) == (
        "accepted",
        PAYER.name,
        Decimal("395.00"),
    )
    assert row.payer_control_number == "ICN1"
    assert desk.buckets() == {"payer:1": Decimal("395.00")}
    assert proved() == []


def test_a_corrected_answer_builds_the_claim_anew(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    better = ("82.00", (("CO", "45", "53.00"), ("PR", "1", "50.00")))

    correction = pay(one, better, DELGADO[1], number="ICN2")
    desk.post(remittance(negated(pay(one, *DELGADO)), correction, trace="T2"))

    row = desk.row(claim_id)
    assert (row.state, row.payer_name, row.open_amount) == (
        "ready",
        "State Medicaid",
        Decimal("77.20"),
    )
    assert value_of(claim_id).other_coverages[0].paid == Decimal("190.80")
    assert desk.buckets() == {"payer:2": Decimal("77.20")}
    assert proved() == []


def test_a_sent_claim_follows_the_corrected_money_and_asks_for_a_person(
    inside: int, desk: Desk
) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    better = ("82.00", (("CO", "45", "53.00"), ("PR", "1", "50.00")))

    correction = pay(one, better, DELGADO[1], number="ICN2")
    desk.post(remittance(negated(pay(one, *DELGADO)), correction, trace="T2"))

    row = desk.row(claim_id)
    assert (row.state, row.payer_name) == ("sent", "State Medicaid")
    assert desk.buckets() == {"payer:2": Decimal("77.20")}
    assert work_kinds(claim_id) == ["next_payer"]
    assert proved() == []


def test_taking_a_posting_back_takes_the_next_claim_back(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    [posted] = desk.post(remittance(pay(one, *DELGADO)))

    reverse_posting(posted.remittance_id, on=PAID_ON, reason="wrong file", by=None)

    assert (desk.row(claim_id).state, desk.row(claim_id).payer_name) == ("accepted", PAYER.name)
    assert desk.buckets() == {"payer:1": Decimal("395.00")}
    post_remittance(posted.remittance_id, posted_on=PAID_ON)
    assert desk.buckets() == {"payer:2": Decimal("93.60")}
    assert proved() == []


def test_an_ended_coverage_is_not_billed(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.models import Coverage

    one = two_payers()
    (claim_id,) = desk.take(one)
    Coverage.objects.filter(payer_order="S").update(valid_to=date(2026, 6, 20))
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, *DELGADO)))

    assert (desk.row(claim_id).state, desk.row(claim_id).patient_owes) == ("paid", Decimal("93.60"))


def test_medicare_second_needs_its_reason(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import bill_next_payer
    from cleanclaim.apps.billing.coverage.models import Coverage

    medicare = replace(AS_SECOND, subscriber=replace(AS_SECOND.subscriber, filing_indicator="MB"))
    claim_id, _ = answered(desk, replace(two_payers(), other_coverages=(medicare,)))
    assert desk.row(claim_id).payer_name == PAYER.name
    assert work_kinds(claim_id) == ["next_payer"]

    Coverage.objects.filter(payer_order="S").update(second_because="age")
    bill_next_payer(claim_id, on=PAID_ON, by=None)

    assert value_of(claim_id).subscriber.insurance_type == "12"
    assert work_kinds(claim_id) == []


def test_nobody_more_ends_the_waiting(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import (
        bill_next_payer,
        end_payers,
        withdraw_next_payer,
    )

    claim_id, _ = answered(desk)
    withdraw_next_payer(claim_id, reason="coverage was wrong", on=PAID_ON, by=None)
    assert desk.buckets() == {"patient": Decimal("93.60")}
    end_payers(claim_id, reason="coverage was wrong", on=PAID_ON, by=None)

    with pytest.raises(StateError, match="no further payer"):
        bill_next_payer(claim_id, on=PAID_ON, by=None)
    assert proved() == []


def test_charges_that_were_answered_do_not_change_with_the_next_payer(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.services import change_claim, void_claim

    claim_id, _ = answered(desk)
    second = value_of(claim_id)
    dearer = replace(second.lines[0], charge=Decimal("200.00"))

    for change in (
        lambda: change_claim(
            claim_id,
            replace(second, charge=Decimal("410.00"), lines=(dearer, second.lines[1])),
            on=PAID_ON,
            by=None,
        ),
        lambda: void_claim(claim_id, reason="wrong", on=PAID_ON, by=None),
    ):
        with pytest.raises(StateError, match="answered by the payer before"):
            change()
    change_claim(claim_id, replace(second, referral_number="R1"), on=PAID_ON, by=None)
    assert desk.buckets() == {"payer:2": Decimal("93.60")}
    assert proved() == []
