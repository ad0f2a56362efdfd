"""The chart of accounts, both sides (reference: docs/ledger.md).

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

# Money on its way, and money that nobody owns yet
DEPOSITS_IN_TRANSIT = Account(
    "asset:deposits-in-transit", "Receipts on their way to the bank", Side.DEBIT
)
CARD_CLEARING = Account("asset:card-clearing", "Card receipts awaiting settlement", Side.DEBIT)
UNIDENTIFIED_CASH = Account(
    "liability:unidentified-cash", "Bank deposits of unknown origin", Side.CREDIT
)
DUE_FROM_ENTITY = Account("asset:due-from-entity", "Due from other entities", Side.DEBIT)
DUE_TO_ENTITY = Account("liability:due-to-entity", "Due to other entities", Side.CREDIT)
REFUND_CHECKS = Account(
    "liability:refund-checks-outstanding", "Refunds issued, not yet cleared", Side.CREDIT
)
UNCLAIMED_PROPERTY = Account(
    "liability:unclaimed-property", "Unclaimed property, due to the state", Side.CREDIT
)
PAYER_ADVANCES = Account("liability:payer-advances", "Advances from payers", Side.CREDIT)
LEVY = Account("liability:levies", "Levies and assigned payments withheld by payers", Side.CREDIT)
CAPITATION_RECEIVABLE = Account("asset:capitation-receivable", "Capitation receivable", Side.DEBIT)

# Estimates: they never touch a claim
ALLOWANCE_CONTRACTUAL = Account(
    "allowance:contractual-estimate", "Allowance for contractual adjustments", Side.CREDIT
)
ALLOWANCE_DOUBTFUL = Account("allowance:doubtful", "Allowance for doubtful accounts", Side.CREDIT)
CONTRACTUAL_ESTIMATE = Account(
    "contra:contractual-estimate", "Change of estimated contractual adjustments", Side.DEBIT
)
DOUBTFUL_ESTIMATE = Account(
    "contra:doubtful-estimate", "Change of estimated doubtful accounts", Side.DEBIT
)
ACCRUED_INCOME = Account("asset:accrued-income", "Accrued income", Side.DEBIT)
ACCRUED_EXPENSES = Account("liability:accrued-expenses", "Accrued expenses", Side.CREDIT)

# Reductions by cause, income and cost
SEQUESTRATION = Account("contra:sequestration", "Sequestration", Side.DEBIT)
WITHHOLD = Account("contra:withhold", "Withheld by payers", Side.DEBIT)
TIMELY_WRITE_OFF = Account("contra:timely-filing", "Filed too late, written off", Side.DEBIT)
CHARITY = Account("contra:charity", "Charity care", Side.DEBIT)
SMALL_BALANCE = Account("contra:small-balance", "Small balances written off", Side.DEBIT)
BAD_DEBT_RECOVERY = Account("income:bad-debt-recovery", "Bad debt recovered", Side.CREDIT)
CAPITATION_REVENUE = Account("revenue:capitation", "Capitation revenue", Side.CREDIT)
INCENTIVE_INCOME = Account("income:incentive", "Incentives and bonuses from payers", Side.CREDIT)
INTEREST_EXPENSE = Account("expense:interest-penalty", "Interest and penalties", Side.DEBIT)
BANK_FEES = Account("expense:bank-fees", "Bank fees and returned payments", Side.DEBIT)
CARD_FEES = Account("expense:card-fees", "Card fees, also of virtual cards", Side.DEBIT)
PBM_FEES = Account("expense:pbm-fees", "Pharmacy network and transaction fees", Side.DEBIT)
OPENING_BALANCE = Account("equity:opening-balance", "Balances taken over", Side.CREDIT)
OPENING_SETTLED = Account(
    "equity:opening-settled", "Settled before the balances were taken over", Side.DEBIT
)

PASSED_THROUGH = Account(
    "income:passed-through", "Costs passed through and settled by payers", Side.CREDIT
)

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
    DEPOSITS_IN_TRANSIT,
    CARD_CLEARING,
    UNIDENTIFIED_CASH,
    DUE_FROM_ENTITY,
    DUE_TO_ENTITY,
    REFUND_CHECKS,
    UNCLAIMED_PROPERTY,
    PAYER_ADVANCES,
    LEVY,
    CAPITATION_RECEIVABLE,
    ALLOWANCE_CONTRACTUAL,
    ALLOWANCE_DOUBTFUL,
    CONTRACTUAL_ESTIMATE,
    DOUBTFUL_ESTIMATE,
    ACCRUED_INCOME,
    ACCRUED_EXPENSES,
    SEQUESTRATION,
    WITHHOLD,
    TIMELY_WRITE_OFF,
    CHARITY,
    SMALL_BALANCE,
    BAD_DEBT_RECOVERY,
    CAPITATION_REVENUE,
    INCENTIVE_INCOME,
    INTEREST_EXPENSE,
    BANK_FEES,
    CARD_FEES,
    PBM_FEES,
    OPENING_BALANCE,
    PASSED_THROUGH,
    OPENING_SETTLED,
    CLAIMS_BANK,
    PAYMENTS_OUTSTANDING,
    CLAIMS_PAYABLE,
    MEMBER_PAYABLE,
    OVERPAYMENT_RECOVERABLE,
    CLAIMS_EXPENSE,
)
PAYER_SIDE = (
    CLAIMS_BANK,
    PAYMENTS_OUTSTANDING,
    CLAIMS_PAYABLE,
    MEMBER_PAYABLE,
    OVERPAYMENT_RECOVERABLE,
    CLAIMS_EXPENSE,
)
PROVIDER_SIDE = tuple(one for one in ACCOUNTS if one not in PAYER_SIDE)
BY_CODE: dict[str, Account] = {account.code: account for account in ACCOUNTS}
RECEIVABLE_BY_BUCKET: dict[str, Account] = {a.bucket: a for a in ACCOUNTS if a.bucket}
