"""An 835 is posted once, to the right claims, and taken back without a trace in the balances."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    line,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core


def balances():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances()


def test_cash_contractual_and_patient_share_land_where_they_belong(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)

    [posted] = desk.post(remittance(pay(one, TYPICAL)))

    row = desk.row(claim_id)
    assert (posted.posted, posted.held, row.state) == (1, 0, "paid")
    assert (row.paid, row.contractual, row.patient_owes, row.open_amount) == tuple(
        map(dollars, ("80.00", "30.00", "10.00", "0.00"))
    )
    assert balances()["asset:remit-clearing"] == dollars("80.00")
    assert desk.buckets() == {"patient": dollars("10.00")}
    desk.prove()


def test_a_claim_paid_in_full_is_closed(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)

    desk.post(remittance(pay(one, ("120.00", ()))))

    assert desk.row(claim_id).state == "closed"


def test_a_denial_stays_open_with_the_payer_and_becomes_work(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)

    desk.post(remittance(pay(one, DENIED)))

    row = desk.row(claim_id)
    assert (row.state, row.denied, row.open_amount) == (
        "denied",
        *map(dollars, ("120.00", "120.00")),
    )
    [item] = desk.work("denial")
    assert (item.subject_id, item.amount) == (claim_id, dollars("120.00"))
    assert "CO-197" in item.reason
    desk.prove()


def test_the_remittance_is_answered_with_a_999(desk):
    from cleanclaim.apps.shared.exchange.models import FileAnswer

    one = claim("A1")
    desk.take(one)

    desk.post(remittance(pay(one, TYPICAL)))

    assert [a.kind for a in FileAnswer.objects.all()] == ["999"]


def test_the_same_payment_in_another_file_is_refused_and_the_first_is_named(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    again = receive_remittances(
        receive_835(remittance(pay(one, TYPICAL), trace="T1"), name="again.835"),
        received_on=PAID_ON,
    )

    assert again.ids == ()
    assert "was received before: remittance" in again.refused[0].message
    assert balances()["asset:remit-clearing"] == dollars("80.00")


def test_posting_twice_says_who_and_when(desk):
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.users.models import User

    user = User.objects.create(email="ines@example.org", name="Ines Duarte")
    one = claim("A1")
    desk.take(one)
    [posted] = desk.post(remittance(pay(one, TYPICAL)), by=user.pk)

    with pytest.raises(StateError, match=r"was posted by Ines Duarte at 20\d\d-"):
        post_remittance(posted.remittance_id, posted_on=PAID_ON, by=None)


def test_two_people_posting_at_once_post_once(practice):
    from django.db import connection

    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1")
    with tenant(practice):
        import_claims([one], source_file_id=1, received_on=PAID_ON)
        [remittance_id] = receive_remittances(
            receive_835(remittance(pay(one, TYPICAL))), received_on=PAID_ON
        ).ids
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def post() -> None:
        try:
            together.wait()
            with tenant(practice):
                post_remittance(remittance_id, posted_on=PAID_ON, by=None)
            outcomes.append("posted")
        except StateError as error:
            outcomes.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "posted" in outcomes
    assert sum("was posted by the system" in outcome for outcome in outcomes) == 1
    with tenant(practice):
        assert balances()["asset:remit-clearing"] == dollars("80.00")


def test_a_payment_for_an_unknown_claim_parks_its_cash_and_is_matched_by_hand(desk):
    from cleanclaim.apps.billing.remittances.services import apply_held

    one = claim("A1")
    [claim_id] = desk.take(one)
    stranger = replace(pay(one, TYPICAL), control_number="ZZ")

    [posted] = desk.post(remittance(stranger))
    assert (posted.posted, posted.held) == (0, 1)
    assert balances()["liability:unapplied-cash"] == dollars("-80.00")
    assert len(desk.work("match")) == 1
    apply_held(posted.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)

    assert "liability:unapplied-cash" not in balances()
    assert (desk.row(claim_id).paid, desk.row(claim_id).state) == (dollars("80.00"), "paid")
    assert desk.work("match") == []
    desk.prove()


def test_among_equal_control_numbers_the_payers_number_decides(desk):
    from cleanclaim.apps.billing.claims.models import Claim

    one = claim("A1")
    first, second = desk.take(one, one)
    Claim.objects.filter(pk=second).update(payer_control_number="ICN2")

    desk.post(remittance(pay(one, TYPICAL, number="ICN2"), pay(one, TYPICAL, number="ICN3")))

    assert (desk.row(first).paid, desk.row(second).paid) == (dollars("0.00"), dollars("80.00"))
    assert len(desk.work("match")) == 1


def test_a_reversal_restores_the_claim_and_what_cannot_be_taken_back_is_owed(desk):
    # 22 takes 80.00 back; nothing else is paid that day, so FB carries it forward: BPR is 0.00.
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    desk.post(
        remittance(pay(one, TAKEN_BACK, status="22"), trace="T2", plb=(("FB", "ICN1", "-80.00"),))
    )

    row = desk.row(claim_id)
    assert (row.state, row.paid, row.open_amount) == (
        "accepted",
        dollars("0.00"),
        dollars("120.00"),
    )
    assert balances()["liability:payer-takeback"] == dollars("-80.00")
    assert desk.buckets() == {"payer:1": dollars("120.00")}
    desk.prove()


def test_a_take_back_without_an_answer_that_stands_is_held_and_moves_no_receivable(desk):
    # First nothing was ever paid; then 80.00 is paid, taken back, and taken back once more.
    one = claim("A1")
    [claim_id] = desk.take(one)
    back = pay(one, TAKEN_BACK, status="22")
    forward = (("FB", "ICN1", "-80.00"),)

    [early] = desk.post(remittance(back, trace="T1", plb=forward))
    desk.post(remittance(pay(one, TYPICAL), trace="T2"))
    [first] = desk.post(remittance(back, trace="T3", plb=forward))
    [second] = desk.post(remittance(back, trace="T4", plb=forward))

    assert [posted.held for posted in (early, first, second)] == [1, 0, 1]
    assert (desk.row(claim_id).paid, desk.row(claim_id).open_amount) == (
        dollars("0.00"),
        dollars("120.00"),
    )
    assert balances()["liability:unapplied-cash"] == dollars("160.00")
    assert len(desk.work("match")) == 2
    desk.prove()


def test_a_take_back_is_held_when_it_comes_twice_in_one_remittance(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    back = pay(one, TAKEN_BACK, status="22")

    [posted] = desk.post(remittance(back, back, trace="T2", plb=(("FB", "ICN1", "-160.00"),)))

    assert (posted.posted, posted.held) == (1, 1)
    assert desk.row(claim_id).open_amount == dollars("120.00")


def test_a_payer_may_take_back_under_another_number_than_it_paid(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL, number="ICN1"), trace="T1"))
    back = pay(one, TAKEN_BACK, number="ICN1R", status="22")
    forward = (("FB", "ICN1", "-80.00"),)

    [first] = desk.post(remittance(back, trace="T2", plb=forward))
    [second] = desk.post(remittance(back, trace="T3", plb=forward))

    assert (first.held, second.held) == (0, 1)
    assert desk.row(claim_id).open_amount == dollars("120.00")


def test_an_answer_for_less_than_was_billed_becomes_work_until_the_rest_comes(desk):
    # 120.00 billed; the payer answers for 100.00 of it and says nothing of 20.00.
    one = claim("A1")
    [claim_id] = desk.take(one)
    told = replace(one, charge=dollars("100.00"), lines=(line(charge="100.00"),))
    answer = ("80.00", (("CO", "45", "10.00"), ("PR", "3", "10.00")))

    desk.post(remittance(pay(told, answer), trace="T1"))

    [item] = desk.work("underpaid")
    assert (item.subject_id, item.amount) == (claim_id, dollars("20.00"))
    rest = replace(one, charge=dollars("20.00"), lines=(line(charge="20.00"),))
    desk.post(remittance(pay(rest, ("20.00", ())), trace="T2"))
    assert desk.work("underpaid") == []
    assert desk.row(claim_id).open_amount == dollars("0.00")


def test_a_payment_to_somebody_else_is_held_whole(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    stranger = replace(remittance(pay(one, TYPICAL)).payee, npi="1999999984", tin="999999999")

    [posted] = desk.post(replace(remittance(pay(one, TYPICAL)), payee=stranger))

    assert posted.hold == "the payment is made to 1999999984, not to this organization"
    assert desk.row(claim_id).paid == dollars("0.00")
    assert "asset:remit-clearing" not in balances()


def test_a_payment_to_our_taxpayer_number_under_another_npi_is_ours(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    group = replace(remittance(pay(one, TYPICAL)).payee, npi="1999999984")

    desk.post(replace(remittance(pay(one, TYPICAL)), payee=group))

    assert desk.row(claim_id).paid == dollars("80.00")


def test_interest_and_provider_adjustments_move_no_claim(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)

    desk.post(remittance(pay(one, TYPICAL), plb=(("L6", "interest", "-1.50"),)))

    assert balances()["income:interest"] == dollars("-1.50")
    assert balances()["asset:remit-clearing"] == dollars("81.50")
    assert desk.row(claim_id).paid == dollars("80.00")


def test_taking_a_posting_back_restores_everything_and_it_posts_again(desk):
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    one, two = claim("A1"), claim("A2")
    first, second = desk.take(one, two)
    before = balances()
    [posted] = desk.post(remittance(pay(one, TYPICAL), pay(two, DENIED)))

    reverse_posting(posted.remittance_id, on=PAID_ON, reason="wrong deposit", by=None)

    assert balances() == before
    assert [desk.row(i).denied for i in (first, second)] == [dollars("0.00")] * 2
    desk.prove()
    post_remittance(posted.remittance_id, posted_on=PAID_ON, by=None)
    assert desk.row(first).paid == dollars("80.00")
    assert desk.row(second).state == "denied"
    desk.prove()


def test_a_simulation_shows_the_entry_and_writes_nothing(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances, simulate_posting
    from cleanclaim.apps.shared.ledger.models import Entry

    one = claim("A1")
    desk.take(one)
    [remittance_id] = receive_remittances(
        receive_835(remittance(pay(one, TYPICAL))), received_on=PAID_ON
    ).ids
    entries = Entry.objects.count()

    plan = simulate_posting(remittance_id, posted_on=PAID_ON)

    assert plan.places[0].plan.patient_amount == dollars("10.00")
    assert sum(leg.amount for leg in plan.places[0].legs) == 0
    assert Entry.objects.count() == entries


def test_a_closed_month_refuses_the_posting_whole(desk):
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.ledger.services import close_period

    one = claim("A1")
    [claim_id] = desk.take(one)
    [remittance_id] = receive_remittances(
        receive_835(remittance(pay(one, TYPICAL))), received_on=PAID_ON
    ).ids
    close_period(PAID_ON, by=None)

    with pytest.raises(StateError, match="closed"):
        post_remittance(remittance_id, posted_on=PAID_ON)

    assert desk.row(claim_id).paid == dollars("0.00")


AMOUNTS = st.integers(0, 5000).map(lambda cents: Decimal(cents) / 100)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=4))
def test_whatever_is_paid_the_amounts_add_up_and_a_take_back_restores_them(desk, parts):
    from django.db import transaction

    from cleanclaim.apps.billing.remittances.services import reverse_posting

    with transaction.atomic():
        lines, answers = [], []
        for number, (paid, contract, patient, other) in enumerate(parts, 1):
            charge = paid + contract + patient + other + Decimal("0.01")
            lines.append(line(number, charge=str(charge)))
            adjustments = [
                ("CO", "45", contract + Decimal("0.01")),
                ("PR", "1", patient),
                ("OA", "A1", other),
            ]
            answers.append((str(paid), tuple((g, r, str(a)) for g, r, a in adjustments if a)))
        one = claim("H1", *lines)
        desk.take(one, source_file_id=1000)
        start = balances()
        [posted] = desk.post(remittance(pay(one, *answers), trace="H1"))
        desk.prove()
        reverse_posting(posted.remittance_id, on=PAID_ON, reason="property", by=None)
        assert balances() == start
        desk.prove()
        transaction.set_rollback(True)
