"""What people do with one claim at the desk."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.claim import Procedure
from tests.apps.billing.world import (
    DAY,
    DENIED,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    line,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core
VISIT_AND_DRAW = (line(1, "99213", "120.00"), line(2, "20610", "90.00"))


def enter(*lines, control_number=""):
    from cleanclaim.apps.billing.claims.services import enter_claim

    return enter_claim(claim(control_number, *lines), entered_on=DAY, by=None)


def test_a_typed_claim_gets_a_number_and_its_charges_are_booked(desk):
    changed = enter(line())

    one = desk.row(changed.claim_id)
    assert one.state == "ready"
    assert one.control_number.startswith("C")
    assert desk.buckets() == {"payer:1": dollars("120.00")}


def test_a_visit_beside_a_procedure_is_held_at_entry_and_the_ready_fix_lets_it_go(desk):
    from cleanclaim.apps.billing.claims.convert import current_value, finding_value
    from cleanclaim.apps.billing.claims.models import ClaimEvent
    from cleanclaim.apps.billing.claims.services import fix_claim
    from cleanclaim.rules.edits import attestation

    changed = enter(*VISIT_AND_DRAW)
    assert changed.is_held
    [finding] = desk.row(changed.claim_id).findings.filter(severity="hold")

    with pytest.raises(InputError, match="not attested"):
        fix_claim(changed.claim_id, finding.pk, on=DAY, by=None)
    words = attestation(finding_value(finding))
    fixed = fix_claim(changed.claim_id, finding.pk, on=DAY, by=None, attested=words)

    one = desk.row(changed.claim_id)
    assert ClaimEvent.objects.filter(claim_id=one.pk, words__contains=f"Attested: {words}").exists()
    assert (fixed.state, one.version) == ("ready", 2)
    assert current_value(one).lines[0].procedure == Procedure("99213", ("25",))
    assert desk.work("hold") == []
    assert desk.buckets() == {"payer:1": dollars("210.00")}
    desk.prove()


def test_a_hold_of_the_desk_alone_is_released_with_a_reason(desk):
    from cleanclaim.apps.billing.claims.services import release_claim

    changed = enter(*VISIT_AND_DRAW)

    with pytest.raises(InputError, match="no reason"):
        release_claim(changed.claim_id, reason=" ", on=DAY, by=None)
    released = release_claim(
        changed.claim_id, reason="one visit, no separate work", on=DAY, by=None
    )

    assert released.state == "ready"


def test_a_hold_of_every_claim_is_not_released(desk):
    from cleanclaim.apps.billing.claims.services import release_claim

    [one] = desk.take(claim("A1", charge=dollars("99.00")))

    with pytest.raises(StateError, match="lines add up"):
        release_claim(one, reason="never mind", on=DAY, by=None)


def test_a_changed_line_is_booked_anew_and_the_others_keep_their_items(desk):
    from cleanclaim.apps.billing.charges.models import Charge
    from cleanclaim.apps.billing.claims.services import change_claim

    changed = enter(*VISIT_AND_DRAW, control_number="A1")
    before = dict(Charge.objects.values_list("line_number", "item_id"))
    new = claim("A1", VISIT_AND_DRAW[0], line(2, "20610", "95.00"))

    change_claim(changed.claim_id, new, on=DAY, by=None)

    live = dict(Charge.objects.filter(last_version=None).values_list("line_number", "item_id"))
    assert live[1] == before[1]
    assert live[2] != before[2]
    assert desk.buckets() == {"payer:1": dollars("215.00")}
    [(place, old, fresh)] = [
        change
        for change in desk.row(changed.claim_id).versions.get(number=2).changes
        if change[0] == "lines.2.charge"
    ]
    assert (place, Decimal(old), Decimal(fresh)) == ("lines.2.charge", Decimal(90), Decimal(95))
    desk.prove()


def test_a_sent_claim_is_not_changed_but_corrected(desk):
    from cleanclaim.apps.billing.claims.services import change_claim, correct_claim

    [one] = desk.take(claim("A1"))
    desk.submit()

    with pytest.raises(StateError, match="sent"):
        change_claim(one, claim("A1"), on=DAY, by=None)
    with pytest.raises(StateError, match="sent"):
        correct_claim(one, claim("A1"), on=DAY, by=None)


def test_a_paid_claim_whose_correction_is_denied_keeps_its_answer_and_says_so(desk):
    from cleanclaim.apps.billing.claims.convert import current_value
    from cleanclaim.apps.billing.claims.services import correct_claim

    original = claim("A1")
    [one] = desk.take(original)
    desk.accept(one, "ICN1")
    desk.post(remittance(pay(original, TYPICAL, number="ICN1"), trace="T1"))
    correct_claim(one, original, on=DAY, by=None)
    sent = current_value(desk.row(one))
    desk.accept(one, "ICN2")

    desk.post(remittance(pay(sent, DENIED, number="ICN2"), trace="T2"))

    row = desk.row(one)
    assert (row.state, row.paid, row.denied, row.open_amount) == (
        "partial",
        dollars("80.00"),
        dollars("0.00"),
        dollars("0.00"),
    )
    assert len(desk.work("denial")) == 1
    desk.prove()


def test_a_denied_claim_is_corrected_and_paid_and_every_step_balances(desk):
    from cleanclaim.apps.billing.claims.convert import current_value
    from cleanclaim.apps.billing.claims.services import correct_claim

    original = claim("A1")
    [one] = desk.take(original)
    desk.accept(one, "ICN1")
    desk.post(remittance(pay(original, DENIED, number="ICN1"), trace="T1"))
    assert desk.row(one).state == "denied"
    fixed = claim("A1", line(procedure=Procedure("99213", ("25",))))

    correct_claim(one, fixed, on=DAY, by=None)
    sent = current_value(desk.row(one))
    assert (sent.frequency_code, sent.original_payer_number) == ("7", "ICN1")
    assert desk.row(one).denied == dollars("0.00")  # no answer to this version yet
    desk.accept(one, "ICN2")
    take_back = replace(
        pay(original, ("0.00", (("CO", "197", "-120.00"),)), number="ICN1", status="22")
    )
    desk.post(remittance(take_back, pay(sent, TYPICAL, number="ICN2"), trace="T2"))

    row = desk.row(one)
    assert (row.state, row.paid, row.denied, row.open_amount) == (
        "paid",
        dollars("80.00"),
        dollars("0.00"),
        dollars("0.00"),
    )
    assert desk.buckets() == {"patient": dollars("10.00")}
    assert desk.work("denial") == []
    desk.prove()


def test_a_paid_claim_is_voided_and_the_payer_takes_its_money_back(desk):
    from cleanclaim.apps.billing.claims.services import void_claim

    original = claim("A1")
    [one] = desk.take(original)
    desk.accept(one, "ICN1")
    desk.post(remittance(pay(original, TYPICAL, number="ICN1"), trace="T1"))

    void_claim(one, reason="wrong patient", on=DAY, by=None)
    assert (desk.row(one).frequency_code, desk.row(one).state) == ("8", "ready")
    desk.accept(one, "ICN2")
    desk.post(
        remittance(
            pay(original, TAKEN_BACK, number="ICN1", status="22"),
            trace="T2",
            plb=(("FB", "ICN1", "-80.00"),),
        )
    )

    row = desk.row(one)
    assert (row.state, row.charge, row.paid, row.open_amount) == (
        "void",
        dollars("0.00"),
        dollars("0.00"),
        dollars("0.00"),
    )
    assert desk.buckets() == {}
    desk.prove()


def test_a_claim_that_was_never_sent_is_voided_here(desk):
    from cleanclaim.apps.billing.claims.services import void_claim

    [one] = desk.take(claim("A1"))

    void_claim(one, reason="entered twice", on=DAY, by=None)

    assert desk.row(one).state == "void"
    assert desk.buckets() == {}
    assert desk.submit() == []
    with pytest.raises(StateError, match="void"):
        void_claim(one, reason="again", on=DAY, by=None)
