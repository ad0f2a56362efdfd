"""Enrollment in a health plan as an 834 says it: who joins, changes or leaves, in which coverages, from when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.claim import Carried
from cleanclaim.values.party import Address, Contact, Person, Reference


@dataclass(frozen=True, slots=True)
class EnrollmentDate:
    """A day or a period (`last` given) and what it is: X12 DTP01, such as `348` benefit begin, `349` benefit end."""

    code: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentAmount:
    """Dollars and what they are: X12 AMT01, such as `P3` premium, `C1` co-payment, `D2` deductible."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sponsor:
    """An employer or other sponsor, an insurer, a broker (`BO`) or an administrator (`TV`).

    Attributes:
        role: X12 N101: `P5` sponsor, `IN` insurer, `BO`, `TV`.
        accounts: account numbers with a broker or administrator.
    """

    role: str
    name: str
    party_id: str
    id_qualifier: str = "FI"
    accounts: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrollment:
    """The head of one 834.

    Attributes:
        purpose: X12 BGN01: `00` original, `15` sent again, `22` information copy.
        action: X12 BGN08: `2` changes only, `4` to be compared with what is held, `RX` replaces all.
        created_at: HHMM or longer, as sent; `time_zone` is X12 BGN05.
        totals: control totals by X12 QTY01: `ET` subscribers, `DT` dependents, `TO` members.
    """

    reference: str
    created_on: date
    created_at: str
    sponsor: Sponsor
    insurer: Sponsor
    purpose: str = "00"
    action: str = "2"
    time_zone: str = ""
    original_reference: str = ""
    policy_number: str = ""
    dates: tuple[EnrollmentDate, ...] = ()
    totals: tuple[tuple[str, int], ...] = ()
    brokers: tuple[Sponsor, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageProvider:
    """A provider chosen for a coverage (2310). `role` is X12 NM101 (`P3` primary care), `relationship` NM110."""

    role: str
    relationship: str  # 25 established patient, 26 not established, 72 unknown
    last_name: str = ""
    first_name: str = ""
    is_person: bool = False
    id_qualifier: str = ""
    provider_id: str = ""
    address: Address | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherInsurance:
    """Coverage elsewhere (2320): its order of payment and whether benefits are coordinated.

    Attributes:
        order: X12 COB01: `P`, `S`, `T` or `U`.
        coordination: X12 COB03: `1` coordinate, `5` unknown, `6` none.
        services: service types that it covers.
    """

    order: str
    coordination: str
    policy_number: str = ""
    services: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[EnrollmentDate, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """One coverage of a member (2300).

    Attributes:
        maintenance: X12 HD01: `001` change, `002` delete, `021` add, `024` cancel, `025` reinstate, `026`
            correct, `030` audit, `032` employee not found.
        line: X12 HD03 insurance line, such as `HMO`, `PPO`, `DEN`, `VIS`.
        level: X12 HD05 who is covered, such as `EMP`, `ESP`, `FAM`.
    """

    maintenance: str
    line: str
    plan: str = ""
    level: str = ""
    dates: tuple[EnrollmentDate, ...] = ()
    amounts: tuple[EnrollmentAmount, ...] = ()
    references: tuple[Reference, ...] = ()
    providers: tuple[CoverageProvider, ...] = ()
    other_insurances: tuple[OtherInsurance, ...] = ()
    carried: tuple[Carried, ...] = ()

    def date_of(self, code: str) -> date | None:
        """The first day under this code: `348` begin, `349` end."""
        return next((when.first for when in self.dates if when.code == code), None)


@dataclass(frozen=True, slots=True)
class ReportingCategory:
    """A category the sponsor reports members by (2750): its name, its value and since when."""

    name: str = ""
    reference: Reference | None = None
    dated: EnrollmentDate | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member (2000): a subscriber or a dependent of one.

    Attributes:
        relationship: X12 INS02 to the subscriber: `18` self, `01` spouse, `19` child.
        maintenance: X12 INS03: `001` change, `021` add, `024` cancel, `025` reinstate, `030` audit.
        reason: X12 INS04, such as `07` end of benefits, `28` first enrollment.
        benefit_status: X12 INS05: `A` active, `C` COBRA, `S` surviving insured, `T` TEFRA.
        subscriber_id: what ties a family together (REF 0F).
        person: name, birth, sex, address and own id (NM109 with its qualifier).
        is_corrected: the name or birth date corrects an earlier one (NM101 `74`).
    """

    is_subscriber: bool
    relationship: str
    maintenance: str
    subscriber_id: str
    person: Person
    reason: str = ""
    benefit_status: str = "A"
    employment_status: str = ""
    student_status: str = ""
    is_handicapped: bool | None = None
    policy_number: str = ""
    is_corrected: bool = False
    contact: Contact | None = None
    dates: tuple[EnrollmentDate, ...] = ()
    references: tuple[Reference, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    categories: tuple[ReportingCategory, ...] = ()
    carried: tuple[Carried, ...] = ()
