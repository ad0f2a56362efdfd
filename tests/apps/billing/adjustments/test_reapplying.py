"""A payment on the wrong item is re-applied with both stories kept; the two sides always add up."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, balance, owed, person, visit
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core


@pytest.fixture
def lee(inside) -> int:
    return person(inside, "Lee", "Billing lead")


def pay_patient(item_id: int, amount: str, key: str = "p1") -> int:
    """The patient's money on an item, as the front desk books it."""
    from cleanclaim.apps.billing.claims.amounts import refresh
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    item = Item.objects.get(pk=item_id)
    paid = Decimal(amount)

    def leg(account: str, signed: Decimal) -> Leg:
        return Leg(account, signed, item.pk, item.claim_id, item.line_number, item.patient_id)

    legs = (leg("asset:bank", paid), leg(PATIENT, -paid))
    [entry_id] = post_entries([Entry("payment", key, PAID_ON, PAID_ON, legs)])
    refresh([item.claim_id])
    return entry_id


def reapply(entry_id, off, onto, *, by, note="wrong item"):
    from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment

    def parts(given):
        return [Part(item, account, Decimal(amount)) for item, account, amount in given]

    return reapply_payment(entry_id, off=parts(off), onto=parts(onto), note=note, on=PAID_ON, by=by)


def test_forty_dollars_on_the_wrong_prescription(desk, lee):
    """S0 step 9: 40.00 went to another item; after re-applying, 62.35 is 22.35."""
    from cleanclaim.apps.shared.ledger.selectors import entries_of_claim

    disputed = visit(desk, "A1", "200.00", owed("200.00", "62.35"))
    wrong = visit(desk, "A2", "200.00", owed("200.00", "40.00"))
    entry = pay_patient(wrong, "40.00")

    row = reapply(entry, [(wrong, PATIENT, "40.00")], [(disputed, PATIENT, "40.00")], by=lee)

    assert (balance(disputed), balance(wrong)) == (Decimal("22.35"), Decimal("40.00"))
    lines = {line.item_id: line for line in row.lines.all()}
    assert lines[disputed].balance_before == Decimal("62.35")
    kinds = [one.kind for one in entries_of_claim(lines[wrong].claim_id)]
    assert kinds[-2:] == ["payment", "reapply"]  # the old application stays in the story
    assert [desk.row(n).patient_paid for n in (1, 2)] == [Decimal("40.00"), Decimal("0.00")]
    desk.prove()


def test_a_check_all_on_one_account_is_split_over_two(desk, lee):
    """S3-A step 9: 500.00 on A; A keeps 320.00, B gets 180.00."""
    a = visit(desk, "A1", "900.00", owed("900.00", "500.00"))
    b = visit(desk, "B1", "900.00", owed("900.00", "180.00"))
    entry = pay_patient(a, "500.00")

    reapply(entry, [(a, PATIENT, "180.00")], [(b, PATIENT, "180.00")], by=lee)

    from cleanclaim.apps.billing.adjustments.services import still_applied

    assert (balance(a), balance(b)) == (Decimal("180.00"), Decimal("0.00"))
    assert still_applied(entry) == {
        (a, PATIENT): Decimal("320.00"),
        (b, PATIENT): Decimal("180.00"),
    }
    desk.prove()


def test_payers_money_passes_through_unapplied_cash_and_each_claim_adds_up(desk, lee):
    from cleanclaim.apps.billing.claims.amounts import amounts_of
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    paid_wrong = visit(desk, "A1", "120.00", ("80.00", (("CO", "45", "40.00"),)))
    short = visit(desk, "A2", "120.00", ("0.00", (("CO", "197", "120.00"),)))
    entry = Leg.objects.filter(item_id=paid_wrong, account="asset:remit-clearing").get().entry_id

    reapply(entry, [(paid_wrong, PAYER, "80.00")], [(short, PAYER, "80.00")], by=lee)

    now = amounts_of([1, 2])
    assert (now[1].paid, now[1].open_amount) == (Decimal("0.00"), Decimal("80.00"))
    assert (now[2].paid, now[2].open_amount) == (Decimal("80.00"), Decimal("40.00"))
    assert "liability:unapplied-cash" not in account_balances()
    desk.prove()


def test_no_more_comes_off_than_the_payment_brought_and_still_has_there(desk, lee):
    a = visit(desk, "A1", "900.00", owed("900.00", "500.00"))
    b = visit(desk, "B1", "900.00", owed("900.00", "500.00"))
    entry = pay_patient(a, "100.00")

    with pytest.raises(StateError, match=r"100\.01 to take off"):
        reapply(entry, [(a, PATIENT, "100.01")], [(b, PATIENT, "100.01")], by=lee)
    with pytest.raises(InputError, match="expected as much"):
        reapply(entry, [(a, PATIENT, "50.00")], [(b, PATIENT, "49.99")], by=lee)
    reapply(entry, [(a, PATIENT, "60.00")], [(b, PATIENT, "60.00")], by=lee)
    with pytest.raises(StateError, match=r"has 40\.00 there"):
        reapply(entry, [(a, PATIENT, "60.00")], [(b, PATIENT, "60.00")], by=lee)


def test_undo_puts_the_payment_back_where_it_was(desk, lee):
    from cleanclaim.apps.billing.adjustments.services import still_applied, undo_adjustment

    a = visit(desk, "A1", "900.00", owed("900.00", "500.00"))
    b = visit(desk, "B1", "900.00", owed("900.00", "500.00"))
    entry = pay_patient(a, "100.00")
    row = reapply(entry, [(a, PATIENT, "60.00")], [(b, PATIENT, "60.00")], by=lee)

    undo_adjustment(row.pk, words="it was right", on=PAID_ON, by=lee)

    assert still_applied(entry) == {(a, PATIENT): Decimal("100.00")}
    assert (balance(a), balance(b)) == (Decimal("400.00"), Decimal("500.00"))
    desk.prove()
