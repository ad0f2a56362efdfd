"""Money at the bank: booked on arrival, placed once, undone with its history, the same in whatever order it came."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.deposits.bank import balances, bring, eft, lines_of
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core
CASH = {"asset:bank": "80.00"}


@pytest.fixture
def desk_(desk):
    """A desk whose two claims were taken; `era(n)` brings the payer's answer to one of them."""
    claims = [claim("A1"), claim("A2"), claim("A3")]
    desk.take(*claims)

    def era(number: int) -> None:
        desk.post(remittance(pay(claims[number - 1], TYPICAL), trace=f"T{number}"))
        hand_out()

    desk.era = era
    return desk


def hand_out() -> None:
    """What the worker does after each transaction."""
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    dispatch_events(limit=100)


def _awaited() -> list[str]:
    from cleanclaim.apps.billing.deposits.selectors import awaited_deposits

    return [one.trace_number for one in awaited_deposits()]


def _cash() -> dict[str, str]:
    wanted = ("asset:bank", "asset:remit-clearing", "liability:unidentified-cash")
    return {account: amount for account, amount in balances().items() if account in wanted}


def _remittance(trace: str):
    from cleanclaim.apps.billing.remittances.models import Remittance

    return Remittance.objects.get(trace_number=trace)


def test_a_deposit_clears_its_trace(desk_):
    from cleanclaim.apps.billing.deposits.selectors import cash_of_remittances

    desk_.era(1)
    assert (_awaited(), cash_of_remittances()) == (["T1"], Decimal("80.00"))

    received = bring(eft("T1"))

    assert len(received.deposit_ids) == 1
    assert (_cash(), _awaited()) == (CASH, [])
    assert cash_of_remittances() == Decimal("80.00")
    desk_.prove()


def test_money_before_its_remittance_is_unidentified_until_it_comes(desk_):
    received = bring(eft("T1"))
    [line] = lines_of(received.line_ids)
    assert received.deposit_ids == ()
    assert (line.state, line.left) == ("open", Decimal("80.00"))
    assert _cash() == CASH | {"liability:unidentified-cash": "-80.00"}
    desk_.prove()

    desk_.era(1)

    [line] = lines_of(received.line_ids)
    assert (line.state, line.left, _cash(), _awaited()) == ("placed", Decimal("0.00"), CASH, [])
    desk_.prove()


def test_any_order_of_remittances_and_money_ends_in_the_same_books(desk_):
    """Two remittances and their money, with a deposit of nobody and the bank's fee: all 24 orders."""
    acts = {
        "era 1": lambda: desk_.era(1),
        "era 2": lambda: desk_.era(2),
        "eft 1": lambda: bring(eft("T1"), (PAID_ON, "33.00", "COUNTER DEPOSIT"), name="1"),
        "eft 2": lambda: bring(eft("T2"), (PAID_ON, "-12.50", "SERVICE CHARGE"), name="2"),
    }
    ends = set()
    for order in permutations(acts):
        with transaction.atomic():
            for name in order:
                acts[name]()
            desk_.prove()
            ends.add((tuple(sorted(balances().items())), tuple(_awaited())))
            transaction.set_rollback(True)

    assert len(ends) == 1
    [(found, awaited)] = ends
    assert awaited == ()
    assert dict(found)["asset:bank"] == "180.50"  # 80.00 + 80.00 + 33.00 - 12.50
    assert dict(found)["liability:unidentified-cash"] == "-33.00"
    assert dict(found)["expense:bank-fees"] == "12.50"


def test_one_deposit_of_two_remittances_and_one_account_of_two_files(desk_):
    from cleanclaim.apps.billing.deposits.services import place_line

    desk_.era(1)
    desk_.era(2)
    [line_id] = bring((PAID_ON, "160.00", "LOCKBOX 7")).line_ids

    with pytest.raises(InputError, match="nothing is named that it pays"):
        place_line(line_id, on=PAID_ON, by=None)
    ids = [_remittance(trace).pk for trace in ("T1", "T2")]
    place_line(line_id, remittance_ids=ids, on=PAID_ON, by=None)

    assert (_cash(), _awaited()) == ({"asset:bank": "160.00"}, [])
    desk_.prove()


def test_what_was_undone_is_awaited_again_and_can_be_booked_again(desk_):
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import place_line, place_waiting, undo_deposit

    desk_.era(1)
    received = bring(eft("T1"))
    [deposit_id] = received.deposit_ids

    with pytest.raises(InputError, match="no reason"):
        undo_deposit(deposit_id, reason=" ", on=PAID_ON, by=None)
    undo_deposit(deposit_id, reason="wrong one", on=PAID_ON, by=7)

    assert _awaited() == ["T1"]
    assert _cash()["liability:unidentified-cash"] == "-80.00"
    assert place_waiting(on=PAID_ON) == []  # what a person undid stays undone
    with pytest.raises(StateError, match="was undone on"):
        undo_deposit(deposit_id, reason="again", on=PAID_ON, by=7)
    desk_.prove()

    again = place_line(
        received.line_ids[0], remittance_ids=[_remittance("T1").pk], on=PAID_ON, by=7
    )

    assert (_cash(), _awaited()) == (CASH, [])
    kept = Deposit.objects.order_by("id")
    assert [(one.pk, bool(one.undone_on), one.undone_reason) for one in kept] == [
        (deposit_id, True, "wrong one"), (again, False, ""),
    ]  # fmt: skip
    desk_.prove()


def test_an_amount_that_differs_is_placed_by_nobody(desk_):
    desk_.era(1)

    bring(eft("T1", "79.99"))

    assert _awaited() == ["T1"]
    assert _cash()["asset:remit-clearing"] == "80.00"


def test_a_card_settlement_that_is_short_names_where_the_rest_went(desk_):
    from cleanclaim.apps.billing.deposits.services import place_line

    desk_.era(1)
    [line_id] = bring((PAID_ON, "77.60", "VIRTUAL CARD")).line_ids
    wanted = [_remittance("T1").pk]

    with pytest.raises(InputError, match=r"77\.60 is left, what you chose comes to 80\.00"):
        place_line(line_id, remittance_ids=wanted, on=PAID_ON, by=None)
    place_line(line_id, remittance_ids=wanted, on=PAID_ON, by=None, kept_back="expense:card-fees")

    assert balances()["expense:card-fees"] == "2.40"
    assert (_cash(), _awaited()) == ({"asset:bank": "77.60"}, [])
    desk_.prove()


def test_a_remittance_is_paid_once(desk_):
    from cleanclaim.apps.billing.deposits.services import place_line

    desk_.era(1)
    bring(eft("T1"))
    [second] = bring((PAID_ON, "80.00", "AGAIN"), name="2").line_ids

    with pytest.raises(StateError, match="was paid by deposit"):
        place_line(second, remittance_ids=[_remittance("T1").pk], on=PAID_ON, by=None)


def test_the_database_itself_pays_a_remittance_once(desk_, monkeypatch):
    """The twin: without the look beforehand the constraint still refuses."""
    from cleanclaim.apps.billing.deposits.services import place_line, placing

    desk_.era(1)
    bring(eft("T1"))
    [second] = bring((PAID_ON, "80.00", "AGAIN"), name="2").line_ids
    row = _remittance("T1")
    monkeypatch.setattr(placing, "awaited_by_id", lambda ids: [row])

    with pytest.raises(IntegrityError, match="remittance_deposited_once"), transaction.atomic():
        place_line(second, remittance_ids=[row.pk], on=PAID_ON, by=None)


def test_the_proof_sees_a_line_whose_money_moved_without_it(desk_):
    """The twin of the proof: a cached figure that the legs do not bear out is named."""
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.ledger.selectors import prove

    [line_id] = bring(eft("T1")).line_ids
    BankLine.objects.filter(pk=line_id).update(left=Decimal("70.00"))

    differences = prove().differences

    assert [one.subject for one in differences] == [
        f"bank line {line_id} unidentified", f"bank line {line_id} placed",
    ]  # fmt: skip


def test_a_second_remittance_under_the_same_trace_is_awaited_again(desk_):
    desk_.era(1)
    bring(eft("T1"))

    one = claim("A9")
    desk_.take(one)
    half = ("40.00", (("CO", "45", "70.00"), ("PR", "3", "10.00")))
    desk_.post(remittance(pay(one, half), trace="T1"))

    assert _awaited() == ["T1"]
    bring(eft("T1", "40.00"), name="2")
    assert (_awaited(), _cash()) == ([], {"asset:bank": "120.00"})


def test_a_line_of_an_earlier_file_is_recognised_and_equal_lines_are_two(desk_):
    twice = [(PAID_ON, "25.00", "COUNTER")] * 2
    first = bring(*twice, name="monday")

    second = bring(*twice, (PAID_ON, "31.00", "COUNTER"), name="tuesday")

    assert (len(first.line_ids), len(second.line_ids), second.repeated) == (2, 1, 2)
    assert balances()["asset:bank"] == "81.00"


def test_the_same_file_is_refused_and_the_first_named(desk_):
    bring(eft("T1"), name="monday.csv")

    with pytest.raises(StateError, match=r'came before in file .* "monday\.csv"'):
        bring(eft("T1"), name="tuesday.csv")


def test_debits_are_fees_by_rule_or_stay_open(desk_):
    from cleanclaim.apps.billing.deposits.services import place_line

    fee, back, check = lines_of(
        bring(
            (PAID_ON, "-12.50", "MONTHLY SERVICE CHARGE"),
            (PAID_ON, "-82.00", "DEPOSITED ITEM RETURNED 998877"),
            (PAID_ON, "-40.00", "CHECK PAID 1001"),
        ).line_ids
    )

    assert [(one.kind, one.state) for one in (fee, back, check)] == [
        ("fee", "fee"), ("returned", "open"), ("check", "open"),
    ]  # fmt: skip
    assert (_cash(), balances()["expense:bank-fees"]) == ({"asset:bank": "-12.50"}, "12.50")
    with pytest.raises(StateError, match="money that left"):
        place_line(check.pk, remittance_ids=[1], on=PAID_ON, by=None)


def test_a_line_is_split_with_another_entity(desk_):
    from cleanclaim.apps.billing.deposits.services import place_with_entity, undo_deposit
    from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs

    [line_id] = bring((PAID_ON, "184320.00", "LOCKBOX")).line_ids
    before = balances()

    deposit = place_with_entity(
        line_id, entity="Films", amount=Decimal("12500.00"), on=PAID_ON, by=None
    )

    found = {
        (entity, account): amount for entity, account, amount in sum_legs(("entity", "account"))
    }
    assert found[("Films", "asset:due-from-entity")] == Decimal("12500.00")
    assert found[("Films", "liability:unidentified-cash")] == Decimal("-12500.00")
    assert found[("", "liability:unidentified-cash")] == Decimal("-171820.00")
    assert found[("", "liability:due-to-entity")] == Decimal("-12500.00")
    desk_.prove()
    with pytest.raises(InputError, match=r"expected an amount up to 171,820\.00"):
        place_with_entity(line_id, entity="Films", amount=Decimal("171820.01"), on=PAID_ON, by=None)
    undo_deposit(deposit, reason="not theirs", on=PAID_ON, by=None)
    assert balances() == before
    desk_.prove()


def test_likely_candidates_are_accepted_at_once_and_others_left(desk_):
    from cleanclaim.apps.billing.deposits.services import place_likely

    desk_.era(1)
    ids = bring(
        (PAID_ON, "80.00", "COASTAL ALLIANCE HEALTH PLAN"), (PAID_ON, "12.00", "COUNTER")
    ).line_ids

    placed, left = place_likely(ids, on=PAID_ON, by=7)

    assert (len(placed), left) == (1, [ids[1]])
    assert _awaited() == []


def test_money_of_a_closed_month_counts_on_the_day_that_it_came(desk_):
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.ledger.services import close_period

    desk_.era(1)
    close_period(PAID_ON.replace(day=1), by=None, reason="month-end")
    came = date(2026, 8, 3)

    bring(eft("T1"), on=came)

    found = Entry.objects.filter(kind__in=("bank-receipt", "deposit"))
    assert {(one.effective_on, one.accounting_on) for one in found} == {(PAID_ON, came)}
    assert _awaited() == []


def test_a_refund_under_the_trace_is_no_deposit(desk):
    from cleanclaim.apps.billing.deposits.selectors import cash_of_remittances
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.ledger.services import Credit, approve_refund, pay_refund
    from cleanclaim.values.accounts import UNAPPLIED_CASH

    value = remittance(pay(claim("NOT HERE"), TYPICAL))
    desk.post(value)
    leg = Leg.objects.get(account=UNAPPLIED_CASH.code)
    days = {"effective_on": PAID_ON, "accounting_on": PAID_ON}
    credit = Credit(leg.account, payer_id=leg.payer_id, trace=leg.trace)
    pay_refund(approve_refund(credit, amount=Decimal("80.00"), key="back", **days), **days)

    assert cash_of_remittances() == Decimal("80.00")
    assert _awaited() == [value.trace_number]
    assert len(bring(eft(value.trace_number)).deposit_ids) == 1
    assert _awaited() == []
    assert cash_of_remittances() == Decimal("80.00")


def test_a_deposit_booked_before_lines_were_kept_is_not_awaited(desk_):
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    desk_.era(1)
    row = _remittance("T1")
    legs = (Leg("asset:bank", row.paid), Leg("asset:remit-clearing", -row.paid))
    post_entries([Entry("deposit", f"deposit:{row.pk}", PAID_ON, PAID_ON, legs)])

    assert _awaited() == []


def test_money_before_a_payment_that_is_kept_by_itself_finds_it(desk_):
    """As a paper EOB is: it comes by no 835."""
    from cleanclaim.apps.billing.remittances.services import keep_remittance
    from tests.apps.billing.world import receive_835

    bring(eft("PAPER7"))
    value = remittance(pay(claim("A1"), TYPICAL), trace="PAPER7")

    keep_remittance(receive_835(value), value, position=1, received_on=PAID_ON)
    hand_out()

    assert _awaited() == []
