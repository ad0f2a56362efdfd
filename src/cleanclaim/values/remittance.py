"""A payer's answer with money: one payment to one payee under one trace number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import total
from cleanclaim.kernel.quick import quick
from cleanclaim.values.adjustment import Adjustment, Group, adjusted
from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Reference

REVERSAL = "22"  # CLP02


def takes_back(status_code: str, charge: Decimal) -> bool:
    """Whether a claim payment takes back an earlier answer: it says so (22), or its charge is below zero, which nothing else is."""
    return status_code == REVERSAL or charge < 0


@quick
@dataclass(frozen=True, slots=True)
class LinePayment:
    """What was paid for one line. `submitted` is the procedure as billed where the payer changed it.

    `revenue_code` is the one beside a procedure (SVC04); a line with nothing else has it as procedure, qualifier `NU`.
    """

    procedure: Procedure
    charge: Decimal
    paid: Decimal
    quantity: Decimal | None = None
    submitted: Procedure | None = None
    submitted_quantity: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    allowed: Decimal | None = None  # AMT*B6
    remark_codes: tuple[str, ...] = ()  # LQ*HE
    line_control_number: str = ""  # REF*6R
    references: tuple[Reference, ...] = ()
    carried: tuple[Carried, ...] = ()
    revenue_code: str = ""

    @property
    def difference(self) -> Decimal:
        """What is left unexplained: charge less paid less adjustments; 0.00 when it balances."""
        return self.charge - self.paid - total([a.amount for a in self.adjustments])


@quick
@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """What was done with one claim. `status_code` is CLP02: 1/2/3 processed, 4 not recognized, 22 reversal."""

    control_number: str  # CLP01, the provider's
    status_code: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal
    filing_indicator: str
    payer_control_number: str  # CLP07, the plan's
    place_of_service: str = ""
    frequency_code: str = ""
    patient: Person | None = None
    subscriber: Person | None = None
    corrected_patient: Person | None = None
    rendering: Provider | None = None
    lines: tuple[LinePayment, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()  # claim level
    remark_codes: tuple[str, ...] = ()  # MOA / MIA
    service_from: date | None = None
    service_to: date | None = None
    received_on: date | None = None  # DTM*050
    allowed: Decimal | None = None  # AMT*AU
    interest: Decimal | None = None  # AMT*I
    references: tuple[Reference, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back an earlier answer."""
        return takes_back(self.status_code, self.charge)

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        """Claim level first, then each line's."""
        return self.adjustments + tuple([a for line in self.lines for a in line.adjustments])

    @property
    def difference(self) -> Decimal:
        """Charge less paid less every adjustment; 0.00 when the claim balances."""
        return self.charge - self.paid - adjusted(self.all_adjustments)

    def group_total(self, group: Group) -> Decimal:
        """The sum of one group over claim and lines."""
        return adjusted(self.all_adjustments, group)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One PLB pair. Positive reduces the payment. `fiscal_period_end` is the provider's."""

    provider_id: str
    fiscal_period_end: date
    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835 message: one payee, one trace.

    `method` is BPR04 (`ACH`, `CHK`, `NON`), `handling` BPR01 (`I` payment with advice, `H` notice only).
    `payer_trace_id` is TRN03 (1 + the payer's taxpayer number).
    """

    payer: Payer
    payee: Provider
    paid: Decimal
    trace_number: str
    payer_trace_id: str
    paid_on: date
    method: str
    handling: str = "I"
    produced_on: date | None = None
    is_credit: bool = True
    receiver_id: str = ""
    claims: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    payer_bank: tuple[str, str, str] = ("", "", "")  # routing, account kind, account
    payee_bank: tuple[str, str, str] = ("", "", "")
    payee_address: Address | None = None
    technical_contact: Contact | None = None
    carried: tuple[Carried, ...] = ()

    @property
    def difference(self) -> Decimal:
        """BPR02 less (sum of CLP04 less sum of PLB); 0.00 when the payment balances."""
        claims = total(claim.paid for claim in self.claims)
        return self.paid - (claims - total(plb.amount for plb in self.provider_adjustments))
