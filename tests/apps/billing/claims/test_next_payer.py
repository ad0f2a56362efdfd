"""The claim goes on to the next payer by itself, its money with it; and back when an answer is taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.cob import out_of_balance
from cleanclaim.values.claim import OtherCoverage, Subscriber
from cleanclaim.values.party import Payer, Person
from cleanclaim.values.remittance import Remittance
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    CHIDI,
    DAY,
    PAID_ON,
    PAYER,
    claim,
    line,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core

MEDICAID = Payer("State Medicaid", "SMC01")
THIRD = Payer("Third Mutual", "TM3")
AS_SECOND = OtherCoverage(
    Subscriber(replace(CHIDI, member_id="MCD9"), "S", filing_indicator="CI"), MEDICAID
)
AS_THIRD = OtherCoverage(
    Subscriber(
        Person("Okafor", "Ada", member_id="TM9"), "T", relationship="01", filing_indicator="CI"
    ),
    THIRD,
)
DELGADO = (
    ("65.60", (("CO", "45", "53.00"), ("PR", "1", "50.00"), ("PR", "2", "16.40"))),
    ("108.80", (("CO", "45", "74.00"), ("PR", "2", "27.20"))),
)


def two_payers(number: str = "A1", **more):
    lines = (line(1, "99214", "185.00"), line(2, "20610", "210.00"))
    return claim(number, *lines, other_coverages=(AS_SECOND,), **more)


def from_payer(payer: Payer, payment, trace: str) -> Remittance:
    made = remittance(payment, trace=trace)
    return replace(made, payer=replace(made.payer, name=payer.name, payer_id=payer.payer_id))


def negated(payment):
    lines = tuple(
        replace(
            one,
            charge=-one.charge,
            paid=-one.paid,
            adjustments=tuple(replace(a, amount=-a.amount) for a in one.adjustments),
        )
        for one in payment.lines
    )
    return replace(
        payment,
        status_code="22",
        charge=-payment.charge,
        paid=-payment.paid,
        patient_responsibility=-payment.patient_responsibility,
        lines=lines,
    )


def answered(desk: Desk, one=None, *, status: str = "1"):
    """A claim of two payers with the primary's answer posted."""
    one = one or two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *DELGADO, status=status), trace="T1"))
    return claim_id, one


def send_next(claim_id: int) -> None:
    """Send the claim to the next payer's own partner."""
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers, submit_ready_claims

    next_partner()
    [(partner, claim_ids)] = ready_for_next_payers()
    assert claim_ids == [claim_id]
    submit_ready_claims(partner=partner, submit_on=DAY, claim_ids=claim_ids)


def next_partner():
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    return find_or_add_partner(
        slug="medicaid",
        name=MEDICAID.name,
        kind="health_plan",
        our_id="HARBOR",
        their_id=MEDICAID.payer_id,
        usage="T",
    )


def value_of(claim_id: int):
    from cleanclaim.apps.billing.claims.convert import current_values

    return current_values([claim_id])[claim_id]


def work_kinds(claim_id: int) -> list[str]:
    from cleanclaim.apps.shared.work.selectors import items_about

    return [one.kind for one in items_about("claim", claim_id) if one.state != "done"]


def proved() -> list:
    from cleanclaim.apps.billing.claims.amounts import prove_claims

    return list(prove_claims())


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

    desk.post(remittance(negated(pay(one, *DELGADO)), trace="T2"))

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


# What the patient owes in the end

HOME_HEALTH = ("896.00", (("CO", "45", "360.00"), ("PR", "2", "224.00")))


def home_health(desk: Desk):
    one = claim("HH-20388", line(1, "G0299", "1480.00"))
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    return claim_id, one


def benefit_left(claim_id: int, left: str) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services.patient_part import record_benefit_left
    from cleanclaim.apps.billing.coverage.models import Coverage

    coverage = Coverage.objects.get(patient__claims=Claim.objects.get(pk=claim_id))
    record_benefit_left(
        coverage.pk, left=Decimal(left), as_of=date(2026, 6, 20), source="271", on=PAID_ON, by=None
    )


def part_of(desk: Desk, claim_id: int):
    from cleanclaim.apps.billing.claims.owing import claim_owed

    return claim_owed(desk.row(claim_id))


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


def test_the_correction_goes_with_the_answer(inside: int, desk: Desk) -> None:
    claim_id, one = home_health(desk)
    benefit_left(claim_id, "150.00")
    desk.post(remittance(pay(one, HOME_HEALTH), trace="T1"))

    desk.post(remittance(negated(pay(one, HOME_HEALTH)), trace="T2"))

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


def test_nothing_is_billed_before_the_last_payer_has_answered(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import end_payers, withdraw_next_payer

    claim_id, _ = answered(desk)
    withdraw_next_payer(claim_id, reason="to look at it", on=PAID_ON, by=None)

    waiting = part_of(desk, claim_id).part
    assert (waiting.billable, waiting.held) == (0, Decimal("93.60"))
    assert waiting.reason == "State Medicaid comes next and has not been billed"
    end_payers(claim_id, reason="no longer covered", on=PAID_ON, by=None)
    assert part_of(desk, claim_id).part.billable == Decimal("93.60")


def test_the_derivation_as_an_object_adds_up(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.owing import as_object

    claim_id, one = home_health(desk)
    benefit_left(claim_id, "150.00")
    desk.post(remittance(pay(one, HOME_HEALTH)))

    told = as_object(part_of(desk, claim_id))

    assert (told["patient_owes"], told["payers"][0]["disputed"]) == ("150.00", "74.00")
    assert [step["left"] for step in told["lines"][0]["steps"]][-1] == "150.00"
