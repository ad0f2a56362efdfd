"""A processor takes a settled card batch back, whole or in part: explained, awaited again, settled anew or undone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.deposits.bank import bring, lines_of
from tests.apps.billing.deposits.test_cards import (  # noqa: F401
    LATER,
    NEXT,
    awaited,
    cash,
    charge,
    items,
    paid,
    undo,
)
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def settled(paid, desk):  # noqa: F811
    """The payer's card of 80.00, of which 77.60 came to the bank a day later; the card's deposit."""
    card = charge(paid, number="AUTH 4471")
    settle(card.card_batch)
    return card


def settle(batch, amount: str = "77.60", on=NEXT, name: str = "in.csv") -> int:
    from cleanclaim.apps.billing.deposits.services import place_line

    [line_id] = bring((on, amount, "CARD SETTLEMENT"), name=name, on=on).line_ids
    return place_line(line_id, batch_ids=[batch.pk], on=on, by=7, kept_back="expense:card-fees")


def taken(amount: str = "-77.60", text: str = "CARD REVERSAL"):
    [row] = lines_of(bring((LATER, amount, text), name="out.csv", on=LATER).line_ids)
    return row


def book(line, batch_id: int, on=LATER):
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.models import DepositBatch
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    settle_by_act(line.pk, desk="batch", act=Act(batch_id), on=on, by=7)
    return DepositBatch.objects.filter(back_of=batch_id).order_by("-id")[0]


def undo_back(batch, on=LATER):
    from cleanclaim.apps.billing.deposits.services import undo_settlement_back

    return undo_settlement_back(batch.pk, reason="another batch", on=on, by=8)


def test_the_line_offers_it_and_what_was_taken_is_awaited_again(settled, desk):
    from cleanclaim.apps.billing.deposits.debits import view_of

    line = taken()
    [offer] = view_of(line).acts
    assert (offer.source.name, offer.offer.subject_id) == ("batch", settled.card_batch_id)

    back = book(line, settled.card_batch_id)

    assert lines_of([line.pk])[0].state == "settled"
    assert (back.state, back.expected_total) == ("closed", Decimal("77.60"))
    assert cash() == {"asset:card-clearing": "77.60", "expense:card-fees": "2.40"}
    assert items(LATER) == [("explained: other", "-77.60")]
    desk.prove()
    settle(back, on=LATER, name="again.csv")
    assert cash() == {"asset:bank": "77.60", "expense:card-fees": "2.40"}
    desk.prove()


def test_a_part_is_offered_where_the_bank_names_the_card(settled, desk):
    from cleanclaim.apps.billing.deposits.debits import view_of

    assert view_of(taken("-20.00")).acts == ()
    [line] = lines_of(
        bring((LATER, "-30.00", "REVERSAL AUTH 4471"), name="b.csv", on=LATER).line_ids
    )
    [offer] = view_of(line).acts
    book(line, offer.offer.subject_id)

    assert cash()["asset:card-clearing"] == "30.00"
    assert cash()["asset:bank"] == "47.60"
    with pytest.raises(StateError, match=r"77\.60 taken back, 47\.60 of it is at the bank"):
        book(taken("-77.60", "CARD REVERSAL 2"), settled.card_batch_id)
    desk.prove()


def test_what_the_processor_keeps_is_said_with_the_next_settlement(settled, desk):
    back = book(taken("-20.00"), settled.card_batch_id)

    settle(back, "15.00", on=LATER, name="again.csv")

    assert cash() == {"asset:bank": "72.60", "expense:card-fees": "7.40"}
    desk.prove()


def test_a_card_that_was_taken_back_whole_is_taken_back_and_its_payment_awaited(settled, desk):
    back = book(taken(), settled.card_batch_id)

    undo(settled, on=LATER)

    assert (awaited(), cash()) == (["T1"], {"asset:remit-clearing": "80.00"})
    back.refresh_from_db()
    assert back.state == "undone"
    desk.prove()
    first = first_settlement(settled.card_batch_id)
    with pytest.raises(StateError, match="ended with the card of batch") as caught:
        undo_back(back)
    assert f"Undo deposit {first} first" in caught.value.hint


def test_what_ended_with_its_card_is_undone_after_the_settlement_of_the_card(settled, desk):
    """Neither the card nor the taking back was: both bank lines are open, and the payment is awaited."""
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    line = taken()
    back = book(line, settled.card_batch_id)
    first = first_settlement(settled.card_batch_id)
    undo(settled, on=LATER)
    undo_deposit(first, reason="other money", on=LATER, by=8)

    undo_back(back)

    assert cash() == {
        "asset:remit-clearing": "80.00", "asset:bank": "77.60", "liability:unidentified-cash": "-77.60",
    }  # fmt: skip
    assert lines_of([line.pk])[0].state == "open"
    assert awaited() == ["T1"]
    settled.card_batch.refresh_from_db()
    assert settled.card_batch.state == "undone"
    desk.prove()
    with pytest.raises(StateError, match="is taken back"):
        undo_back(back)


@pytest.fixture
def two_that_ended(settled):
    """The card was taken back after 40.00 and 37.60 had been, and its settlement was other money: those two."""
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    backs = [
        book(taken("-40.00"), settled.card_batch_id),
        book(taken("-37.60", text="CARD REVERSAL 4471"), settled.card_batch_id),
    ]
    first = first_settlement(settled.card_batch_id)
    undo(settled, on=LATER)
    undo_deposit(first, reason="other money", on=LATER, by=8)
    for one in backs:
        one.refresh_from_db()
    return backs


@pytest.mark.parametrize("place", [0, 1])
def test_of_two_that_ended_with_one_card_one_is_undone_and_the_other_awaited(
    two_that_ended, settled, desk, place
):
    """The processor took only the other one, of money that it had not given."""
    back, other = two_that_ended[place], two_that_ended[1 - place]
    took = other.expected_total

    undo_back(back)

    other.refresh_from_db()
    settled.card_batch.refresh_from_db()
    assert (other.state, settled.card_batch.state) == ("closed", "undone")
    assert cash() == {
        "asset:remit-clearing": "80.00", "asset:card-clearing": str(took),
        "asset:bank": str(Decimal("77.60") - took), "liability:unidentified-cash": "-77.60",
    }  # fmt: skip
    desk.prove()
    settle(other, on=LATER, name="again.csv")
    assert "asset:card-clearing" not in cash()
    desk.prove()


def test_or_both_one_after_the_other(two_that_ended, desk):
    for back in two_that_ended:
        undo_back(back)

    assert cash() == {
        "asset:remit-clearing": "80.00", "asset:bank": "77.60", "liability:unidentified-cash": "-77.60",
    }  # fmt: skip
    assert awaited() == ["T1"]
    desk.prove()


def test_the_settlement_of_a_card_that_was_taken_back_is_undone_and_the_processor_owes_what_it_took(
    settled, desk
):
    """The line that settled it was other money: the processor took 77.60 that it had not given."""
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    book(taken(), settled.card_batch_id)
    first = first_settlement(settled.card_batch_id)
    with pytest.raises(StateError, match="was taken back by the processor"):
        undo_deposit(first, reason="other money", on=LATER, by=8)
    undo(settled, on=LATER)

    undo_deposit(first, reason="other money", on=LATER, by=8)

    assert cash() == {
        "asset:remit-clearing": "80.00", "asset:card-clearing": "77.60",
        "liability:unidentified-cash": "-77.60",
    }  # fmt: skip
    desk.prove()
    batch = settled.card_batch
    batch.refresh_from_db()
    assert (batch.state, batch.expected_total) == ("closed", Decimal("77.60"))
    settle(batch, on=LATER, name="true.csv")
    assert "asset:card-clearing" not in cash()
    book(taken(text="CARD REVERSAL 2"), batch.pk)
    assert cash()["asset:card-clearing"] == "77.60"
    desk.prove()


def test_a_card_that_was_taken_back_in_part_is_not(settled):
    book(taken("-20.00"), settled.card_batch_id)

    with pytest.raises(StateError, match="the bank has the money of batch"):
        undo(settled, on=LATER)


def test_it_is_undone_and_the_line_is_open_again(settled, desk):
    before = cash()
    line = taken()
    back = book(line, settled.card_batch_id)

    undo_back(back)

    assert (cash(), lines_of([line.pk])[0].state) == (before, "open")
    book(line, settled.card_batch_id)
    assert lines_of([line.pk])[0].state == "settled"
    desk.prove()


def test_or_from_the_line_with_what_was_booked_for_it(settled, desk):
    from cleanclaim.apps.billing.deposits.services import take_act_back

    before = cash()
    line = taken()
    back = book(line, settled.card_batch_id)
    asked = []

    take_act_back(line.pk, reason="another batch", on=LATER, by=8, may=asked.append)

    back.refresh_from_db()
    assert (cash(), lines_of([line.pk])[0].state, back.state) == (before, "open", "undone")
    assert [one.value for one in asked] == ["remittances.post"]
    desk.prove()


def test_what_moved_on_is_told(settled):
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    back = book(taken(), settled.card_batch_id)
    part = settled.card_batch.items.get()
    assert part.amount == Decimal("77.60")
    first = first_settlement(settled.card_batch_id)
    with pytest.raises(StateError, match="was taken back by the processor, as batch"):
        undo_deposit(first, reason="wrong", on=LATER, by=8)
    again = settle(back, on=LATER, name="again.csv")
    with pytest.raises(StateError, match=f"was settled again by deposit {again}"):
        undo_back(back)


def first_settlement(batch_id: int) -> int:
    from cleanclaim.apps.billing.deposits.models import DepositBatch
    from cleanclaim.apps.billing.deposits.settlements_back import settled_by

    return settled_by(DepositBatch.objects.get(pk=batch_id))


def test_what_never_was_at_the_bank_or_is_no_card_is_refused(paid):  # noqa: F811
    from cleanclaim.apps.billing.deposits.services import take_settlement_back

    card = charge(paid)
    with pytest.raises(StateError, match="expected one at the bank"):
        take_settlement_back(card.card_batch_id, amount=Decimal("1.00"), on=LATER, by=7)
    with pytest.raises(InputError, match="expected a batch of cards"):
        take_settlement_back(10**9, amount=Decimal("1.00"), on=LATER, by=7)
    with pytest.raises(InputError, match="expected an amount above zero"):
        take_settlement_back(card.card_batch_id, amount=Decimal("0.00"), on=LATER, by=7)


def test_the_proof_tells_a_batch_whose_legs_were_moved(settled):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.ledger.services import reverse_entry

    back = book(taken(), settled.card_batch_id)
    reverse_entry(back.items.get().entry_id, key="x", effective_on=LATER, accounting_on=LATER, by=1)

    assert f"batch {back.pk} taken back" in [one.subject for one in prove().differences]


def test_the_batchs_page_books_it_by_a_line_and_undoes_it(practice):
    from cleanclaim.apps.billing.deposits.models import DepositBatch
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        one = claim("A1")
        Desk().take(one)
        Desk().post(remittance(pay(one, TYPICAL), trace="T1"))
        card = charge(Remittance.objects.get().pk)
        settle(card.card_batch)
        line = taken("-20.00")
    with demo():
        client = browser(practice, "Billing lead")
        shown = client.get(f"/deposits/batches/{card.card_batch_id}/").content.decode()
        client.post(
            f"/deposits/lines/{line.pk}/act/", {"desk": "batch", "subject": card.card_batch_id}
        )
        with tenant(practice):
            back = DepositBatch.objects.get(back_of=card.card_batch_id)
        after = client.get(f"/deposits/batches/{card.card_batch_id}/").content.decode()
        offered = client.get(f"/deposits/batches/{back.pk}/").content.decode()
        client.post(f"/deposits/batches/{back.pk}/undo-back/", {"reason": "another one"})

    assert "By this line <kbd>b</kbd>" in shown
    assert "The processor took 20.00 back" in after
    assert "Undo it <kbd>u</kbd>" in offered
    with tenant(practice):
        back.refresh_from_db()
        assert (back.state, lines_of([line.pk])[0].state) == ("undone", "open")


def test_days(settled):
    """The days on which it was settled and taken back are proved, each by its own items."""
    book(taken(), settled.card_batch_id)

    assert items(PAID_ON) == [("on its way by card", "-77.60"), ("card fee", "-2.40")]
    assert items(NEXT) == [("batch of receipts", "77.60")]
    assert items(LATER) == [("explained: other", "-77.60")]
    assert items(LATER + timedelta(days=1)) == []


def test_the_page_says_what_is_awaited_again_beside_what_was_undone(practice):
    from cleanclaim.apps.billing.deposits.services import undo_deposit
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.deposits.test_reissues import row

    with tenant(practice):
        desk, one = Desk(), claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        card = charge(row("T1").pk, number="AUTH 4471")
        settle(card.card_batch)
        first = book(taken("-40.00"), card.card_batch_id)
        second = book(taken("-37.60", text="CARD REVERSAL 4471"), card.card_batch_id)
        settlement = first_settlement(card.card_batch_id)
        undo(card, on=LATER)
        undo_deposit(settlement, reason="other money", on=LATER, by=8)
    with demo():
        client = browser(practice, "Billing lead")
        asked = client.post(
            f"/deposits/batches/{first.pk}/undo-back/", {"reason": "another one"}, follow=True
        )

    words = asked.content.decode()
    assert f"batch {second.pk} (37.60). Undo that as well if it was not taken." in words
