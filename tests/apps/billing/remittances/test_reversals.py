"""A reversal posts the exact opposite of the answer that it takes back, or a person looks."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core

ALLOWED_ONLY = ("0.00", (("CO", "90", "120.00"),))  # pays nothing; AMT*B6 says that it was allowed
ALLOWED_ONLY_BACK = ("0.00", (("CO", "90", "-120.00"),))


def forward(amount: str) -> tuple[tuple[str, str, str], ...]:
    return (("FB", "F1", amount),)


def allowed(payment, amount: str):
    [line] = payment.lines
    return replace(payment, lines=(replace(line, allowed=Decimal(amount)),))


def test_a_reversal_without_the_allowed_amount_undoes_an_answer_that_had_it(desk):
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    one = claim("A1")
    desk.take(one)
    before = account_balances()
    desk.post(remittance(allowed(pay(one, ALLOWED_ONLY), "50.00"), trace="T1"))
    between = account_balances()

    [done] = desk.post(remittance(pay(one, ALLOWED_ONLY_BACK, status="22"), trace="T2"))

    assert done.held == 0
    assert between.get("receivable:payer:1", 0) == 0  # a reduction, not a denial
    left = {name: amount for name, amount in account_balances().items() if amount}
    assert left == {name: amount for name, amount in before.items() if amount}
    desk.prove()


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (("-40.00", (("CO", "45", "-70.00"), ("PR", "3", "-10.00"))), "the payment is -40.00"),
        (("-80.00", (("CO", "45", "-40.00"),)), "CO-45 is -40.00, expected -30.00"),
    ],
)
def test_a_reversal_with_other_amounts_than_its_answer_waits_for_a_person(desk, back, words):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    buckets = desk.buckets()
    paid = pay(one, back, status="22").paid

    [done] = desk.post(remittance(pay(one, back, status="22"), trace="T2", plb=forward(str(paid))))

    assert done.held == 1
    assert words in RemittanceClaim.objects.get(remittance_id=done.remittance_id).hold
    assert desk.buckets() == buckets
    desk.prove()


def test_a_reversal_whose_signs_were_not_turned_is_no_second_payment(desk):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    [done] = desk.post(remittance(replace(pay(one, TYPICAL), status_code="22"), trace="T2"))

    hold = RemittanceClaim.objects.get(remittance_id=done.remittance_id).hold
    assert "the charge is 120.00, expected -120.00" in hold


def test_of_two_answers_under_one_number_the_one_with_these_amounts_is_taken_back(desk):
    from cleanclaim.apps.billing.remittances.services import apply_beside

    one = claim("A1")
    more = ("5.00", (("CO", "45", "115.00"),))
    more_back = ("-5.00", (("CO", "45", "-115.00"),))
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    [held] = desk.post(remittance(pay(one, more), trace="T2"))
    apply_beside(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)

    [first] = desk.post(
        remittance(pay(one, TAKEN_BACK, status="22"), trace="T3", plb=forward("-80.00"))
    )
    [second] = desk.post(
        remittance(pay(one, more_back, status="22"), trace="T4", plb=forward("-5.00"))
    )

    assert (first.held, second.held) == (0, 0)
    assert desk.buckets()["payer:1"] == Decimal("120.00")
    desk.prove()


def test_a_balance_is_carried_forward_for_each_payee(desk):
    """What another number of ours is owed does not settle what this one is told."""
    from cleanclaim.apps.billing.remittances.services import simulate_posting
    from cleanclaim.apps.billing.remittances.services.receiving import receive_remittances
    from tests.apps.billing.world import receive_835

    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    carried = remittance(pay(one, TYPICAL), trace="T1", plb=forward("-80.00"))
    by_tin = replace(carried.payee, npi="")
    desk.post(carried)
    back = remittance(pay(two, TYPICAL), trace="T2", plb=forward("80.00"))
    ids = receive_remittances(
        receive_835(back, replace(back, trace_number="T3", payee=by_tin)), received_on=PAID_ON
    ).ids

    same, other = (simulate_posting(one, posted_on=PAID_ON).findings for one in ids)

    assert same == ()
    assert len(other) == 1
    assert "80.00 for payee 310000001, but 0.00 stands here" in other[0]


def test_a_reversal_takes_back_no_answer_that_came_after_it(desk):
    """Paid, taken back, paid again otherwise by the same amount, and taken back again."""
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    one = claim("A1")
    desk.take(one)
    before = account_balances()
    otherwise = ("80.00", (("CO", "45", "40.00"),))
    back = ("-80.00", (("CO", "45", "-40.00"),))
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    desk.post(remittance(pay(one, TAKEN_BACK, status="22"), trace="T2", plb=forward("-80.00")))
    desk.post(remittance(pay(one, otherwise), trace="T3"))

    [done] = desk.post(
        remittance(pay(one, back, status="22"), trace="T4", plb=(("FB", "F2", "-80.00"),))
    )

    assert done.held == 0
    left = {name: amount for name, amount in account_balances().items() if amount}
    kept = {name: amount for name, amount in before.items() if amount}
    assert {name: left.get(name) for name in kept} == kept
    assert not {name for name in left if name.startswith("contra:")}
    desk.prove()


def test_a_correction_taken_back_leaves_the_line_where_the_first_answer_put_it(desk):
    """The payment moved it to the payer and back to the patient; of both moves nothing stands."""
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.selectors import responsible_buckets

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    ids = list(Item.objects.values_list("id", flat=True))
    before, amounts = responsible_buckets(ids), desk.buckets()
    corrected = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
    both = (pay(one, TAKEN_BACK, status="22"), pay(one, corrected))
    [done] = desk.post(remittance(*both, trace="T2"))
    assert (done.held, desk.buckets()["patient"]) == (0, Decimal("5.00"))

    reverse_posting(done.remittance_id, on=PAID_ON, reason="wrong deposit", by=None)

    assert desk.buckets() == amounts
    assert responsible_buckets(ids) == before
    desk.prove()


def unmarked(one):
    """A payer takes its answer back and says that it is processed as primary (CLP02 1) instead of 22."""
    return replace(pay(one, TAKEN_BACK, status="22"), status_code="1")


def test_amounts_below_zero_without_status_22_take_the_answer_back_as_well(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    desk.post(remittance(unmarked(one), trace="T2", plb=(("FB", "F1", "-80.00"),)))

    assert desk.buckets() == {"payer:1": Decimal("120.00")}
    assert desk.row(claim_id).state == "accepted"
    assert desk.work("underpaid") == []
    desk.prove()


def test_they_make_no_credit_of_the_patient_where_no_answer_stands(desk):
    one = claim("A1")
    desk.take(one)

    [posted] = desk.post(remittance(unmarked(one), trace="T2", plb=(("FB", "F1", "-80.00"),)))

    assert posted.held == 1
    assert desk.buckets() == {"payer:1": Decimal("120.00")}
    assert "no answer to this claim stands here" in desk.work("match")[0].reason


def test_each_step_of_a_claims_story_names_the_entry_that_it_made(desk):
    """Reversal and correction in one payment: the one shows the entry that took back, the other its own."""
    from cleanclaim.apps.billing.claims.models import ClaimEvent
    from cleanclaim.apps.shared.ledger.selectors import entries_of_claim

    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    otherwise = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))

    desk.post(
        remittance(
            pay(one, TAKEN_BACK, status="22"), pay(one, otherwise, number="ICN2"), trace="T2"
        )
    )

    told = ClaimEvent.objects.filter(claim_id=claim_id).exclude(entry_id=0).order_by("id")
    kinds = {entry.id: entry.kind for entry in entries_of_claim(claim_id)}
    assert len({one.entry_id for one in told}) == 3
    assert [kinds[one.entry_id] for one in told] == ["payment", "takeback", "payment"]
