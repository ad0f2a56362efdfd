"""Premium payments as an 820 says them: who pays whom how much, for which bills or which people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import total
from cleanclaim.values.claim import Carried
from cleanclaim.values.party import Address, Contact, Reference


@dataclass(frozen=True, slots=True)
class PremiumParty:
    """Who receives (payee) or pays (remitter) the premium."""

    name: str = ""
    id_qualifier: str = ""
    party_id: str = ""
    address: Address | None = None
    contact: Contact | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class PremiumAdjustment:
    """Signed dollars and why (X12 ADX02): positive adds to the payment, negative takes away."""

    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class MemberCount:
    """How many of what a bill is for: `unit` is `10` groups, `IE` people or `PR` pairs."""

    number: str
    count: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class PremiumDetail:
    """What is paid for one bill, policy or person (RMR).

    Attributes:
        qualifier: X12 RMR01, what `reference` is: `IK` invoice, `AZ` health insurance policy, `11` account.
        action: X12 RMR03 of a group's bill: `PA` in advance, `PI` paid, `PO` on account, `PP` in part.
        billed: what was billed, where said.
        period: first and last day paid for.
        adjustments: why paid differs from billed.
    """

    qualifier: str
    reference: str
    paid: Decimal
    billed: Decimal | None = None
    action: str = ""
    references: tuple[Reference, ...] = ()
    period: tuple[date, date] | None = None
    counts: tuple[MemberCount, ...] = ()
    adjustments: tuple[PremiumAdjustment, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class PremiumRemittance:
    """What is paid for one organization (2000A) or one person (2000B).

    Attributes:
        entity: X12 ENT02: `2J` a person, `2L` a corporation ...; `is_person` tells the two loops apart.
        last_name, first_name: of the first name given, for a person.
        adjustments: for earlier payments; they count into the payment.
    """

    number: int
    entity: str
    id_qualifier: str
    entity_id: str
    details: tuple[PremiumDetail, ...]
    last_name: str = ""
    first_name: str = ""
    adjustments: tuple[PremiumAdjustment, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def is_person(self) -> bool:
        """Whether it is about one person."""
        return self.entity == "2J"

    @property
    def amount(self) -> Decimal:
        """What it accounts for of the payment."""
        return total(d.paid for d in self.details) + total(a.amount for a in self.adjustments)


@dataclass(frozen=True, slots=True)
class PremiumPayment:
    """The head of one 820: the payment, its parties, and the organization's summary where there is one.

    Attributes:
        handling: X12 BPR01: `I` payment with its information, `C` payment accompanies, `U` split ...
        method: X12 BPR04: `ACH`, `CHK`, `FWT`, `NON` ...
        trace_number: X12 TRN02: cheque or transfer number.
        coverage_period: first and last day paid for (DTM 582).
    """

    paid: Decimal
    method: str
    paid_on: date
    trace_number: str
    payee: PremiumParty
    remitter: PremiumParty
    handling: str = "I"
    trace_type: str = "1"
    originator_id: str = ""  # TRN03
    references: tuple[Reference, ...] = ()
    coverage_period: tuple[date, date] | None = None
    summary: PremiumRemittance | None = None
    carried: tuple[Carried, ...] = ()
