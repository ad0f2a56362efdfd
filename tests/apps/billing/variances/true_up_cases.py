"""Guarantees of Summit's contract, money that came for them, and what the books say."""

from datetime import date
from decimal import Decimal

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
END, LATER = date(2026, 11, 30), date(2027, 1, 31)
CASH, OWED = "liability:unapplied-cash", "liability:payer-takeback"
FEES = "expense:payer-fees"


def agree(kind: str = "ger", percent: str = "84", fee: str = "1.00", **more):
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.variances.true_ups import agree

    given = {"period": "month", "clause": "GER 4.1", "valid_from": NOVEMBER, "by": 1} | more
    return agree(
        Contract.objects.get().pk, kind, percent=Decimal(percent), fee=Decimal(fee), **given
    )


def found(on: date = END, agreement_id: int | None = None):
    from cleanclaim.apps.billing.variances.true_ups import true_ups

    return true_ups(on=on, agreement_id=agreement_id)


def payer_id() -> int:
    from cleanclaim.apps.billing.contracts.models import Contract

    return Contract.objects.get().payer_id


def book(account: str, amount: str, *, on: date = date(2026, 12, 18), **dimensions) -> None:
    """Money that came for the true-up: `amount` as the account's own leg, against the bank."""
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    given = {"payer_id": payer_id()} | dimensions
    key = f"{account} {amount} {on} {sorted(given.items())}"
    legs = (
        Leg(account, Decimal(amount), **given),
        Leg("asset:bank", -Decimal(amount)),
    )
    post_entries([Entry("receipt", key, on, on, legs)], by=None)


def prepare(agreement_id: int, amount: str = "2.08", **more) -> int:
    """A settlement of November's, whose money has come under trace T20."""
    from cleanclaim.apps.billing.variances.settlements import prepare_settlement

    given = {
        "period_from": NOVEMBER,
        "account": CASH,
        "trace": "T20",
        "settled_on": date(2026, 12, 20),
        "words": "letter of December 18",
        "on": LATER,
        "by": 1,
    } | more
    if given["account"] != CASH:
        given["trace"] = more.get("trace", "")
    elif given["trace"] == "T20" and "account" not in more:
        book(CASH, "-2.08", trace="T20")
    return prepare_settlement(agreement_id, amount=Decimal(amount), **given)


def balances() -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {code: amount for code, amount in account_balances().items() if amount}


def accruals(month: date = NOVEMBER) -> dict[str, Decimal]:
    from cleanclaim.apps.reports.closing.accruals import due_accruals

    return {
        one.name.partition(",")[0]: one.amount
        for one in due_accruals(month)
        if "True-up" in one.name
    }
