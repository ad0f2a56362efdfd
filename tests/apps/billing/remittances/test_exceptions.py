"""What an 835 can say beside paid and denied: estimates, crossovers, balances carried forward, one answer twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.claim import Carried
from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

REFUSED_TO_PATIENT = ("0.00", (("PR", "96", "120.00"),))


def balances():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {account: amount for account, amount in account_balances().items() if amount}


def place_of(remittance_id: int, position: int = 1):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id, position=position)


def test_an_estimate_changes_neither_books_nor_claim(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    before, state = balances(), desk.row(claim_id).state
    estimate = pay(one, ("0.00", (("OA", "101", "120.00"),)), status="25")

    [posted] = desk.post(remittance(estimate))

    assert (posted.posted, posted.held) == (1, 0)
    assert place_of(posted.remittance_id).outcome == "memo"
    assert (balances(), desk.row(claim_id).state) == (before, state)
    assert desk.work("denial") == []


def test_an_estimate_needs_no_claim_of_ours(desk):
    estimate = pay(claim("PLANNED"), ("0.00", (("OA", "101", "120.00"),)), status="25")

    [posted] = desk.post(remittance(estimate))

    assert (posted.posted, posted.held) == (1, 0)


def test_a_crossed_over_claim_names_the_payer_that_has_the_answer(desk):
    one = claim("A1")
    desk.take(one)
    sent_on = Carried("2100", ("NM1", "TT", "2", "BAY MEDIGAP", "", "", "", "", "PI", "MG7"))
    payment = replace(pay(one, TYPICAL, status="19"), carried=(sent_on,))

    [posted] = desk.post(remittance(payment))

    place = place_of(posted.remittance_id)
    assert (place.outcome, place.crossed_over_to) == ("paid", "BAY MEDIGAP MG7")


def test_a_processed_claim_that_was_not_sent_on_names_nobody(desk):
    one = claim("A1")
    desk.take(one)

    [posted] = desk.post(remittance(pay(one, TYPICAL)))

    assert place_of(posted.remittance_id).crossed_over_to == ""


def test_a_claim_that_is_not_the_payers_waits_for_a_person(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)
    payment = pay(one, ("0.00", (("OA", "109", "120.00"),)), status="23")

    [posted] = desk.post(remittance(payment))

    assert posted.held == 1
    assert "not its claim (status 23)" in place_of(posted.remittance_id).hold
    assert desk.row(claim_id).open_amount == dollars("120.00")


def test_a_claim_answered_twice_in_one_payment_is_posted_once(desk):
    one = claim("A1")
    [claim_id] = desk.take(one)

    [posted] = desk.post(remittance(pay(one, TYPICAL), pay(one, TYPICAL)))

    assert (posted.posted, posted.held) == (1, 1)
    assert "answered a second time" in place_of(posted.remittance_id, 2).hold
    assert balances()["liability:unapplied-cash"] == dollars("-80.00")
    assert desk.row(claim_id).paid == dollars("80.00")


def test_a_balance_carried_forward_ends_at_zero(desk):
    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    desk.post(
        remittance(pay(one, TAKEN_BACK, status="22"), trace="T2", plb=(("FB", "R1", "-80.00"),))
    )
    owed = balances()["liability:payer-takeback"]
    desk.post(
        remittance(pay(two, TYPICAL, number="ICN2"), trace="T3", plb=(("FB", "R1", "80.00"),))
    )

    assert owed == dollars("-80.00")
    assert "liability:payer-takeback" not in balances()
    assert desk.work("other") == []
    desk.prove()


def test_a_missing_remittance_between_two_balances_becomes_work(desk):
    """T3 of 0.00, which paid 30.00 and carried 50.00 on, was never sent."""
    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    desk.post(
        remittance(pay(one, TAKEN_BACK, status="22"), trace="T2", plb=(("FB", "R1", "-80.00"),))
    )

    desk.post(
        remittance(pay(two, TYPICAL, number="ICN2"), trace="T4", plb=(("FB", "R2", "50.00"),))
    )

    [item] = desk.work("other")
    assert (
        "gives back a forward balance of 50.00 for payee 1234567893, but 80.00 stands here"
        in item.reason
    )
    assert "(30.00)" in item.reason


def test_posting_stops_where_it_would_not_do_what_was_shown(desk):
    from cleanclaim.apps.billing.remittances.seals import seal
    from cleanclaim.apps.billing.remittances.services import (
        post_remittance,
        receive_remittances,
        simulate_posting,
    )

    one = claim("A1")
    value = remittance(pay(one, TYPICAL))
    [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
    plan = simulate_posting(pk, posted_on=PAID_ON)  # no claim yet: the cash would be parked
    shown = seal(plan, payer_id=1)
    desk.take(one)
    before = balances()

    with pytest.raises(StateError, match="would not do what was shown") as caught:
        post_remittance(pk, posted_on=PAID_ON, shown=shown)

    assert "Unapplied cash -80.00 shown, 0.00 now" in caught.value.message
    assert balances() == before
    now = simulate_posting(pk, posted_on=PAID_ON)
    assert post_remittance(pk, posted_on=PAID_ON, shown=seal(now, payer_id=1)).posted == 1


def test_one_claim_of_a_payment_is_taken_back_and_applied_again(desk):
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    one, two = claim("A1"), claim("A2")
    first, second = desk.take(one, two)
    [posted] = desk.post(remittance(pay(one, TYPICAL), pay(two, TYPICAL, number="ICN2")))
    pk = posted.remittance_id

    for _ in range(2):  # as often as people change their minds
        reverse_place(pk, 1, on=PAID_ON, reason="wrong patient", by=None)
        assert desk.row(first).open_amount == dollars("120.00")
        assert desk.row(second).paid == dollars("80.00")
        assert balances()["liability:unapplied-cash"] == dollars("-80.00")
        assert balances()["asset:remit-clearing"] == dollars("160.00")
        assert place_of(pk).outcome == "held" and "wrong patient" in place_of(pk).hold
        [item] = desk.work("match")
        assert "wrong patient" in item.reason
        desk.prove()
        apply_held(pk, 1, claim_id=first, on=PAID_ON, by=None)
        assert "liability:unapplied-cash" not in balances()
        assert desk.row(first).paid == dollars("80.00")
        assert desk.work("match") == []
        desk.prove()


def test_a_payment_is_taken_back_whole_after_one_claim_of_it(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    one = claim("A1")
    desk.take(one)
    before = balances()
    [posted] = desk.post(remittance(pay(one, TYPICAL)))
    reverse_place(posted.remittance_id, 1, on=PAID_ON, reason="wrong", by=None)

    reverse_posting(posted.remittance_id, on=PAID_ON, reason="all wrong", by=None)

    assert balances() == before
    desk.prove()


def test_only_an_answer_that_stands_can_be_taken_back_alone(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_place

    one = claim("A1")
    desk.take(one)
    [posted] = desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    [back] = desk.post(remittance(pay(one, TAKEN_BACK, status="22"), trace="T2",
                                  plb=(("FB", "R", "-80.00"),)))  # fmt: skip

    with pytest.raises(StateError, match="takes an answer back itself"):
        reverse_place(back.remittance_id, 1, on=PAID_ON, reason="why", by=None)
    with pytest.raises(InputError, match="no reason"):
        reverse_place(posted.remittance_id, 1, on=PAID_ON, reason=" ", by=None)


def test_a_claim_is_denied_again_when_the_later_answer_is_taken_back(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, REFUSED_TO_PATIENT), trace="T1"))
    denied = desk.row(claim_id).state
    [later] = desk.post(
        remittance(
            pay(one, ("0.00", (("PR", "96", "-120.00"),)), status="22"),
            pay(one, TYPICAL),
            trace="T2",
        )
    )

    reverse_posting(later.remittance_id, on=PAID_ON + timedelta(days=1), reason="wrong", by=None)

    assert denied == "denied"
    assert desk.row(claim_id).state == "denied"


def test_a_held_payment_is_applied_with_one_key_to_a_candidate(practice):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        one = claim("A1")
        [claim_id] = Desk().take(one)
        [posted] = Desk().post(remittance(pay(replace(one, control_number="A1X"), TYPICAL)))
    pk = posted.remittance_id
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/remittances/{pk}/").content.decode()
        client.post(f"/remittances/{pk}/claims/1/apply/", {"picked": claim_id})
        after = client.get(f"/remittances/{pk}/").content.decode()
        client.post(f"/remittances/{pk}/claims/1/take-back/", {"reason": "wrong"})

    assert "Claims it may answer" in page and 'data-key="1"' in page
    assert "same patient&#x27;s name" in page or "same patient's name" in page
    assert "Take this claim back" in after
    with tenant(practice):
        assert Claim.objects.get(pk=claim_id).open_amount == dollars("120.00")
        patient_id = Claim.objects.get(pk=claim_id).patient_id
    assert ("read", "remittance", patient_id) in reads(practice)


def test_remarks_interest_and_crossover_are_read_beside_the_claim(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one = claim("A1")
    payment = replace(
        pay(one, TYPICAL, status="19"),
        remark_codes=("MA01",),
        interest=dollars("1.25"),
        allowed=dollars("90.00"),
    )
    with tenant(practice):
        Desk().take(one)
        [posted] = Desk().post(remittance(payment, plb=(("L6", "INT", "-1.25"),)))
        assert balances()["income:interest"] == dollars("-1.25")
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/remittances/{posted.remittance_id}/").content.decode()

    assert "MA01" in page
    assert "Interest of 1.25, paid by a provider adjustment (L6)" in page
    assert "Allowed for the claim: 90.00" in page
    assert "Crossed over to another payer" in page


def test_the_page_posts_only_what_it_showed(practice):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one = claim("A1")
    with tenant(practice):
        value = remittance(pay(one, DENIED))
        [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/remittances/{pk}/").content.decode()
        shown = page.partition('name="shown" value="')[2].partition('"')[0]
        with tenant(practice):
            Desk().take(one)
        form = {"round": 0, "shown": shown}
        after = client.post(f"/remittances/{pk}/post/", form, follow=True).content.decode()

    assert shown
    assert "posting would not do what was shown" in after
    with tenant(practice):
        assert Remittance.objects.get(pk=pk).state == "received"


def test_a_payment_of_less_than_nothing_is_held(desk):
    """No deposit would ever clear it, and nobody awaits one."""
    before = balances()

    [posted] = desk.post(remittance(plb=(("WO", "OLD", "20.00"),)))

    assert "less than nothing, -20.00" in posted.hold
    assert balances() == before
    assert len(desk.work("unposted")) == 1


def test_reductions_that_only_fit_the_books_one_by_one_are_refused_at_the_door(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    one = claim("A1")
    most = "999999999999.99"
    much = (
        ("CO", "29", most),
        ("CO", "29", "120.00"),
        ("CO", "29", most),
        ("CO", "45", f"-{most}"),
    )
    answer = ("0.00", (*much, ("CO", "45", f"-{most}")))

    received = receive_remittances(receive_835(remittance(pay(one, answer))), received_on=PAID_ON)

    assert "below a trillion dollars" in received.faults[0]
    assert received.ids == ()
