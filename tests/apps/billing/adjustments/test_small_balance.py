"""The rule for small balances: the preview names every item and why others stay; one approval, one undo."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.adjustments.people import balance, owed, person, visit
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core
LATER = PAID_ON + timedelta(days=200)


def rule(up_to: str = "9.99", older_than: int = 120, quiet_for: int = 30):
    from cleanclaim.apps.billing.adjustments.services import Rule

    return Rule(Decimal(up_to), older_than, quiet_for)


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
        services.write_off_small(rule(), seen=Decimal("7.00"), count=2, on=LATER, by=lee)

    row = services.write_off_small(rule(), seen=Decimal("8.00"), count=2, on=LATER, by=lee)
    assert [balance(item) for item in items] == [Decimal("0.00")] * 2
    assert row.evidence["up_to"] == "9.99"
    services.undo_adjustment(row.pk, words="a mistake", on=LATER, by=lee)

    assert [balance(item) for item in items] == [Decimal("4.00")] * 2
    assert len(preview().taken) == 0  # it was touched: not quiet any more
    desk.prove()
