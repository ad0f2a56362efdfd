"""A reduction on the wrong account is moved to the one that it belongs to, by two persons; both stories stay."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.adjustments.people import owed, person, visit
from tests.apps.billing.adjustments.test_requesting import ask
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON
from tests.apps.shared.ledger.cases import services

pytestmark = pytest.mark.database_core
MONTH = PAID_ON.replace(day=1)
WHERE = f"/close/{PAID_ON.year}-{PAID_ON.month}/items/"


def misplaced(desk) -> tuple[int, int]:
    """An item of which 40.00 were reduced as contractual under CO-29, and the entry that did it."""
    from cleanclaim.apps.shared.ledger.models import Item

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    claim_id = Item.objects.get(pk=item).claim_id
    legs = tuple(
        Leg(account, Decimal(amount), item, claim_id, 1, reason="CO-29")
        for account, amount in (("contra:contractual", "40.00"), ("receivable:patient", "-40.00"))
    )
    [entry] = services.post_entries([Entry("payment", "misplaced", PAID_ON, PAID_ON, legs)])
    return item, entry


def left(test: str = "placed") -> list[int]:
    from cleanclaim.apps.reports.closing.items_review import review_month

    return [each.entry_id for one in review_month(MONTH) if one.name == test for each in one.left]


def contra(item: int) -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    return {
        account: amount
        for (_, account), amount in item_balances([item]).items()
        if account.startswith("contra:") and amount
    }


def test_what_was_posted_alone_just_below_the_limit(inside, desk) -> None:
    ana = person(inside, "Ana")  # alone up to 250.00
    near, far = (
        visit(desk, number, charge="900.00", answer=owed("900.00", "300.00"))
        for number in ("A1", "A2")
    )
    ask("courtesy", far, "5.00", by=ana)
    row = ask("courtesy", near, "240.00", by=ana)

    assert left("near") == [row.lines.get().entry_id]


def test_two_persons_move_it_and_an_undo_brings_it_back(inside, desk) -> None:
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment, undo_adjustment

    lead, other = (person(inside, name, "Billing lead") for name in ("Lee", "Mo"))
    item, entry = misplaced(desk)
    row = ask("as_denial", item, "40.00", "contra:contractual", by=lead)
    waits = (row.state, left())
    approve_adjustment(row.pk, on=PAID_ON, by=other)
    moved, rest = contra(item), left()
    undo_adjustment(row.pk, words="it was right", on=PAID_ON, by=other)

    assert waits == (
        "waiting",
        [],
    )  # nobody re-classifies alone; what was asked for is not asked again
    assert (moved, rest) == ({"contra:denial": Decimal("40.00")}, [])
    assert contra(item) == {"contra:contractual": Decimal("40.00")}
    assert left() == [entry]
    desk.prove()


def test_an_undo_does_not_take_an_account_below_zero(inside, desk) -> None:
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment, undo_adjustment
    from cleanclaim.kernel.errors import StateError

    lead, other = (person(inside, name, "Billing lead") for name in ("Lee", "Mo"))
    item, _ = misplaced(desk)
    first = ask("as_denial", item, "40.00", "contra:contractual", by=lead)
    approve_adjustment(first.pk, on=PAID_ON, by=other)
    second = ask("as_courtesy", item, "40.00", "contra:denial", by=lead)
    approve_adjustment(second.pk, on=PAID_ON, by=other)

    with pytest.raises(StateError, match="would come off contra:denial"):
        undo_adjustment(first.pk, words="it was right", on=PAID_ON, by=other)
    undo_adjustment(second.pk, words="it was not", on=PAID_ON, by=other)
    undo_adjustment(first.pk, words="it was right", on=PAID_ON, by=other)
    assert contra(item) == {"contra:contractual": Decimal("40.00")}


def test_it_comes_from_an_account_of_reductions_and_no_more_than_is_there(inside, desk) -> None:
    from cleanclaim.kernel.errors import StateError

    lead = person(inside, "Lee", "Billing lead")
    item, _ = misplaced(desk)
    with pytest.raises(InputError, match="cannot be taken from receivable, patients"):
        ask("as_denial", item, "40.00", "receivable:patient", by=lead)
    with pytest.raises(StateError, match=r"40\.01 to re-classify, 40\.00 is there"):
        ask("as_denial", item, "40.01", "contra:contractual", by=lead)


def test_from_the_page_of_what_stands_out(practice) -> None:
    from cleanclaim.apps.billing.adjustments.models import Adjustment
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        item, entry = misplaced(Desk())
    with demo():
        ada, bea = (browser(practice, "Billing lead", name=name) for name in ("Ada", "Bea"))
        auditor = browser(practice, "Auditor", name="Ru")
        page = auditor.get(WHERE).content.decode()
        asked = {"entry": str(entry), "item": str(item), "amount": "40.00", "words": "no contract"}
        refused = auditor.post(f"{WHERE}reclass/", asked)
        more = ada.post(f"{WHERE}reclass/", {**asked, "amount": "40.01"})
        looked = bea.post(
            f"{WHERE}mark/",
            {"entry": str(entry), "test": "placed", "words": "asked to move it"},
            follow=True,
        ).content.decode()
        seen = bea.get(f"{WHERE}?seen=1").content.decode()
        told = ada.post(f"{WHERE}reclass/", asked, follow=True).content.decode()
        none = ada.post(f"{WHERE}reclass/", {**asked, "entry": "1"})
        sheet = bea.get(f"{WHERE}?xlsx=1&seen=1")

    assert "CO-29 is on contractual adjustments, and belongs to denials written off" in page
    assert (refused.status_code, more.status_code, none.status_code) == (403, 400, 400)
    assert "A second person approves" in told and "looked at." in looked
    assert "asked to move it" in seen and sheet.content.startswith(b"PK")
    with tenant(practice):
        assert [(row.kind, row.state) for row in Adjustment.objects.all()] == [
            ("reclass", "waiting")
        ]
