"""Money that left the bank: explained by entries that desks booked, by an act of a desk, or as a fee; once each, and undone."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.deposits.bank import balances, bring, lines_of
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import PAID_ON, claim

pytestmark = pytest.mark.database_core
NEXT = PAID_ON + timedelta(days=1)


@pytest.fixture
def patient(desk) -> int:
    """A patient of the practice; their id."""
    [claim_id] = desk.take(claim("A1"))
    return desk.row(claim_id).patient_id


def returned(patient: int, amount: str = "82.00", number: str = "998877", **more):
    """A check that was taken and came back, booked on its receipt; its row."""
    from cleanclaim.apps.billing.receipts.services import return_receipt

    row = take(patient, amount, reference=number)
    return return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1, **more)


def line(amount: str, text: str, *, name: str = "out.csv", on=PAID_ON):
    [row] = lines_of(bring((on, amount, text), name=name, on=on).line_ids)
    return row


def why(row) -> list[tuple[int, bool]]:
    from cleanclaim.apps.billing.deposits.debits import explanations_of

    return [(one.entry_id, one.stands) for one in explanations_of(row)]


def settle(row, *entry_ids: int, on=PAID_ON):
    from cleanclaim.apps.billing.deposits.services import settle_line

    settle_line(row.pk, entry_ids=entry_ids, on=on, by=7)


def undo(row, *, on=PAID_ON, reason="wrong one"):
    from cleanclaim.apps.billing.deposits.services import undo_settled

    return undo_settled(row.pk, reason=reason, on=on, by=8)


def test_a_return_that_the_bank_names_by_its_check_is_settled_when_the_file_comes(patient, desk):
    receipt = returned(patient)

    row = line("-82.00", "DEPOSITED ITEM RETURNED 0998877", on=NEXT)

    assert (row.state, row.left, row.entry_id) == ("settled", 0, receipt.end_entry_id)
    assert row.reason == "amount 82.00; the bank names 998877; 1 day apart"
    assert why(row) == [(receipt.end_entry_id, True)]
    desk.prove()


@pytest.mark.parametrize(("days", "state"), [(92, "settled"), (93, "open")])
def test_a_line_is_looked_at_again_with_later_statements_for_a_quarter(patient, days, state):
    old = line("-82.00", "DEPOSITED ITEM RETURNED 0998877")
    returned(patient)  # booked after the bank's line came
    later = PAID_ON + timedelta(days=days)

    line("1.00", "INTEREST", name="later.csv", on=later)

    assert lines_of([old.pk])[0].state == state


def test_an_amount_alone_is_proposed_and_settles_nothing(patient, desk):
    from cleanclaim.apps.billing.deposits.debits import view_of

    receipt = returned(patient)

    row = line("-82.00", "DEPOSITED ITEM RETURNED")

    view = view_of(row)
    assert (row.state, view.match.state) == ("open", "held")
    [only] = view.match.candidates
    assert only.keys == (receipt.end_entry_id,)
    assert view.entries(only)[0].said.words == "check 998877 of 82.00, came back"
    settle(row, receipt.end_entry_id)
    assert lines_of([row.pk])[0].state == "settled"
    desk.prove()


def test_a_return_and_its_fee_taken_in_one_sum_are_explained_by_both_entries(patient, desk):
    returned(patient, fee=Decimal("12.00"))

    row = line("-94.00", "RETURNED CHECK 998877 AND FEE")

    assert row.state == "settled"
    assert len(why(row)) == 2
    assert balances()["asset:bank"] == "-94.00"
    desk.prove()


def test_a_fee_line_that_names_a_desks_entry_is_not_booked_as_a_second_fee(patient, desk):
    returned(patient, fee=Decimal("12.00"))

    row = line("-12.00", "SERVICE CHARGE FOR 998877")

    assert (row.state, balances()["expense:bank-fees"]) == ("settled", "12.00")
    desk.prove()


def test_one_entry_explains_one_line(patient, desk):
    receipt = returned(patient)
    first = line("-82.00", "RETURNED ITEM 998877")

    second = line("-82.00", "RETURNED ITEM 998877 AGAIN", name="again.csv", on=NEXT)

    assert (first.state, second.state) == ("settled", "open")
    with pytest.raises(StateError, match=f"explains bank line {first.pk}"):
        settle(second, receipt.end_entry_id)


@contextmanager
def without_the_question(monkeypatch):
    """The service no longer asks whether an entry is used."""
    from cleanclaim.apps.billing.deposits.services import explaining

    with monkeypatch.context() as patched:
        patched.setattr(explaining, "_refuse_used", lambda ids: None)
        yield


def test_twin_without_the_question_the_database_still_lets_an_entry_explain_one_line(
    patient, desk, monkeypatch
):
    receipt = returned(patient)
    line("-82.00", "RETURNED ITEM 998877")
    second = line("-82.00", "RETURNED ITEM 998877 AGAIN", name="again.csv", on=NEXT)

    with (
        without_the_question(monkeypatch),
        pytest.raises(IntegrityError, match="entry_explains_one_line"),
        transaction.atomic(),
    ):
        settle(second, receipt.end_entry_id)


def test_it_is_undone_and_not_settled_again_by_itself(patient, desk):
    receipt = returned(patient)
    row = line("-82.00", "RETURNED ITEM 998877")

    assert undo(row) == []
    line("-1.00", "CHECK 5", name="other.csv")

    [row] = lines_of([row.pk])
    assert (row.state, row.left) == ("open", Decimal("-82.00"))
    settle(row, receipt.end_entry_id)
    assert why(row) == [(receipt.end_entry_id, False), (receipt.end_entry_id, True)]
    desk.prove()


def test_entries_of_another_amount_or_of_no_money_out_are_refused(patient, desk):
    receipt = returned(patient)
    row = line("-81.99", "RETURNED ITEM 998877")

    with pytest.raises(StateError, match=r"the entries come to 82\.00"):
        settle(row, receipt.end_entry_id)
    with pytest.raises(InputError, match="took no money off"):
        settle(row, receipt.entry_id)
    with pytest.raises(InputError, match="0 entries"):
        settle(row)
    with pytest.raises(InputError, match="no reason"):
        undo(row, reason=" ")
    with pytest.raises(StateError, match="nothing explains it"):
        undo(row)


def test_the_return_is_booked_from_the_banks_line(patient, desk):
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.debits import view_of
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    receipt = take(patient, "82.00", reference="998877")
    row = line("-94.00", "RETURNED ITEM 998877 CHARGE 12.00")

    [offer] = view_of(row).acts
    assert (offer.offer.subject_id, offer.fee, offer.offer.kinds[0][0]) == (
        receipt.pk, Decimal("12.00"), "nsf",
    )  # fmt: skip
    settle_by_act(row.pk, desk="receipt", act=Act(receipt.pk, "nsf", offer.fee), on=NEXT, by=7)

    receipt.refresh_from_db()
    assert (receipt.state, receipt.fee, receipt.ended_on) == ("returned", Decimal("12.00"), PAID_ON)
    assert lines_of([row.pk])[0].state == "settled"
    assert balances()["expense:bank-fees"] == "12.00"
    desk.prove()
    assert undo(row) == []  # the return stands, and is proposed again
    assert view_of(lines_of([row.pk])[0]).match.keys


def test_a_return_of_another_sum_than_the_line_is_not_booked(patient, desk):
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    receipt = take(patient, "82.00", reference="998877")
    row = line("-94.00", "RETURNED ITEM 998877")

    with pytest.raises(StateError, match=r"94\.00 left the account, the entries come to 82\.00"):
        settle_by_act(row.pk, desk="receipt", act=Act(receipt.pk, "nsf"), on=PAID_ON, by=7)
    with pytest.raises(PermissionRefusedError):
        settle_by_act(
            row.pk, desk="receipt", act=Act(receipt.pk, "nsf", Decimal("12.00")), on=PAID_ON,
            by=7, limit=Decimal("10.00"),
        )  # fmt: skip

    receipt.refresh_from_db()
    assert receipt.state == "kept"


def test_a_stopped_check_and_a_chargeback_are_prefilled(patient, desk):
    from cleanclaim.apps.billing.deposits.debits import view_of

    take(patient, "82.00", reference="998877")
    take(patient, "31.00", reference="AUTH77", method="card")

    stopped = view_of(line("-82.00", "RETURNED STOP PAYMENT 998877")).acts[0]
    card = view_of(line("-31.00", "CHARGEBACK AUTH77", name="b.csv")).acts[0]

    assert (stopped.offer.kinds[0][0], card.offer.kinds[0][0]) == ("stopped", "chargeback")
    assert (stopped.reasons[1], card.reasons[1]) == (
        "the bank names 998877", "the bank names AUTH77",
    )  # fmt: skip


def test_a_fee_is_booked_by_a_person_and_taken_back(desk_, desk):
    from cleanclaim.apps.billing.deposits.services import book_bank_fee

    row = line("-7.00", "ODD LITTLE THING")
    with pytest.raises(PermissionRefusedError):
        book_bank_fee(row.pk, on=PAID_ON, by=7, limit=Decimal("5.00"))

    entry_id = book_bank_fee(row.pk, on=PAID_ON, by=7)

    assert why(row) == [(entry_id, True)]
    assert (balances()["asset:bank"], balances()["expense:bank-fees"]) == ("-7.00", "7.00")
    [reversal] = undo(row)
    assert "expense:bank-fees" not in balances()
    book_bank_fee(row.pk, on=PAID_ON, by=7)
    assert reversal
    assert balances()["expense:bank-fees"] == "7.00"
    desk.prove()


def test_a_fee_by_rule_that_a_desk_had_booked_already_is_taken_back_and_explained(patient, desk):
    receipt = returned(patient, fee=Decimal("12.00"))
    row = line("-12.00", "SERVICE CHARGE")
    assert (row.state, balances()["expense:bank-fees"]) == ("fee", "24.00")

    undo(row, reason="it is the return's fee")
    from cleanclaim.apps.billing.deposits.debits import view_of

    [row] = lines_of([row.pk])
    [only] = view_of(row).match.candidates
    settle(row, *only.keys)

    assert balances()["expense:bank-fees"] == "12.00"
    assert receipt.end_entry_id not in only.keys
    desk.prove()


def test_the_proof_tells_a_line_whose_entry_was_taken_back(patient, desk):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.ledger.services import reverse_entry

    receipt = returned(patient)
    row = line("-82.00", "RETURNED ITEM 998877")
    reverse_entry(
        receipt.end_entry_id, key="by hand", effective_on=PAID_ON, accounting_on=PAID_ON, by=1
    )

    found = [one for one in prove().differences if f"bank line {row.pk}" in one.subject]

    assert [one.subject for one in found] == [f"bank line {row.pk} left the bank"]


@pytest.fixture
def desk_(desk):
    return desk


def test_a_chargeback_that_names_a_receipt_is_that_receipt_before_it_is_a_part_of_its_batch(
    patient, desk
):
    """The card's batch is at the bank and bears the same number: taking the batch back would leave the patient paid."""
    from cleanclaim.apps.billing.deposits.debits import view_of
    from cleanclaim.apps.billing.deposits.services import (
        close_batch,
        open_batch,
        place_line,
        take_receipts,
    )

    receipt = take(patient, "20.00", reference="AUTH77", method="card")
    take(patient, "30.00", reference="AUTH78", method="card")
    batch = open_batch(
        kind="card", name="Cards", batch_on=PAID_ON, count=2, total=Decimal("50.00"), by=7
    ).pk
    take_receipts(batch)
    close_batch(batch, on=PAID_ON, by=7)
    place_line(
        bring((PAID_ON, "50.00", "CARD SETTLEMENT"), name="in.csv").line_ids[0],
        batch_ids=[batch], on=PAID_ON, by=7,
    )  # fmt: skip

    row = line("-20.00", "CHARGEBACK AUTH77")

    assert [(one.source.name, one.offer.subject_id) for one in view_of(row).acts] == [
        ("receipt", receipt.pk), ("batch", batch),
    ]  # fmt: skip


def test_a_line_that_is_open_again_says_what_the_bank_says_of_it(patient, desk):
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    take(patient, "31.00", reference="AUTH77", method="card")
    row = line("-31.00", "CHARGEBACK 1")
    before = row.reason
    [receipt] = [one.offer.subject_id for one in _acts(row)]
    settle_by_act(row.pk, desk="receipt", act=Act(receipt, "chargeback"), on=PAID_ON, by=7)
    settled = lines_of([row.pk])[0].reason
    undo(row)

    assert (before, settled) == ("the bank says chargeback", "booked for this line: a receipt that came back")  # fmt: skip
    assert lines_of([row.pk])[0].reason == before


def _acts(row):
    from cleanclaim.apps.billing.deposits.debits import view_of

    return view_of(row).acts
