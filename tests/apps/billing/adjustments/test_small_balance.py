"""The rule for small balances: the preview names every item and why others stay; one approval, one undo."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.adjustments.people import balance, files, owed, person, visit
from tests.apps.billing.world import CHIDI, PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
LATER = PAID_ON + timedelta(days=200)


def rule(up_to: str = "9.99", older_than: int = 120, quiet_for: int = 30):
    from cleanclaim.apps.billing.adjustments.services import Rule

    return Rule(Decimal(up_to), older_than, quiet_for)


def without_limit(role_name: str) -> None:
    from cleanclaim.apps.shared.users.models import Role

    Role.objects.filter(name=role_name).update(money_limit=0)


def preview(on=LATER, **more):
    from cleanclaim.apps.billing.adjustments import services

    return services.preview(rule(**more), on=on)


def test_small_old_quiet_balances_are_taken(desk):
    item = visit(desk, answer=owed("120.00", "9.99"))

    found = preview()

    assert [one.item_id for one in found.taken] == [item]
    assert found.total == Decimal("9.99")


@pytest.mark.parametrize(
    ("days", "why"),
    [(120, ""), (119, "only 119 days with the patient")],
)
def test_the_last_day_and_the_day_before(desk, days, why):
    visit(desk, answer=owed("120.00", "5.00"))

    [one] = preview(on=PAID_ON + timedelta(days=days)).candidates

    assert one.excluded == why


def test_it_counts_whole_accounts_not_items(desk):
    for number in ("A1", "A2"):
        visit(desk, number, answer=owed("120.00", "5.00"))

    assert preview().candidates == ()
    assert preview(up_to="10.00").total == Decimal("10.00")


def test_what_is_at_the_agency_counts_to_the_account(desk):
    """4.00 with the patient and 40.00 at the agency is no small balance; 6.00 there, and it is."""
    at_patient = visit(desk, "A1", answer=owed("120.00", "4.00"))
    at_agency = visit(desk, "A2", answer=owed("120.00", "40.00"))
    _to_agency(at_agency)

    assert preview().candidates == ()
    assert [one.item_id for one in preview(up_to="44.00").taken] == [at_patient]


@pytest.mark.parametrize("account", ["liability:patient-prepayment", "liability:unapplied-cash"])
def test_who_has_money_with_us_owes_nothing_small(desk, account):
    """Their money pays the balance; the preview says why it stays. The last cent of it gone, the rule takes it."""
    item = visit(desk, answer=owed("120.00", "5.00"))
    _book(account, "-25.00", item, key="here")

    held = preview()
    _book(account, "25.00", item, key="gone")

    assert (held.taken, held.total) == ([], Decimal("0.00"))
    assert [one.excluded for one in held.candidates] == ["25.00 of their money is unapplied"]
    assert [one.item_id for one in preview().taken] == [item]


def test_who_is_owed_back_on_another_item_is_shown_and_left_alone(desk):
    one = visit(desk, "A1", answer=owed("120.00", "5.00"))
    other = visit(desk, "A2", answer=owed("120.00", "5.00"))
    _book("receivable:patient", "-7.00", other, key="paid too much", on_item=True)

    [left] = preview().candidates

    assert (left.item_id, left.excluded) == (one, "they are owed back 2.00")


def _book(account: str, amount: str, item_id: int, *, key: str, on_item: bool = False) -> None:
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.services import post_entries

    item = Item.objects.get(pk=item_id)
    names = {"patient_id": item.patient_id}
    if on_item:
        names |= {"item_id": item_id, "claim_id": item.claim_id}
    legs = (Leg("asset:bank", -Decimal(amount)), Leg(account, Decimal(amount), **names))
    post_entries([Entry("receipt", key, PAID_ON, PAID_ON, legs)])


def _to_agency(item_id: int) -> None:
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.services import post_entries

    item, amount = Item.objects.get(pk=item_id), balance(item_id)
    names = {"item_id": item_id, "claim_id": item.claim_id, "patient_id": item.patient_id}
    legs = (Leg("receivable:agency", amount, **names), Leg("receivable:patient", -amount, **names))
    post_entries([Entry("transfer", f"agency {item_id}", PAID_ON, PAID_ON, legs)])


def test_a_claim_that_still_has_a_payer_is_left_alone(desk):
    visit(desk, answer=("80.00", (("CO", "197", "35.00"), ("PR", "3", "5.00"))))

    [one] = preview().candidates

    assert one.excluded == "a payer still owes on the claim"


def test_the_batch_is_posted_with_one_request_and_undone_as_one(desk, inside):
    from cleanclaim.apps.billing.adjustments import services

    lee = person(inside, "Lee", "Billing lead")
    items = [visit(desk, number, answer=owed("120.00", "4.00")) for number in ("A1", "A2")]
    with pytest.raises(StateError, match=r"2 items, 8\.00 now"):
        services.write_off_small(rule(), seal="0" * 16, on=LATER, by=lee)

    row = services.write_off_small(rule(), seal=preview().seal, on=LATER, by=lee)
    assert [balance(item) for item in items] == [Decimal("0.00")] * 2
    assert row.evidence["up_to"] == "9.99"
    services.undo_adjustment(row.pk, words="a mistake", on=LATER, by=lee)

    assert [balance(item) for item in items] == [Decimal("4.00")] * 2
    assert len(preview().taken) == 0  # it was touched: not quiet any more
    desk.prove()


def other_account(desk, number: str, patient: str) -> int:
    """A visit of somebody else, of which they owe so much."""
    from cleanclaim.apps.shared.ledger.models import Item

    one = claim(
        number, line(charge="120.00"), person=replace(CHIDI, last_name="Rivera", member_id="M99")
    )
    [claim_id] = desk.take(one, source_file_id=next(files))
    desk.post(
        remittance(pay(one, owed("120.00", patient), number=f"I{number}"), trace=f"T{number}")
    )
    return Item.objects.get(claim_id=claim_id).pk


def pay_off(item: int, amount: str, on=LATER) -> None:
    """The patient pays so much of an item."""
    from cleanclaim.apps.billing.receipts.services import Part, take
    from cleanclaim.apps.shared.ledger.models import Item

    part = Part(item, Decimal(amount))
    patient = Item.objects.get(pk=item).patient_id
    take(patient, amount=part.amount, kind="payment", method="cash", on=on, by=1, parts=[part])


def test_other_items_of_the_same_sum_are_not_what_was_seen(desk, inside):
    """4.00 of one account were seen; by now that is paid, and 4.00 of another one fit the rule."""
    from cleanclaim.apps.billing.adjustments import services

    lee = person(inside, "Lee", "Billing lead")
    first, other = visit(desk, answer=owed("120.00", "4.00")), other_account(desk, "B1", "14.00")
    seen = preview()
    pay_off(first, "4.00")
    pay_off(other, "10.00", on=PAID_ON)

    now = preview()
    assert (now.total, len(now.taken)) == (seen.total, len(seen.taken)) == (Decimal("4.00"), 1)
    with pytest.raises(StateError, match="not the items and balances that you saw"):
        services.write_off_small(rule(), seal=seen.seal, on=LATER, by=lee)
    assert (balance(first), balance(other)) == (Decimal("0.00"), Decimal("4.00"))


def posted_while_it_waits(desk, inside, monkeypatch):
    """Somebody posts on the account between the look and the lock; what the request leaves on the item."""
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.billing.adjustments.services import moves

    lee = person(inside, "Lee", "Billing lead")
    item = visit(desk, answer=owed("120.00", "4.00"))
    lock, came = moves.lock_of, []

    def somebody_was_quicker(lines):
        if not came:
            came.append(True)
            visit(desk, "A9", answer=owed("120.00", "80.00"))
        return lock(lines)

    monkeypatch.setattr(moves, "lock_of", somebody_was_quicker)
    try:
        services.write_off_small(rule(), seal=preview().seal, on=LATER, by=lee)
    finally:
        left = balance(item)
    return left


def test_an_account_that_grew_while_the_request_waited_for_it_is_left(desk, inside, monkeypatch):
    with pytest.raises(StateError, match="the rule takes no item"):
        posted_while_it_waits(desk, inside, monkeypatch)


def test_without_the_second_look_a_part_of_a_large_account_is_written_off(
    desk, inside, monkeypatch
):
    """The twin."""
    from cleanclaim.apps.billing.adjustments.services import small_balance

    once = small_balance._as_seen
    seen = []

    def first_only(*args):
        seen.append(seen[0] if seen else once(*args))
        return seen[0]

    monkeypatch.setattr(small_balance, "_as_seen", first_only)

    assert posted_while_it_waits(desk, inside, monkeypatch) == Decimal("0.00")


@pytest.mark.parametrize(
    ("changed", "said"), [("paid", r"no small account|2\.00, "), ("grown", "no small account any more"), ("held", "with legal")]
)  # fmt: skip
def test_what_changed_before_the_approval_is_not_written_off(desk, inside, changed, said):
    from cleanclaim.apps.billing.adjustments import services

    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    without_limit("Practice biller")
    item = visit(desk, answer=owed("120.00", "4.00"))
    row = services.write_off_small(rule(), seal=preview().seal, on=LATER, by=ana)
    if changed == "paid":
        pay_off(item, "2.00")
    elif changed == "grown":
        visit(desk, "A9", answer=owed("120.00", "80.00"))
    else:
        services.hold_account(1, kind="legal", words="court", on=LATER, by=lee)

    with pytest.raises(StateError, match=said):
        services.approve_adjustment(row.pk, on=LATER, by=lee)


def test_what_did_not_change_is_approved(desk, inside):
    from cleanclaim.apps.billing.adjustments import services

    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    without_limit("Practice biller")
    item = visit(desk, answer=owed("120.00", "4.00"))
    row = services.write_off_small(rule(), seal=preview().seal, on=LATER, by=ana)

    assert row.state == "waiting" and preview().taken == []
    assert services.approve_adjustment(row.pk, on=LATER, by=lee).state == "posted"
    assert balance(item) == Decimal("0.00")


def test_many_go_in_parts_that_leave_accounts_whole(desk, inside, monkeypatch):
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.billing.adjustments.services import small_balance

    monkeypatch.setattr(small_balance, "MOST", 2)
    lee = person(inside, "Lee", "Billing lead")
    first = [visit(desk, number, answer=owed("120.00", "2.00")) for number in ("A1", "A2")]
    other = other_account(desk, "B1", "3.00")

    seen = preview()
    assert ([one.item_id for one in seen.taken], seen.later) == (first, 1)
    services.write_off_small(rule(), seal=seen.seal, on=LATER, by=lee)
    then = preview()

    assert ([one.item_id for one in then.taken], then.later) == ([other], 0)
