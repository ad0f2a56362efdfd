"""One takeback settles as much as it took, whichever cases it could settle and however many are settled at once."""

import threading
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_refund_once import by_each
from tests.apps.billing.adjustments.test_refunds import ANSWER, DAY, SECONDARY, found
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def from_secondary(value):
    return replace(value, payer=SECONDARY, payer_trace_id="1440000003")


def withheld(desk, reference: str, amount: str, trace: str = "T9") -> None:
    """The secondary withholds the amount from a payment of 900.00, and names these claims."""
    other = claim(f"Z{trace}", line(charge="900.00"))
    desk.take(other, source_file_id=int(trace[1:]) + 50)
    paid = pay(other, ("900.00", ()), number=f"ICN{trace}")
    desk.post(from_secondary(remittance(paid, trace=trace, plb=(("WO", reference, amount),))))


def two_claims(by: int, *numbers: str, first: int = 0) -> tuple[list[int], Desk]:
    """312.50 to be given back to the secondary on each of two claims (or those), identified; the cases by claim."""
    from cleanclaim.apps.billing.adjustments.services import identify_credit

    desk = Desk()
    for place, number in enumerate(numbers or ("A1", "A2"), start=first):
        one = claim(number, line(charge="400.00"))
        desk.take(one, source_file_id=10 + place)
        desk.post(remittance(pay(one, ANSWER, number=f"I{place}"), trace=f"P{place}"))
        desk.post(from_secondary(remittance(pay(one, ANSWER, number=f"ICN{number}"), trace=f"S{place}")))  # fmt: skip
    rows = sorted((row for row in found() if row.claim_id), key=lambda row: row.claim_id)
    return [identify_credit(row.key, on=DAY, by=by).pk for row in rows], desk


def settle(refund_id: int, by: int):
    from cleanclaim.apps.billing.adjustments.services import settle_by_takeback

    return settle_by_takeback(refund_id, on=DAY, by=by)


def taken(refund_id: int) -> Decimal:
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.takebacks import taken_for

    return taken_for(Refund.objects.get(pk=refund_id)).amount


def owed_back() -> Decimal:
    """What payers are owed by what they took and by what stands: 0.00 where each takeback met one credit."""
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances().get("liability:payer-takeback", Decimal("0.00"))


def test_a_takeback_that_names_two_claims_settles_one_credit(inside):
    ana = person(inside, "Ana")
    (first, second), desk = two_claims(ana)
    withheld(desk, "A1 A2", "312.50")

    settle(first, ana)

    assert (taken(second), owed_back()) == (Decimal("0.00"), Decimal("0.00"))
    with pytest.raises(StateError, match=r"taken 0\.00 of 312\.50"):
        settle(second, ana)
    desk.prove()


def test_what_settles_credits_is_no_work_any_more(inside):
    """No reversal came: what no credit was settled by stays work, with what is left of it."""
    ana = person(inside, "Ana")
    (first, second), desk = two_claims(ana)
    withheld(desk, "A1 A2", "400.00")

    told = [(item.amount, item.subject_kind) for item in desk.work("recoupment")]
    settle(first, ana)
    after_one = [item.amount for item in desk.work("recoupment")]
    settle(second, ana)

    assert told == [(Decimal("400.00"), "remittance")]
    assert after_one == [Decimal("87.50")]
    assert desk.work("recoupment") == []


def test_what_one_case_leaves_of_a_takeback_is_the_other_ones(inside):
    """400.00 for both claims and 50.00 for the first alone: 312.50 settle it, 137.50 of the other are taken."""
    ana = person(inside, "Ana")
    (first, second), desk = two_claims(ana)
    withheld(desk, "A1 A2", "400.00")
    withheld(desk, "A1", "50.00", trace="T8")

    settle(first, ana)
    left = taken(second)
    settle(second, ana)

    assert left == Decimal("87.50")  # the 312.50 came from the 400.00, which is older
    assert owed_back() == Decimal("50.00")  # for the first claim, and more than it was owed
    desk.prove()


def test_only_what_names_the_claim_is_read(inside):
    """Of a payer's two hundred other adjustments none is fetched."""
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment

    ana = person(inside, "Ana")
    (first, _), desk = two_claims(ana)
    withheld(desk, "ICNA1", "12.50")
    carrier = Remittance.objects.get(trace_number="T9")
    RemittanceAdjustment.objects.bulk_create(
        RemittanceAdjustment(remittance=carrier, position=n + 2, reason="WO", reference=f"X{n}", amount=Decimal("1.00"))
        for n in range(200)
    )  # fmt: skip

    with CaptureQueriesContext(connection) as asked:
        amount = taken(first)

    [sql] = [one["sql"] for one in asked if "remittanceadjustment" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert len(cursor.fetchall()) == 1
    assert amount == Decimal("12.50")


def as_a_whole(desk, by: int, *amounts: str) -> list[int]:
    """The secondary is owed 150.00 on no claim; the cases of these parts of it, identified."""
    from cleanclaim.apps.billing.adjustments.services import identify_credit

    other = claim("Y1", line(charge="900.00"))
    desk.take(other, source_file_id=40)
    paid = pay(other, ("900.00", ()), number="ICNY1")
    desk.post(from_secondary(remittance(paid, trace="T7", plb=(("72", "X9", "-150.00"),))))
    key = next(row.key for row in found() if row.account == "liability:payer-takeback")
    return [identify_credit(key, on=DAY, by=by, amount=Decimal(one)).pk for one in amounts]


def test_what_was_taken_for_a_claims_case_closes_no_case_of_the_account(inside):
    """312.50 withheld for the claim: the 50.00 that are owed back as a whole are owed still."""
    ana = person(inside, "Ana")
    (first, _), desk = two_claims(ana)
    [whole] = as_a_whole(desk, ana, "50.00")
    withheld(desk, "A1", "312.50")

    with pytest.raises(StateError, match=r"taken 0\.00 of 50\.00"):
        settle(whole, ana)

    settle(first, ana)
    assert owed_back() == Decimal("-150.00")
    with pytest.raises(StateError, match=r"taken 0\.00 of 50\.00"):
        settle(whole, ana)
    desk.prove()


def test_the_account_is_asked_for_all_claims_cases_at_once(inside):
    """However many of the payer's cases stand, and each is looked at by itself."""
    from cleanclaim.apps.billing.adjustments import takebacks
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services.refunding import taken_of

    def asked() -> int:
        row = Refund.objects.get(pk=whole)
        with CaptureQueriesContext(connection) as queries:
            taken_of(row)
        return len(queries)

    ana = person(inside, "Ana")
    cases, desk = two_claims(ana)
    [whole] = as_a_whole(desk, ana, "50.00")
    withheld(desk, "A1 A2", "312.50")
    few = asked()
    more, desk = two_claims(ana, *(f"B{n}" for n in range(12)), first=60)
    withheld(desk, "B3", "100.00", trace="T8")

    rows = list(Refund.objects.filter(pk__in=[*cases, *more]))
    assert (len(rows) >= 14, asked()) == (True, few)
    each = takebacks.taken_for_each(rows)
    assert each == {row.pk: takebacks.taken_for(row) for row in rows}
    assert {one.amount for one in each.values()} == {0, 100, Decimal("312.50")}


@pytest.mark.parametrize("place", [0, 1])
def test_what_was_taken_off_the_account_closes_cases_of_it_by_just_as_much(inside, place):
    from cleanclaim.apps.billing.adjustments.models import Refund

    ana = person(inside, "Ana")
    desk = Desk()
    cases = as_a_whole(desk, ana, "100.00", "50.00")
    withheld(desk, "LETTER 7", "100.00")

    for pk in (cases[place], cases[1 - place]):
        with suppress(StateError):
            settle(pk, ana)

    closed = Refund.objects.filter(state="taken_back").values_list("amount", flat=True)
    still = Refund.objects.filter(state="identified").values_list("amount", flat=True)
    assert (sum(closed), sum(still), owed_back()) == (Decimal("100.00"), Decimal("50.00"), Decimal("-50.00"))  # fmt: skip
    desk.prove()


def test_what_is_approved_and_was_taken_off_the_account_is_not_issued(inside):
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund
    from tests.apps.billing.adjustments.test_refunds import issue

    ana, lee, max_ = (person(inside, name, "Billing lead") for name in ("Ana", "Lee", "Max"))
    desk = Desk()
    first, second = as_a_whole(desk, ana, "100.00", "50.00")
    request_refund(first, on=DAY, by=ana)
    row = approve_refund(first, on=DAY, by=lee)
    withheld(desk, "LETTER 7", "100.00")

    with pytest.raises(StateError, match=r"the payer has taken back 100\.00"):
        issue(row, max_)

    settled = settle(first, ana)
    assert (settled.state, settled.amount) == ("taken_back", Decimal("100.00"))
    assert owed_back() == Decimal("-50.00")
    with pytest.raises(StateError, match=r"taken 0\.00 of 50\.00"):
        settle(second, ana)
    desk.prove()


@pytest.fixture
def two_cases(practice):
    """Both cases of `two_claims` and one takeback that names both, committed; who settles."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        ana = person(practice, "Ana")
        cases, desk = two_claims(ana)
        withheld(desk, "A1 A2", "312.50")
    return cases, ana


def settled_at_once(practice, two_cases, monkeypatch) -> Decimal:
    """Two persons settle the two cases; each looks before the other has written, unless a lock keeps it off."""
    from cleanclaim.apps.billing.adjustments import takebacks
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    cases, by = two_cases
    waiting = iter(cases)
    both_have_looked = threading.Barrier(2)
    look = takebacks.taken_for

    def look_together(row):
        seen = look(row)
        with suppress(threading.BrokenBarrierError):  # where the other one waits for the lock
            both_have_looked.wait(2)
        return seen

    monkeypatch.setattr(takebacks, "taken_for", look_together)
    by_each(practice, lambda: settle(next(waiting), by), 2)
    with tenant(practice):
        rows = Refund.objects.filter(state="taken_back")
        return sum(rows.values_list("amount", flat=True), Decimal("0.00"))


def test_two_cases_settled_at_once_get_one_takeback(practice, two_cases, monkeypatch):
    assert settled_at_once(practice, two_cases, monkeypatch) == Decimal("312.50")


def test_without_the_lock_one_takeback_settles_both(practice, two_cases, monkeypatch):
    """The twin."""
    from cleanclaim.apps.billing.adjustments.services import refunding

    monkeypatch.setattr(refunding, "lock_names", lambda names: None)

    assert settled_at_once(practice, two_cases, monkeypatch) == Decimal("625.00")
