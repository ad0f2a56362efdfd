"""Accruals: between accounts of estimates, taken back the next month, by two persons where typed."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.reports.closing.cases import JUNE, MAY
from tests.apps.reports.closing.test_closing import checks

pytestmark = pytest.mark.database_core


def accrual(amount: str = "12.34", **more: str):
    from cleanclaim.apps.reports.closing.accruals import Accrual

    given = {"name": "expected", "debit": "contra:contractual-estimate", "credit": "allowance:contractual-estimate", **more}  # fmt: skip
    return Accrual(amount=Decimal(amount), **given)


def test_an_accrual_is_taken_back_on_the_first_of_the_next_month(inside) -> None:
    from cleanclaim.apps.reports.closing.accruals import post_accrual
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    post_accrual(MAY, accrual(), by=1)
    post_accrual(MAY, accrual(), by=1)

    def balance(day: date) -> Decimal:
        return account_balances(accounting_on=day).get("allowance:contractual-estimate", Decimal(0))

    assert [balance(d) for d in (date(2026, 5, 30), date(2026, 5, 31), JUNE)] == [
        Decimal(0), Decimal("-12.34"), Decimal(0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "amount", "message"),
    [
        ({"debit": "receivable:patient"}, "1.00", "holds open items"),
        ({"credit": "asset:gold"}, "1.00", "not in the chart"),
        ({"name": " "}, "1.00", "no name"),
        ({}, "0.00", "expected whole cents"),
        ({}, "0.005", "expected whole cents"),
        ({}, "10000000000000.00", "below a trillion dollars"),
        ({"debit": "allowance:contractual-estimate"}, "1.00", "to itself"),
        *(
            ({"credit": code}, "1.00", "is no account of estimates")
            for code in (
                "asset:bank", "asset:remit-clearing", "asset:card-clearing", "asset:deposits-in-transit",
                "asset:due-from-entity", "liability:due-to-entity", "liability:unidentified-cash",
                "liability:unapplied-cash", "liability:patient-prepayment", "liability:refund-payable",
                "liability:refund-checks-outstanding", "equity:opening-balance", "asset:claims-bank",
            )
        ),
    ],
)  # fmt: skip
def test_a_wrong_accrual_is_refused(inside, more, amount, message) -> None:
    from cleanclaim.apps.reports.closing.accruals import post_accrual

    with pytest.raises(InputError, match=message):
        post_accrual(MAY, accrual(amount, **more), by=1)


def test_a_typed_accrual_is_posted_by_a_second_person_only(inside) -> None:
    from cleanclaim.apps.reports.closing import typed_accruals
    from cleanclaim.apps.reports.closing.population import approvals
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    fees = accrual("500.00", name="fees", debit="expense:bank-fees", credit="liability:accrued-expenses")  # fmt: skip
    asked = typed_accruals.ask_for_accrual(MAY, fees, by=1)
    waiting = checks()["approvals"][0]
    with pytest.raises(StateError, match="was made by you"):
        typed_accruals.approve_accrual(asked, by=1)
    with pytest.raises(StateError, match="waits for its decision"):
        typed_accruals.ask_for_accrual(MAY, fees, by=2)
    before = account_balances(accounting_on=date(2026, 5, 31))
    typed_accruals.approve_accrual(asked, by=2)

    after = [account_balances(accounting_on=day) for day in (date(2026, 5, 31), JUNE)]
    found = [books_.get("expense:bank-fees", Decimal(0)) for books_ in (before, *after)]
    assert found == [Decimal(0), Decimal("500.00"), Decimal(0)]
    assert (waiting, checks()["approvals"][0]) == (False, True)
    with pytest.raises(StateError, match="is approved already"):
        typed_accruals.approve_accrual(asked, by=3)
    today = timezone.localdate()
    [listed] = [one for one in approvals(today, today) if one.kind == "Accrual"]
    assert (listed.prepared_by, listed.approved_by, listed.amount) == (1, 2, Decimal("500.00"))


def test_the_database_itself_has_a_typed_accrual_approved_by_another(inside) -> None:
    """The twin: the rule of the service taken away."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.reports.closing import typed_accruals
    from cleanclaim.apps.reports.closing.models import AccrualRequest

    asked = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    row = AccrualRequest.objects.filter(pk=asked)

    for nobody_else in (1, None):
        with pytest.raises(IntegrityError, match="accrual_request_second_person"), transaction.atomic():  # fmt: skip
            row.update(state="approved", decided_by=nobody_else)


def test_a_typed_accrual_is_refused_or_withdrawn_and_then_asked_for_anew(inside) -> None:
    from cleanclaim.apps.reports.closing import typed_accruals

    refused = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    with pytest.raises(InputError, match="the reason is empty"):
        typed_accruals.refuse_accrual(refused, by=2, words=" ")
    typed_accruals.refuse_accrual(refused, by=2, words="too much")
    withdrawn = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    with pytest.raises(StateError, match="is not yours"):
        typed_accruals.withdraw_accrual(withdrawn, by=2)
    typed_accruals.withdraw_accrual(withdrawn, by=1)

    assert typed_accruals.ask_for_accrual(MAY, accrual(), by=1) > withdrawn


def test_a_source_makes_its_accrual_due_until_it_is_posted(inside, monkeypatch) -> None:
    from cleanclaim.apps.reports.closing import accruals

    monkeypatch.setitem(accruals._sources, "test", lambda day: [accrual()])

    assert checks()["accruals"] == (False, Decimal("12.34"))
    accruals.post_accrual(MAY, accrual(), by=1)
    assert checks()["accruals"][0]
