"""The chart of accounts as far as the loop goes, both sides (reference: docs/ledger.md).

An account is a permanent code `kind:name`. Legs are signed: debit positive, credit negative.
"""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The sign that an account's balance normally has."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Account:
    """One ledger account. `is_receivable`: its legs name an open item and its bucket."""

    code: str
    name: str
    normal: Side
    bucket: str = ""  # payer:1, payer:2, payer:3, patient, agency

    @property
    def is_receivable(self) -> bool:
        """Whether its legs must name an open item."""
        return bool(self.bucket)


# Provider side
BANK = Account("asset:bank", "Bank", Side.DEBIT)
REMIT_CLEARING = Account("asset:remit-clearing", "Remittances awaiting their deposit", Side.DEBIT)
RECEIVABLE_PAYER_1 = Account("receivable:payer:1", "Receivable, first payer", Side.DEBIT, "payer:1")
RECEIVABLE_PAYER_2 = Account(
    "receivable:payer:2", "Receivable, second payer", Side.DEBIT, "payer:2"
)
RECEIVABLE_PAYER_3 = Account("receivable:payer:3", "Receivable, third payer", Side.DEBIT, "payer:3")
RECEIVABLE_PATIENT = Account("receivable:patient", "Receivable, patients", Side.DEBIT, "patient")
RECEIVABLE_AGENCY = Account("receivable:agency", "Receivable, at agency", Side.DEBIT, "agency")
PRIOR_PAYER_CASH = Account(
    "asset:prior-payer-cash", "Received from earlier payers before this system", Side.DEBIT
)
UNAPPLIED_CASH = Account("liability:unapplied-cash", "Unapplied cash", Side.CREDIT)
PATIENT_PREPAYMENT = Account("liability:patient-prepayment", "Patient prepayments", Side.CREDIT)
TAKEBACK_PAYABLE = Account("liability:payer-takeback", "Owed back to payers", Side.CREDIT)
REFUND_PAYABLE = Account("liability:refund-payable", "Refunds approved, not yet paid", Side.CREDIT)
REVENUE = Account("revenue:patient-services", "Gross patient revenue", Side.CREDIT)
CONTRACTUAL = Account("contra:contractual", "Contractual adjustments", Side.DEBIT)
OTHER_REDUCTION = Account("contra:other", "Other payer reductions", Side.DEBIT)
DENIAL_WRITE_OFF = Account("contra:denial", "Denials written off with approval", Side.DEBIT)
COURTESY_WRITE_OFF = Account("contra:courtesy", "Courtesy and small-balance write-offs", Side.DEBIT)
BAD_DEBT = Account("contra:bad-debt", "Bad debt", Side.DEBIT)
INTEREST_INCOME = Account("income:interest", "Interest and incentives", Side.CREDIT)
PAYER_FEES = Account("expense:payer-fees", "Fees kept back by payers", Side.DEBIT)

# Payer side
CLAIMS_BANK = Account("asset:claims-bank", "Claims bank account", Side.DEBIT)
PAYMENTS_OUTSTANDING = Account(
    "liability:payments-outstanding", "Payments outstanding", Side.CREDIT
)
CLAIMS_PAYABLE = Account("liability:claims-payable", "Claims adjudicated, unpaid", Side.CREDIT)
MEMBER_PAYABLE = Account("liability:member-payable", "Members to be paid, unpaid", Side.CREDIT)
OVERPAYMENT_RECOVERABLE = Account(
    "asset:overpayments-recoverable", "Provider overpayments recoverable", Side.DEBIT
)
CLAIMS_EXPENSE = Account("expense:medical-claims", "Medical claims expense", Side.DEBIT)

ACCOUNTS: tuple[Account, ...] = (
    BANK,
    REMIT_CLEARING,
    RECEIVABLE_PAYER_1,
    RECEIVABLE_PAYER_2,
    RECEIVABLE_PAYER_3,
    RECEIVABLE_PATIENT,
    RECEIVABLE_AGENCY,
    PRIOR_PAYER_CASH,
    UNAPPLIED_CASH,
    PATIENT_PREPAYMENT,
    TAKEBACK_PAYABLE,
    REFUND_PAYABLE,
    REVENUE,
    CONTRACTUAL,
    OTHER_REDUCTION,
    DENIAL_WRITE_OFF,
    COURTESY_WRITE_OFF,
    BAD_DEBT,
    INTEREST_INCOME,
    PAYER_FEES,
    CLAIMS_BANK,
    PAYMENTS_OUTSTANDING,
    CLAIMS_PAYABLE,
    MEMBER_PAYABLE,
    OVERPAYMENT_RECOVERABLE,
    CLAIMS_EXPENSE,
)
BY_CODE: dict[str, Account] = {account.code: account for account in ACCOUNTS}
RECEIVABLE_BY_BUCKET: dict[str, Account] = {a.bucket: a for a in ACCOUNTS if a.bucket}
