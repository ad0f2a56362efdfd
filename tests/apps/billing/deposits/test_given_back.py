"""A payer stops a payment and gives its money back inside a later one by PLB 72: the stopped one is awaited no more."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.deposits.bank import balances, bring, eft
from tests.apps.billing.deposits.test_placing import hand_out
from tests.apps.billing.deposits.test_reissues import (
    LATER,
    awaited,
    post,
    receive,
    reissue,
    row,
)
from tests.apps.billing.deposits.test_reissues import undo as undo_reissue
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core
ONE, TWO = claim("A1"), claim("A2")
TAKEBACK, CLEARING = "liability:payer-takeback", "asset:remit-clearing"


@pytest.fixture
def paid(desk):
    """80.00 under T1, posted, and a claim that waits; the remittance's id."""
    desk.take(ONE, TWO)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    return row("T1").pk


def give_back(desk, reference: str = "T1", amount: str = "-80.00", trace: str = "T5") -> None:
    """80.00 for the second claim, and 80.00 that the stopped payment had."""
    desk.post(remittance(pay(TWO, TYPICAL), trace=trace, plb=(("72", reference, amount),)))
    hand_out()


def choose(remittance_id: int, adjustment_id: int = 0):
    from cleanclaim.apps.billing.deposits.services import pay_by_adjustment

    return pay_by_adjustment(remittance_id, adjustment_id=adjustment_id, on=LATER, by=7)


def take_back(remittance_id: int) -> int:
    from cleanclaim.apps.billing.deposits.services import undo_given_back

    return undo_given_back(remittance_id, reason="another one", on=LATER, by=8)


def reverse(trace: str) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    reverse_posting(row(trace).pk, on=LATER, reason="wrong", by=1)


def test_the_reference_settles_the_stopped_payment_when_the_later_one_is_posted(paid, desk):
    reissue(paid, "")

    give_back(desk, "0T1")
    bring(eft("T5", "160.00", on=LATER), on=LATER)

    assert awaited() == []
    assert balances()["asset:bank"] == "160.00"
    assert CLEARING not in balances()
    assert TAKEBACK not in balances()
    desk.prove()


def test_or_when_the_stop_is_told_after_it(paid, desk):
    give_back(desk)
    assert awaited() == [("T1", "80.00"), ("T5", "160.00")]

    reissue(paid, "")

    assert awaited() == [("T5", "160.00")]
    desk.prove()


@pytest.mark.parametrize(
    ("reference", "amount"), [("OTHER", "-80.00"), ("T1", "-79.99"), ("T1", "80.00")]
)
def test_another_number_or_amount_settles_nothing_by_itself(paid, desk, reference, amount):
    reissue(paid, "")

    give_back(desk, reference, amount)

    assert ("", "80.00") in awaited()


def test_one_that_was_taken_back_since_it_was_stopped_is_left_alone(paid, desk):
    reissue(paid, "")
    reverse("T1")

    give_back(desk)

    assert awaited() == [("T5", "160.00")]
    assert balances()[TAKEBACK] == "-80.00"
    desk.prove()


def test_a_stopped_copy_is_left_alone(paid, desk):
    """T2 tells T1 again and was stopped as well: the money of T1 is awaited once."""
    copy = receive(remittance(pay(ONE, TYPICAL), trace="T2"))
    reissue(copy, "T3")
    reissue(paid, "T2")

    give_back(desk, "T3")

    assert awaited() == [("T2", "80.00"), ("T5", "160.00")]
    assert balances()[TAKEBACK] == "-80.00"


LONG = "VOID CHECK 0000000003321 OF JUNE"


def test_a_long_reference_settles_as_a_short_one(paid, desk):
    """The ledger keeps the first twenty characters of `PLB-72 T00...`."""
    reissue(paid, LONG)

    give_back(desk, LONG)

    assert awaited() == [("T5", "160.00")]
    assert TAKEBACK not in balances()
    desk.prove()


def test_where_no_credit_is_found_a_stop_is_told_all_the_same(paid, desk, monkeypatch):
    """The legs of the 72 say other words: a person is told why it settles nothing."""
    from cleanclaim.apps.billing.deposits.given_back import given_back_for
    from cleanclaim.apps.billing.deposits.services import giving_back

    give_back(desk)
    monkeypatch.setattr(giving_back, "adjustment_words", lambda reason, reference: "other")

    reissue(paid, "")

    assert awaited() == [("", "80.00"), ("T5", "160.00")]
    [only] = given_back_for(row("T1"))
    assert only.is_named
    with pytest.raises(StateError, match=r"PLB-72 T1 of trace T5 left no credit of 80\.00"):
        choose(paid)


def test_a_person_chooses_among_candidates(paid, desk):
    from cleanclaim.apps.billing.deposits.given_back import given_back_for

    reissue(paid, "")
    give_back(desk, "VOID 3321")
    [only] = given_back_for(row("T1"))
    assert (only.is_named, only.adjustment.reference) == (False, "VOID 3321")
    with pytest.raises(
        StateError,
        match=rf"adjustment {only.adjustment.pk + 9}, expected one PLB 72 of the same payer",
    ):
        choose(paid, only.adjustment.pk + 9)

    deposit = choose(paid, only.adjustment.pk)

    assert deposit.reasons == "PLB-72 VOID 3321 of trace T5; chosen by a person"
    assert given_back_for(row("T1")) == []
    assert awaited() == [("T5", "160.00")]
    with pytest.raises(StateError, match="was paid by deposit"):
        choose(paid)
    desk.prove()


def test_what_was_not_stopped_is_not_given_back(paid, desk):
    give_back(desk)
    with pytest.raises(StateError, match="for a payment that is stopped: none"):
        choose(paid)


def test_it_is_taken_back_and_not_settled_again_by_itself(paid, desk):
    from cleanclaim.apps.billing.deposits.services import settle_given_back

    reissue(paid, "")
    give_back(desk)
    with pytest.raises(StateError, match="was paid by deposit"):
        undo_reissue(paid)

    take_back(paid)

    assert settle_given_back(on=LATER) == []
    assert awaited() == [("", "80.00"), ("T5", "160.00")]
    assert balances()[TAKEBACK] == "-80.00"
    desk.prove()
    choose(paid)
    assert TAKEBACK not in balances()
    desk.prove()


def test_the_later_payment_is_not_taken_back_under_it(paid, desk):
    reissue(paid, "")
    give_back(desk)

    with pytest.raises(StateError, match="PLB 72 of trace T5 settles a stopped payment by deposit"):
        reverse("T5")

    take_back(paid)
    reverse("T5")
    assert TAKEBACK not in balances()
    desk.prove()


def test_twin_without_the_guard_the_proof_tells_it(paid, desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import guards
    from cleanclaim.apps.shared.ledger.selectors import prove

    reissue(paid, "")
    give_back(desk)
    monkeypatch.setattr(guards, "_guards", [])
    reverse("T5")

    assert ["given back" in one.subject for one in prove().differences] == [True]


def test_each_day_is_proved(paid, desk):
    """T1 is posted on one day; T5 with its money is posted and at the bank twenty days later."""
    from cleanclaim.apps.billing.deposits.daily import prove_day

    reissue(paid, "")
    post(receive(remittance(pay(TWO, TYPICAL), trace="T5", plb=(("72", "T1", "-80.00"),))))
    bring(eft("T5", "160.00", on=LATER), on=LATER)
    hand_out()

    found = [prove_day(day) for day in (PAID_ON, LATER)]

    assert [(one.kind, one.amount) for one in found[0].bank_items] == [
        ("awaiting its money", Decimal("-80.00"))
    ]
    assert [(one.kind, one.amount) for one in found[1].bank_items] == []
    assert [one.difference for one in found] == [0, 0]


def test_posted_on_the_day_on_which_it_was_given_back_its_item_says_so(paid, desk):
    from cleanclaim.apps.billing.deposits.daily import prove_day

    reissue(paid, "")
    give_back(desk)

    found = [(one.kind, one.amount) for one in prove_day(PAID_ON).bank_items]

    assert ("came in a later payment", Decimal("-80.00")) in found
    assert prove_day(PAID_ON).difference == 0


def test_the_page_offers_it_with_one_key(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        desk.take(ONE, TWO)
        desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
        pk = row("T1").pk
        reissue(pk, "", reissued_on=PAID_ON, on=PAID_ON + timedelta(days=1))
        give_back(desk, "VOID 3321")
    with demo():
        client = browser(practice, "Billing lead")
        shown = client.get(f"/deposits/awaited/{pk}/").content.decode()
        client.post(f"/deposits/awaited/{pk}/given-back/", {"adjustment": "0"})
        after = client.get(f"/deposits/awaited/{pk}/").content.decode()

    assert "It came here <kbd>g</kbd>" in shown
    assert "PLB-72 VOID 3321 of trace T5; chosen by a person" in after
    assert "came in a later payment" in after


def test_who_takes_a_payment_back_is_asked_of_its_own_adjustments_alone(paid, desk):
    """However many stopped payments others settle: one question where the payment has no adjustment, three where it has."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.billing.deposits.given_back import guard_given_back
    from cleanclaim.apps.shared.ledger.models import Entry

    reissue(paid, "")
    give_back(desk)

    def asked(trace: str, *, booked: bool) -> tuple[str, int]:
        entries = Entry.objects.filter(idempotency_key__startswith=f"remittance:{row(trace).pk}:")
        ids = [one.pk for one in entries if one.idempotency_key.endswith(":0") == booked]
        assert ids
        with CaptureQueriesContext(connection) as queries:
            return guard_given_back(ids), len(queries)

    assert asked("T1", booked=False) == ("", 1)
    assert asked("T5", booked=False) == ("", 1)
    said, statements = asked("T5", booked=True)
    assert said.startswith("PLB 72 of trace T5 settles a stopped payment by deposit")
    assert statements <= 3
