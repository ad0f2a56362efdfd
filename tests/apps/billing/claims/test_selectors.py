"""What the claim pages ask: lists, lines, the legs behind an amount, a patient's account."""

from dataclasses import replace
from datetime import date

import pytest

from tests.apps.billing.world import CHIDI, PAID_ON, TYPICAL, claim, dollars, line, pay, remittance

pytestmark = pytest.mark.database_core


def two_lines():
    return claim("A1", line(1), line(2, "36415", "30.00"))


def test_a_list_finds_by_number_name_and_state_and_totals_what_it_finds(desk):
    from cleanclaim.apps.billing.claims.selectors import Filters, claims, totals

    ada = replace(CHIDI, first_name="Ada", last_name="Quist", member_id="MBR002")
    first, second, held = desk.take(
        claim("A1"), claim("A2", person=ada), claim("A3", charge=dollars("1.00"))
    )

    def ids(**wanted):
        return set(claims(Filters(**wanted)).values_list("id", flat=True))

    assert ids(text="A2") == ids(text="quist") == {second}
    assert ids(states=("ready",)) == {first, second}
    assert ids(states=("held",)) == {held}
    assert ids(service_from=date(2026, 6, 21)) == set()
    assert (totals(Filters()).count, totals(Filters()).charge) == (3, dollars("360.00"))


def test_every_amount_of_a_line_is_the_sum_of_its_trace(desk):
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.billing.claims import selectors
    from cleanclaim.apps.billing.claims.amounts import COLUMNS
    from cleanclaim.apps.shared.ledger.selectors import entries_of_claim

    one = two_lines()
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL, ("25.00", (("CO", "45", "5.00"),)))))

    entries = entries_of_claim(claim_id)
    views = selectors.lines(charges_of([claim_id])[claim_id], entries)

    assert [view.amounts.paid for view in views] == [dollars("80.00"), dollars("25.00")]
    for view in views:
        for column in COLUMNS:
            trace = selectors.amount_trace(entries, column, line_number=view.charge.line_number)
            assert trace.total == getattr(view.amounts, column), column
    assert selectors.amount_trace(entries, "paid").total == dollars("105.00")


def test_the_claim_is_seen_as_it_stood_before_it_was_paid(desk):
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.billing.claims import selectors
    from cleanclaim.apps.shared.ledger.selectors import entries_of_claim

    one = two_lines()
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL, ("25.00", (("CO", "45", "5.00"),)))))
    day_before = date(2026, 7, 7)

    views = selectors.lines(
        charges_of([claim_id])[claim_id], entries_of_claim(claim_id, effective_on=day_before)
    )

    assert day_before < PAID_ON
    assert [view.amounts.open_amount for view in views] == [dollars("120.00"), dollars("30.00")]


def test_an_account_runs_from_charge_to_what_the_patient_owes(desk):
    from cleanclaim.apps.billing.claims.selectors import account

    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL)))

    found = account(desk.row(claim_id).patient_id)

    assert [(entry.payer_after, entry.patient_after) for entry in found.lines] == [
        (dollars("120.00"), dollars("0.00")),
        (dollars("0.00"), dollars("10.00")),
    ]


def test_the_timeline_tells_the_whole_story_in_order(desk):
    from cleanclaim.apps.billing.claims.selectors import timeline

    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, TYPICAL)))

    assert [event.kind for event in timeline(claim_id)] == ["received", "sent", "accepted", "paid"]
    assert "80.00" in timeline(claim_id)[-1].words


def test_a_false_cached_amount_is_found_by_the_proof(desk):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.selectors import prove

    [claim_id] = desk.take(claim("A1"))
    Claim.objects.filter(pk=claim_id).update(paid=dollars("1.00"))

    [difference] = prove().differences

    assert (difference.subject, difference.amount) == (f"claim {claim_id} paid", dollars("1.00"))
