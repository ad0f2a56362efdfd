"""A payer pays by virtual card: matched at once, its fee booked, the net settled by the bank's line, undone with history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.deposits.bank import balances, bring, eft, lines_of
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core
NEXT = PAID_ON + timedelta(days=1)
LATER = PAID_ON + timedelta(days=3)


@pytest.fixture
def paid(desk):
    """One remittance of 80.00 under T1, posted; its id."""
    from cleanclaim.apps.billing.remittances.models import Remittance

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    return Remittance.objects.get().pk


def charge(remittance_id: int, fee: str = "2.40", *, on=PAID_ON, **more):
    from cleanclaim.apps.billing.deposits.services import pay_by_card

    return pay_by_card(remittance_id, fee=Decimal(fee), on=on, by=7, **more)


def undo(deposit, *, on=PAID_ON):
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    return undo_deposit(deposit.pk, reason="card declined", on=on, by=8)


def awaited() -> list[str]:
    from cleanclaim.apps.billing.deposits.selectors import awaited_deposits

    return [one.trace_number for one in awaited_deposits()]


def cash() -> dict[str, str]:
    wanted = (
        "asset:bank", "asset:remit-clearing", "asset:card-clearing", "expense:card-fees",
        "liability:unidentified-cash",
    )  # fmt: skip
    return {account: amount for account, amount in balances().items() if account in wanted}


def items(day) -> list[tuple[str, str]]:
    from cleanclaim.apps.billing.deposits.daily import prove_day

    found = prove_day(day)
    assert found.is_proved, found.unexplained
    return [(one.kind, f"{one.amount:.2f}") for one in found.bank_items]


def test_a_card_pays_the_remittance_and_the_line_of_its_net_settles_it(paid, desk):
    from cleanclaim.apps.billing.deposits.selectors import cash_of_remittances
    from cleanclaim.apps.billing.deposits.services import place_line

    deposit = charge(paid, number="AUTH 4471")

    assert (awaited(), cash_of_remittances()) == ([], Decimal("80.00"))
    assert cash() == {"asset:card-clearing": "77.60", "expense:card-fees": "2.40"}
    desk.prove()

    received = bring((LATER, "77.60", "MERCHANT SETTLEMENT"), on=LATER)
    place_line(received.line_ids[0], batch_ids=[deposit.card_batch_id], on=LATER, by=7)

    assert cash() == {"asset:bank": "77.60", "expense:card-fees": "2.40"}
    assert lines_of(received.line_ids)[0].state == "placed"
    assert cash_of_remittances() == Decimal("80.00")
    desk.prove()


def test_a_card_without_a_fee_has_no_fee_leg(paid, desk):
    charge(paid, "0.00")

    assert cash() == {"asset:card-clearing": "80.00"}
    desk.prove()


@pytest.mark.parametrize("fee", ["80.00", "80.01", "-0.01", "0.005", "1E+30", "NaN"])
def test_a_fee_that_is_no_part_of_the_payment_is_refused(paid, fee):
    before = balances()

    with pytest.raises(InputError, match="card fee"):
        charge(paid, fee)

    assert balances() == before


def test_twice_the_same_card_is_refused_by_name_and_by_the_database(paid):
    from cleanclaim.apps.billing.deposits.models import DepositPart

    deposit = charge(paid)

    with pytest.raises(StateError, match=f"was paid by deposit {deposit.pk}"):
        charge(paid)
    with pytest.raises(IntegrityError, match="remittance_deposited_once"), transaction.atomic():
        DepositPart.objects.create(deposit=deposit, remittance_id=paid, amount=Decimal("80.00"))


def test_a_line_that_names_the_trace_of_a_card_waits_for_a_person(paid):
    """The payer sent the money twice, by card and by EFT: nothing is guessed."""
    charge(paid)

    received = bring(eft("T1"))

    assert received.deposit_ids == ()
    assert cash()["liability:unidentified-cash"] == "-80.00"


def test_what_the_bank_has_is_not_paid_by_card(paid):
    [deposit_id] = bring(eft("T1")).deposit_ids

    with pytest.raises(StateError, match=f"was paid by deposit {deposit_id}"):
        charge(paid)


def test_a_fee_above_the_persons_limit_is_refused(paid):
    with pytest.raises(PermissionRefusedError):
        charge(paid, "5.01", limit=Decimal("5.00"))
    charge(paid, "5.00", limit=Decimal("5.00"))


def test_a_card_taken_back_is_awaited_again_and_can_be_charged_again(paid, desk):
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.selectors import awaited_batches

    first = charge(paid)

    undo(first)

    assert (awaited(), cash()) == (["T1"], {"asset:remit-clearing": "80.00"})
    assert list(awaited_batches()) == []
    with pytest.raises(StateError, match="was undone on"):
        undo(first)
    desk.prove()

    charge(paid, "1.00")

    kept = list(Deposit.objects.order_by("id").values_list("short", "undone_by", "undone_reason"))
    assert kept == [(Decimal("2.40"), 8, "card declined"), (Decimal("1.00"), None, "")]
    assert cash() == {"asset:card-clearing": "79.00", "expense:card-fees": "1.00"}
    desk.prove()


def test_a_card_that_the_bank_has_settled_is_taken_back_after_its_settlement(paid, desk):
    from cleanclaim.apps.billing.deposits.services import place_line, undo_deposit

    deposit = charge(paid)
    [line_id] = bring((LATER, "77.60", "MERCHANT"), on=LATER).line_ids
    settled = place_line(line_id, batch_ids=[deposit.card_batch_id], on=LATER, by=7)

    with pytest.raises(StateError, match=f"has the money of batch .* by deposit {settled}"):
        undo(deposit, on=LATER)
    undo_deposit(settled, reason="other card", on=LATER, by=8)
    undo(deposit, on=LATER)

    assert cash() == {
        "asset:bank": "77.60", "asset:remit-clearing": "80.00", "liability:unidentified-cash": "-77.60",
    }  # fmt: skip
    desk.prove()


def test_two_cards_settled_in_one_sum_less_than_said(desk):
    """The processor kept 1.00 more than it had said: the rest is kept back from the line, as of any card batch."""
    from cleanclaim.apps.billing.deposits.services import place_line
    from cleanclaim.apps.billing.remittances.models import Remittance

    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"), remittance(pay(two, TYPICAL), trace="T2"))
    batches = [
        charge(pk).card_batch_id for pk in Remittance.objects.order_by("id").values_list("pk", flat=True)
    ]  # fmt: skip
    [line_id] = bring((LATER, "154.20", "MERCHANT"), on=LATER).line_ids

    place_line(line_id, batch_ids=batches, on=LATER, by=7, kept_back="expense:card-fees")

    assert cash() == {"asset:bank": "154.20", "expense:card-fees": "5.80"}
    desk.prove()


def test_the_daily_proof_names_the_fee_on_its_own_line(paid):
    from cleanclaim.apps.billing.deposits.services import place_line

    deposit = charge(paid)
    [line_id] = bring((LATER, "77.60", "MERCHANT"), on=LATER).line_ids
    place_line(line_id, batch_ids=[deposit.card_batch_id], on=LATER, by=7)

    assert items(PAID_ON) == [("on its way by card", "-77.60"), ("card fee", "-2.40")]
    assert items(LATER) == [("batch of receipts", "77.60")]


def test_each_day_is_proved_where_the_card_came_later_and_was_taken_back(paid):
    """80.00 posted; charged on the next day; taken back two days later, when the EFT comes: the days add up."""
    deposit = charge(paid, on=NEXT)
    told = items(NEXT)
    undo(deposit, on=LATER)
    bring(eft("T1", on=LATER), on=LATER)

    assert items(PAID_ON) == [("awaiting its money", "-80.00")]
    assert items(NEXT) == told == [
        ("posted on another day", "80.00"), ("on its way by card", "-77.60"), ("card fee", "-2.40"),
    ]  # fmt: skip
    assert items(LATER) == [
        ("posted on another day", "80.00"),
        ("card taken back", "77.60"),
        ("card fee taken back", "2.40"),
        ("awaiting its money again", "-80.00"),
    ]


def test_a_card_of_a_remittance_that_is_not_posted_yet_meets_its_posting(desk):
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from tests.apps.billing.world import receive_835

    one = claim("A1")
    desk.take(one)
    ids = receive_remittances(
        receive_835(remittance(pay(one, TYPICAL), trace="T1")), received_on=PAID_ON
    ).ids
    charge(ids[0])
    before = items(PAID_ON)
    post_remittance(ids[0], posted_on=NEXT)

    assert before == [
        ("money of a remittance not posted", "80.00"), ("on its way by card", "-77.60"), ("card fee", "-2.40"),
    ]  # fmt: skip
    assert items(NEXT) == [("money came earlier", "-80.00")]
    assert cash() == {"asset:card-clearing": "77.60", "expense:card-fees": "2.40"}
    desk.prove()


def test_the_proof_finds_a_card_whose_legs_were_moved_behind_its_back(paid):
    """The twin of the comparison: clearing moved under the batch's trace."""
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    deposit = charge(paid)
    trace = f"batch {deposit.card_batch_id}"
    legs = (
        Leg("asset:card-clearing", Decimal("-1.00"), trace=trace),
        Leg("expense:card-fees", Decimal("1.00"), trace=trace),
    )
    post_entries([Entry("correction", "behind", PAID_ON, PAID_ON, legs)])

    assert [one.subject for one in prove().differences] == [f"card of deposit {deposit.pk}"]


def test_a_remittance_that_pays_nothing_is_not_paid_by_card(desk):
    from cleanclaim.apps.billing.remittances.models import Remittance

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, ("0.00", (("PR", "1", "120.00"),))), trace="T0"))

    with pytest.raises(StateError, match="awaits no money"):
        charge(Remittance.objects.get().pk)
    with pytest.raises(InputError, match="not found"):
        charge(10**9)
