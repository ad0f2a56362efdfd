"""Eligibility: what is asked (270) and answered (271) about someone's coverage and benefits."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.dated import Dated
from cleanclaim.values.inquiry import NamedReference, Party, Rejection, Trace
from cleanclaim.values.party import Address


@dataclass(frozen=True, slots=True)
class BenefitInquiry:
    """What is asked (2110, EQ): service types (`30` = the plan as such) or a procedure, for whom, for when.

    Attributes:
        coverage_level: EQ03, `FAM` for the whole family.
        pointers: EQ05: places in the person's diagnoses.
        spend_down, billed: AMT R and PB.
        place: a place of service (III02); place_list: III01, `ZZ`.
    """

    service_types: tuple[str, ...] = ()
    procedure: Procedure | None = None
    coverage_level: str = ""
    pointers: tuple[tuple[str, ...], ...] = ()
    spend_down: Decimal | None = None
    billed: Decimal | None = None
    place: str = ""
    place_list: str = ""
    references: tuple[NamedReference, ...] = ()
    dates: tuple[Dated, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How much of a service is covered (HSD): so many `quantity` of `unit_kind` per `every` `unit` over `periods`."""

    unit_kind: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    every: Decimal | None = None
    period: str = ""
    periods: int | None = None
    frequency: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class FurtherCode:
    """A code that narrows a benefit (III), such as a place of service (`ZZ`)."""

    code_list: str = ""
    code: str = ""
    category: str = ""
    text: str = ""
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit (2110, EB): all thirteen elements, and what is said with it.

    Attributes:
        code: EB01: `1` active, `6` inactive, `A` co-insurance, `B` co-payment, `C` deductible, `G` out of pocket ...
        coverage_level: EB02, such as `IND`, `FAM`.
        service_types: EB03.
        insurance_type, plan: EB04, EB05.
        period: EB06, such as `23` calendar year, `29` remaining.
        amount, fraction: EB07 in dollars, EB08 (0.2 = 20 %).
        quantity_kind, quantity: EB09, EB10.
        needs_authorization, is_in_network: EB11, EB12: `Y`, `N`, `U` unknown, `W` not applicable.
        procedure, pointers: EB13, EB14.
        further: the codes of 2115; related: the parties of 2120.
    """

    code: str = ""
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    amount: Decimal | None = None
    fraction: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    needs_authorization: str = ""
    is_in_network: str = ""
    procedure: Procedure | None = None
    pointers: tuple[tuple[str, ...], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[NamedReference, ...] = ()
    dates: tuple[Dated, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    further: tuple[FurtherCode, ...] = ()
    related: tuple[Party, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Insured:
    """The person (2100): `is_person` False where the subscriber is an organization.

    Attributes:
        role: NM101, `IL` subscriber, `03` dependent.
        is_subscriber: INS01, `Y` or `N`.
        relation: INS02, `18` self.
        change, change_reason: INS03 and INS04: `001` and `25` where data differ from those of the inquiry.
        birth_order: INS17, of a multiple birth.
        diagnoses: each (list, code), such as (`ABK`, `J069`).
        inquiries: of a 270; benefits: of a 271.
    """

    role: str = "IL"
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = True
    id_qualifier: str = ""
    member_id: str = ""
    references: tuple[NamedReference, ...] = ()
    address: Address | None = None
    rejections: tuple[Rejection, ...] = ()
    care_role: str = ""
    taxonomy_list: str = ""
    taxonomy: str = ""
    born_on: date | None = None
    sex: str = ""
    is_subscriber: str = ""
    relation: str = ""
    change: str = ""
    change_reason: str = ""
    birth_order: int | None = None
    diagnoses: tuple[tuple[str, ...], ...] = ()
    dates: tuple[Dated, ...] = ()
    inquiries: tuple[BenefitInquiry, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class InsuredLevel:
    """A subscriber with dependents, or a dependent: their trace numbers and who they are."""

    person: Insured | None = None
    traces: tuple[Trace, ...] = ()
    dependents: tuple["InsuredLevel", ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityReceiver:
    """Who asks, and the subscribers asked about."""

    party: Party | None = None
    subscribers: tuple[InsuredLevel, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilitySource:
    """Who is asked (a payer), and those who ask."""

    party: Party | None = None
    receivers: tuple[EligibilityReceiver, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """A whole 270 or 271.

    Attributes:
        purpose: BHT02: `13` request, `01` cancellation; `11` response, `06` confirmation.
        type_code: BHT06, `RT` spend down.
    """

    structure: str = "0022"  # BHT01
    purpose: str = "13"
    reference: str = ""
    created_on: date | None = None
    created_at: str = ""
    sources: tuple[EligibilitySource, ...] = ()
    type_code: str = ""
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityUnit:
    """A subscriber, dependents included, with who asks and who is asked."""

    source: Party | None
    receiver: Party | None
    subscriber: InsuredLevel
