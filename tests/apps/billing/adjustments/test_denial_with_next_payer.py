"""What was written off while the next payer had it: taken back from there, nothing is left and the claim is closed."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_requesting import ask
from tests.apps.billing.claims.payers import proved, two_payers
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, pay, remittance

pytestmark = pytest.mark.database_core
SECOND = "receivable:payer:2"


def at_second(desk: Desk, *answers, status: str = "1") -> int:
    from cleanclaim.apps.billing.claims.services.next_payer import bill_next_payer

    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *answers, status=status), trace="T1"))
    if "payer:2" not in desk.buckets():
        bill_next_payer(claim_id, on=PAID_ON, by=None)
    return claim_id


def write_off(claim_id: int, code: str, *, by: int) -> None:
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    for (item_id, account), amount in item_balances(claim_ids=[claim_id]).items():
        if account == SECOND and amount > 0:
            ask(code, item_id, str(amount), SECOND, by=by)


def back(claim_id: int) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import withdraw_next_payer

    withdraw_next_payer(claim_id, reason="coverage was wrong", on=PAID_ON, by=None)


def whole(one) -> list[tuple[str, tuple]]:
    return [("0.00", (("CO", "29", str(line.charge)),)) for line in one.lines]


def test_a_denial_with_nothing_left_comes_back_closed(inside: int, desk: Desk) -> None:
    lead = person(inside, "Lee", "Billing lead")
    claim_id = at_second(desk, *whole(two_payers()), status="4")
    write_off(claim_id, "denial", by=lead)
    back(claim_id)

    row = desk.row(claim_id)
    assert (row.state, row.open_amount, row.denied) == ("closed", Decimal(0), Decimal(0))
    assert proved() == []


def test_a_denial_with_all_of_it_left_comes_back_denied(inside: int, desk: Desk) -> None:
    claim_id = at_second(desk, *whole(two_payers()), status="4")
    back(claim_id)

    row = desk.row(claim_id)
    assert (row.state, row.denied) == ("denied", row.open_amount)
    assert row.open_amount > 0
    desk.prove()


def test_a_part_that_was_taken_off_is_off_of_the_patients_share(inside: int, desk: Desk) -> None:
    """Of 45.00 that the first payer left to the patient 20.00 were written off while the second had it."""
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    lead = person(inside, "Lee", "Billing lead")
    answers = [
        ("100.00", (("CO", "45", "40.00"), ("PR", "1", "45.00"))),
        ("210.00", ()),
    ]
    claim_id = at_second(desk, *answers)
    item = Item.objects.get(claim_id=claim_id, line_number=1).pk
    ask("denial", item, "20.00", SECOND, by=lead)
    back(claim_id)

    balances = {
        account: amount
        for (_, account), amount in item_balances([item]).items()
        if account.startswith("receivable:") and amount
    }
    assert balances == {"receivable:patient": Decimal("25.00")}
    assert (desk.row(claim_id).state, desk.row(claim_id).patient_owes) == (
        "paid",
        Decimal("25.00"),
    )
    desk.prove()


def test_what_was_written_off_there_is_not_asked_of_that_payer_again(
    inside: int, desk: Desk
) -> None:
    """The claim is not with it any more: a correction puts the amount on who owes it now."""
    from cleanclaim.apps.billing.adjustments.models import Adjustment
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment
    from cleanclaim.apps.shared.ledger.models import Item

    lead, other = (person(inside, name, "Billing lead") for name in ("Lee", "Mo"))
    claim_id = at_second(desk, *whole(two_payers()), status="4")
    write_off(claim_id, "denial", by=lead)
    row = Adjustment.objects.latest("id")
    back(claim_id)

    with pytest.raises(
        StateError, match=r"line . of claim .* from whom the claim was taken back since"
    ):
        undo_adjustment(row.pk, words="too early", on=PAID_ON, by=other)
    line = row.lines.get()
    asked = ask("denial_wrong", line.item_id, str(line.amount), "receivable:payer:1", by=lead)

    assert Item.objects.filter(pk=line.item_id, claim_id=claim_id).exists()
    assert asked.state in ("posted", "waiting")
    assert SECOND not in {account for _, account in balances(claim_id)}
    desk.prove()


def balances(claim_id: int) -> dict[tuple[int, str], Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    return item_balances(claim_ids=[claim_id])
