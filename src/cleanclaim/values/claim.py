"""A claim, professional, institutional or dental: what the provider asks to be paid, with everything that the payer needs."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import cents, total
from cleanclaim.kernel.quick import quick
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.dental import Dental, DentalService
from cleanclaim.values.diagnosis import Diagnosis as Diagnosis
from cleanclaim.values.institutional import Institutional
from cleanclaim.values.party import Payer, Person, Provider, Reference


class Purpose(StrEnum):
    """What the sender wants (X12 BHT06): payment, or a report of care already paid for."""

    CHARGEABLE = "CH"
    ENCOUNTER = "RP"
    SUBROGATION = "31"


class Frequency(StrEnum):
    """CLM05-3 as this system acts on it; other values are kept as text in `frequency_code`."""

    ORIGINAL = "1"
    CORRECTED = "7"
    VOID = "8"


@dataclass(frozen=True, slots=True)
class Procedure:
    """A coded service: `qualifier` is the X12 code list (`HC` = HCPCS and CPT numbers)."""

    code: str
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    description: str = ""

    def __str__(self) -> str:
        return "-".join((self.code, *self.modifiers))


@quick
@dataclass(frozen=True, slots=True)
class LineAdjudication:
    """What an earlier payer did with a line (X12 loop 2430: SVD, CAS, DTP*573).

    `revenue_code` is the one it paid for (SVD04), on institutional lines only.
    """

    payer_id: str
    paid: Decimal
    procedure: Procedure
    quantity: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    paid_on: date | None = None
    bundled_into_line: int | None = None
    patient_owes: Decimal | None = None
    revenue_code: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug on a line (X12 loop 2410): 11-digit NDC, quantity and its unit (`ML`, `UN`, ...).

    No X12 message has the last four; they are the pharmacy's own: `brand` or `generic`, the average wholesale
    price of the whole fill in dollars, which fill of the prescription it is (0 = the first, None = not told), and the dollars
    that the payer's answer at the counter promised.
    """

    ndc: str
    quantity: Decimal
    unit: str
    prescription_number: str = ""
    kind: str = ""
    awp: Decimal | None = None
    fill_number: int | None = None
    promised: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A segment that our typed fields do not hold, kept so that nothing is lost when we send again.

    Attributes:
        loop: guide's loop id, such as `2300` or `2310D`; `occurrence` counts that loop under its claim or
            line from 1 (a second 2320 is 2).
        elements: tag first; a composite is a tuple of components, a repeated element keeps `^` inside.
    """

    loop: str
    elements: tuple[str | tuple[str, ...], ...]
    occurrence: int = 1


@quick
@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service. `pointers` are 1-based places in the claim's diagnoses.

    `quantity` is in `unit` (`UN` units, `MJ` minutes, `DA` days). `place_of_service` is empty where the claim's
    holds. A dental line without a count means one: quantity 1 with an empty `unit`. An institutional line has a
    `revenue_code`, no pointers, and may have no procedure (an empty code); `non_covered` is what it does not ask for.
    """

    number: int
    procedure: Procedure
    charge: Decimal
    quantity: Decimal
    service_from: date | None
    service_to: date | None = None
    unit: str = "UN"
    place_of_service: str = ""
    pointers: tuple[int, ...] = (1,)
    is_emergency: bool = False
    control_number: str = ""
    authorization_number: str = ""
    drug: Drug | None = None
    providers: tuple[Provider, ...] = ()
    adjudications: tuple[LineAdjudication, ...] = ()
    references: tuple[Reference, ...] = ()
    carried: tuple[Carried, ...] = ()
    revenue_code: str = ""
    non_covered: Decimal | None = None
    dental: DentalService | None = None

    @property
    def billed_code(self) -> str:
        """The code that says what was done: the procedure's, else the revenue code, else the drug's."""
        return self.procedure.code or self.revenue_code or (self.drug.ndc if self.drug else "")

    @property
    def unit_rate(self) -> Decimal | None:
        """What one unit is charged, such as a day in a room, to the cent; None without a quantity."""
        if not self.quantity:
            return None
        return cents(self.charge / self.quantity)


@quick
@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who holds the coverage. `relationship` is the patient's to them: `18` self, `01` spouse, `19` child."""

    person: Person
    payer_order: str  # P primary, S secondary, T tertiary, A-H further, U unknown
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    filing_indicator: str = (
        ""  # SBR09: CI commercial, MB Medicare B, MC Medicaid, 16 HMO Medicare ...
    )
    insurance_type: str = ""
    is_organization: bool = False


@quick
@dataclass(frozen=True, slots=True)
class OtherCoverage:
    """Another payer on the claim (X12 loop 2320/2330) and, where it answered, what it paid."""

    subscriber: Subscriber
    payer: Payer
    paid: Decimal | None = None  # AMT*D
    non_covered: Decimal | None = None  # AMT*A8
    patient_owes: Decimal | None = None  # AMT*EAF
    adjustments: tuple[Adjustment, ...] = ()
    paid_on: date | None = None
    benefits_assigned: str = ""
    release_of_information: str = ""
    claim_control_number: str = ""
    carried: tuple[Carried, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Claim:
    """One claim as the provider sends it and the payer receives it; lossless by way of `carried`.

    Dollars are `Decimal` with the digits that were sent. Flags keep X12's letters because payers read them:
    `assignment` CLM07 (A, B, C), `benefits_assigned` CLM08 (Y, N, W), `release_of_information` CLM09,
    `provider_signature` CLM06 (not sent on institutional claims), `signature_source` CLM10 (P: the provider signed for the
    patient; professional claims only). Provider roles hold at most one each; a line's own
    providers override. `facility_qualifier` says what `place_of_service` is: `B` a place of service code, `A` the
    first digits of the type of bill. `institutional` and `dental` are None on a professional claim.
    """

    control_number: str
    charge: Decimal
    place_of_service: str
    billing: Provider
    subscriber: Subscriber
    payer: Payer
    lines: tuple[ServiceLine, ...]
    patient: Person | None = None  # None: the subscriber is the patient
    patient_relationship: str = ""  # PAT01 when there is a patient loop
    purpose: Purpose = Purpose.CHARGEABLE
    frequency_code: str = "1"
    facility_qualifier: str = "B"
    provider_signature: str = "Y"
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release_of_information: str = "Y"
    signature_source: str = ""
    delay_reason: str = ""
    accident_causes: tuple[str, ...] = ()
    accident_state: str = ""
    special_program: str = ""
    patient_paid: Decimal | None = None  # AMT*F5
    diagnoses: tuple[Diagnosis, ...] = ()
    providers: tuple[Provider, ...] = ()
    pay_to: Provider | None = None
    other_coverages: tuple[OtherCoverage, ...] = ()
    dates: tuple[
        tuple[str, date], ...
    ] = ()  # (DTP01, day): 431 onset, 439 accident, 435 admitted ...
    authorization_number: str = ""
    referral_number: str = ""
    original_payer_number: str = ""  # REF*F8
    clearinghouse_number: str = ""  # REF*D9
    references: tuple[Reference, ...] = ()
    carried: tuple[Carried, ...] = field(default=())
    institutional: Institutional | None = None
    dental: Dental | None = None

    @property
    def type_of_bill(self) -> str:
        """The four digits of the UB-04, such as `0131`; empty where the claim is not institutional."""
        if self.facility_qualifier != "A":
            return ""
        return f"0{self.place_of_service}{self.frequency_code}"

    @property
    def patient_person(self) -> Person:
        """The person who was treated."""
        return self.patient or self.subscriber.person

    @property
    def line_total(self) -> Decimal:
        """The sum of the lines' charges."""
        return total(line.charge for line in self.lines)

    @property
    def service_from(self) -> date | None:
        """The first day of service of any line, or the claim's where no line has one."""
        days = [line.service_from for line in self.lines if line.service_from]
        return min(days) if days else self._claim_days[0]

    @property
    def service_to(self) -> date | None:
        """The last day of service of any line, or the claim's where no line has one."""
        days = [line.service_to or line.service_from for line in self.lines]
        return max((day for day in days if day), default=None) or self._claim_days[1]

    @property
    def dated(self) -> "Claim":
        """The same claim with its days on each line that has none, such as a room of a stay or a dental service."""
        first, last = self._claim_days
        if first is None or all(line.service_from for line in self.lines):
            return self
        lines = [
            line if line.service_from else replace(line, service_from=first, service_to=last)
            for line in self.lines
        ]
        return replace(self, lines=tuple(lines))

    @property
    def _claim_days(self) -> tuple[date | None, date | None]:
        if self.institutional is not None:
            return self.institutional.statement_from, self.institutional.statement_to
        if self.dental is not None:
            return self.dental.service_from, self.dental.service_to or self.dental.service_from
        return None, None

    @property
    def prior_paid(self) -> Decimal:
        """What earlier payers paid: AMT*D, or the lines' SVD where the claim level is silent."""
        paid = total(other.paid for other in self.other_coverages if other.paid is not None)
        if any(other.paid is not None for other in self.other_coverages):
            return paid
        return total(a.paid for line in self.lines for a in line.adjudications)

    @property
    def is_encounter(self) -> bool:
        """Whether it only reports care."""
        return self.purpose is Purpose.ENCOUNTER

    @property
    def is_predetermination(self) -> bool:
        """Whether it asks what would be paid for dental care that was not given yet."""
        return self.dental is not None and self.dental.is_predetermination

    @property
    def asks_no_payment(self) -> bool:
        """Whether it reports or asks only: no receivable, no cash."""
        return self.is_encounter or self.is_predetermination
