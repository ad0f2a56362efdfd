"""Deposits: a remittance's money is awaited until the bank has it, and booked once."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.reconciliation import match_deposits
from cleanclaim.values.bank import BankLine
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def posted(desk):
    """80.00 posted from one remittance; answers its trace number."""
    one = claim("A1")
    desk.take(one)
    value = remittance(pay(one, TYPICAL))
    desk.post(value)
    return value.trace_number


def _line(trace: str, amount: str = "80.00", on: date = PAID_ON) -> BankLine:
    return BankLine(Decimal(amount), on, trace_number=trace, place="line 4")


def _book(*lines: BankLine):
    from cleanclaim.apps.billing.remittances.deposits import awaited_deposits, book_deposits

    return book_deposits(lines, match_deposits(lines, awaited_deposits()))


def _balances():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances()


def test_a_deposit_clears_its_trace_and_is_booked_once(desk, posted):
    from cleanclaim.apps.billing.remittances.deposits import awaited_deposits, cash_of_remittances

    assert [one.trace_number for one in awaited_deposits()] == [posted]
    assert len(_book(_line(posted))) == 1

    assert "asset:remit-clearing" not in _balances()
    assert _balances()["asset:bank"] == Decimal("80.00")
    assert awaited_deposits() == []
    assert cash_of_remittances() == Decimal("80.00")
    assert _book(_line(posted)) == []
    desk.prove()


def test_the_same_movements_twice_make_the_same_entry(desk, posted):
    from cleanclaim.apps.billing.remittances.deposits import awaited_deposits, book_deposits

    lines = [_line(posted)]
    matches = match_deposits(lines, awaited_deposits())

    assert book_deposits(lines, matches) == book_deposits(lines, matches)
    assert _balances()["asset:bank"] == Decimal("80.00")


def test_an_amount_that_differs_books_nothing(desk, posted):
    assert _book(_line(posted, "79.99")) == []
    assert _balances()["asset:remit-clearing"] == Decimal("80.00")


def test_a_closed_month_takes_no_deposit(desk, posted):
    from cleanclaim.apps.shared.ledger.services import close_period

    close_period(PAID_ON.replace(day=1), by=None, reason="month-end")

    with pytest.raises(StateError):
        _book(_line(posted))


def test_a_refund_under_the_trace_is_no_deposit(desk):
    from cleanclaim.apps.billing.remittances.deposits import awaited_deposits, cash_of_remittances
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
    assert [one.trace_number for one in awaited_deposits()] == [value.trace_number]
    assert len(_book(_line(value.trace_number))) == 1
    assert awaited_deposits() == []
    assert cash_of_remittances() == Decimal("80.00")
