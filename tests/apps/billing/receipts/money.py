"""Receipts of the tests: money taken and given back, and what the books say of it."""

from decimal import Decimal

from tests.apps.billing.world import PAID_ON


def take(patient_id: int, amount: str, **more: object):
    from cleanclaim.apps.billing.receipts.services import take

    given = {"kind": "payment", "method": "check", "on": PAID_ON, "by": 1, **more}
    return take(patient_id, amount=Decimal(amount), **given)


def books() -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    names = ("asset:deposits-in-transit", "asset:card-clearing", "asset:bank", "liability:patient-prepayment", "receivable:patient", "expense:bank-fees", "expense:card-fees")  # fmt: skip
    found = account_balances()
    return {name: found[name] for name in names if found.get(name)}


def refund(patient_id: int, receipt_id: int, amount: str) -> None:
    """As the credit desk books it: off the prepayment, under the receipt's own number."""
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    given = Decimal(amount)
    legs = (
        Leg("liability:patient-prepayment", given, patient_id=patient_id, trace=f"receipt {receipt_id}"),
        Leg("liability:refund-payable", -given, patient_id=patient_id, trace="refund:1"),
    )  # fmt: skip
    post_entries([Entry("refund-approval", "refund-approval:1:1", PAID_ON, PAID_ON, legs)], by=1)
