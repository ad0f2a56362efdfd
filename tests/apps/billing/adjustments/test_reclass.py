"""A reduction on the wrong account is moved to the one that it belongs to, by two persons; both stories stay."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.adjustments.people import owed, person, visit
from tests.apps.billing.adjustments.test_requesting import ask
from tests.apps.billing.claims.payers import negated
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance
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


def two_misplaced(desk, reductions: dict[str, str]) -> int:
    """An item with these reductions, {reason: dollars}, all of them as contractual in one entry."""
    from cleanclaim.apps.shared.ledger.models import Item

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    claim_id = Item.objects.get(pk=item).claim_id
    legs = [
        Leg(account, Decimal(amount), item, claim_id, 1, reason=reason)
        for reason, off in reductions.items()
        for account, amount in (("contra:contractual", off), ("receivable:patient", f"-{off}"))
    ]
    services.post_entries([Entry("payment", "two", PAID_ON, PAID_ON, tuple(legs))])
    return item


def found(test: str = "placed"):
    """What a test of the month asks somebody to look at."""
    from cleanclaim.apps.reports.closing.items_review import review_month

    [one] = review_month(MONTH, only=(test,))
    return one.left


def left(test: str = "placed") -> list[int]:
    return [one.entry_id for one in found(test)]


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


def test_what_is_asked_of_one_leg_does_not_count_against_another_of_its_item(practice) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        two_misplaced(Desk(), {"CO-29": "40.00", "CO-253": "30.00"})
        first, second = found()
    with demo():
        ada = browser(practice, "Billing lead", name="Ada")
        form = {"entry": str(first.entry_id), "leg": str(second.leg_id), "amount": "30.00"}
        told = ada.post(f"{WHERE}reclass/", {**form, "words": "sequestration"}, follow=True)

    assert "A second person approves" in told.content.decode()
    with tenant(practice):
        assert [(one.leg_id, one.amount) for one in found()] == [(first.leg_id, Decimal("40.00"))]


@pytest.mark.parametrize(
    ("reasons", "asked", "rest"),
    [
        (("CO-29", "CO-253"), "as_denial", {"CO-253": "30.00"}),
        (("CO-253", "CO-29"), "as_denial", {"CO-253": "40.00"}),  # not of the first, of the denied
        (("CO-29", "CO-26"), "as_denial", {"CO-26": "30.00"}),
        (("CO-29", "CO-253"), "as_courtesy", {"CO-253": "30.00"}),
    ],
)
def test_what_is_asked_of_an_item_counts_once(inside, desk, reasons, asked, rest) -> None:
    """Two reductions of one item stand on one wrong account; a request under Adjustments names neither."""
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    lead, other = (person(inside, name, "Billing lead") for name in ("Lee", "Mo"))
    item = two_misplaced(desk, dict(zip(reasons, ("40.00", "30.00"), strict=True)))
    amount = "30.00" if reasons[0] == "CO-253" else "40.00"
    row = ask(asked, item, amount, "contra:contractual", by=lead)
    waits = {one.words.split()[0]: str(one.amount) for one in found()}
    approve_adjustment(row.pk, on=PAID_ON, by=other)

    assert waits == rest
    assert {one.words.split()[0]: str(one.amount) for one in found()} == rest


def test_from_the_page_of_what_stands_out(practice) -> None:
    from cleanclaim.apps.billing.adjustments.models import Adjustment
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        _, entry = misplaced(Desk())
        [leg] = [one.leg_id for one in found()]
    with demo():
        ada, bea = (browser(practice, "Billing lead", name=name) for name in ("Ada", "Bea"))
        auditor = browser(practice, "Auditor", name="Ru")
        page = auditor.get(WHERE).content.decode()
        asked = {"entry": str(entry), "leg": str(leg), "amount": "40.00", "words": "no contract"}
        refused = auditor.post(f"{WHERE}reclass/", asked)
        more = ada.post(f"{WHERE}reclass/", {**asked, "amount": "40.01"})
        looked = bea.post(
            f"{WHERE}mark/",
            {"entry": str(entry), "leg": str(leg), "test": "placed", "words": "asked to move it"},
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


def answered_and_moved(inside, desk) -> tuple[int, int, int]:
    """(claim, item, the payment's remittance) of an answer of which 20.00 contractual were re-classified."""
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment
    from cleanclaim.apps.shared.ledger.models import Item

    lead, other = (person(inside, name, "Billing lead") for name in ("Lee", "Mo"))
    [claim_id] = desk.take(claim("A1"))
    [posted] = desk.post(remittance(pay(claim("A1"), TYPICAL), trace="T1"))
    item = Item.objects.get(claim_id=claim_id).pk
    row = ask("as_denial", item, "20.00", "contra:contractual", by=lead)
    approve_adjustment(row.pk, on=PAID_ON, by=other)
    return claim_id, row.pk, posted.remittance_id


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_answer_is_not_taken_back_under_it(inside, desk, is_whole: bool) -> None:
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    _, row, remittance_id = answered_and_moved(inside, desk)
    other = person(inside, "Di", "Billing lead")

    def take_back() -> None:
        said = {"on": PAID_ON, "reason": "wrong", "by": other}
        if is_whole:
            reverse_posting(remittance_id, **said)
        else:
            reverse_place(remittance_id, 1, **said)

    with pytest.raises(StateError, match=f"20.00 of .* line 1 .* by adjustment {row}"):
        take_back()
    undo_adjustment(row, words="it goes back", on=PAID_ON, by=other)
    take_back()
    desk.prove()


def test_the_payers_reversal_under_it_is_told(inside, desk) -> None:
    answered_and_moved(inside, desk)
    back = remittance(negated(pay(claim("A1"), TYPICAL)), trace="T2", plb=(("FB", "n", "-80.00"),))

    [posted] = desk.post(back)

    words = (
        "claim A1: line 1: it takes back 30.00 of contractual adjustments, and only 10.00 is there"
    )
    assert posted.held == 0
    assert posted.findings[0].startswith(words)
    assert any(item.reason.startswith(words) for item in desk.work("other"))
    desk.prove()
