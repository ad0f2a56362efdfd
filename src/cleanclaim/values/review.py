"""Health care services review (278): what is to be authorized, and what was decided."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.dated import Dated
from cleanclaim.values.eligibility import Delivery
from cleanclaim.values.inquiry import NamedReference, Party, Rejection, Trace
from cleanclaim.values.party import Address


@dataclass(frozen=True, slots=True)
class ProfessionalService:
    """A professional service (SV1)."""

    procedure: Procedure | None = None
    charge: Decimal | None = None
    unit: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InstitutionalService:
    """An institutional service (SV2)."""

    revenue_code: str = ""
    procedure: Procedure | None = None
    charge: Decimal | None = None
    unit: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DentalWork:
    """A dental service (SV3)."""

    procedure: Procedure | None = None
    charge: Decimal | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReviewService:
    """A service asked for (2000F). What it does not say of the request (UM) holds as of the event.

    Attributes:
        category: UM01: `AR` admission, `HS` health services, `SC` specialty care, `IN` individual.
        certification: UM02: `I` initial, `R` renewal, `S` revised, `3` cancel, `4` extension ...
        service_type: UM03; place, place_list: UM04 (list `A` bill type, `B` place of service).
        decision: HCR01: `A1` certified, `A2` in part, `A3` not, `A4` pended, `A6` modified ...
        certificate: HCR02, the number of the authorization; reasons: HCR03.
        second_opinion: HCR04.
    """

    traces: tuple[Trace, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    category: str = ""
    certification: str = ""
    service_type: str = ""
    place: str = ""
    place_list: str = ""
    decision: str = ""
    certificate: str = ""
    reasons: tuple[str, ...] = ()
    second_opinion: str = ""
    references: tuple[NamedReference, ...] = ()
    dates: tuple[Dated, ...] = ()
    service: ProfessionalService | InstitutionalService | DentalWork | None = None
    deliveries: tuple[Delivery, ...] = ()
    messages: tuple[str, ...] = ()
    providers: tuple[Party, ...] = ()
    contacts: tuple[Party, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientEvent:
    """The episode of care (2000E): the request, its decision, diagnoses and services; names as `ReviewService`.

    Attributes:
        diagnoses: the codes of HI, each as its components: list, code, date format, date.
        providers: 2010EA; contacts: where further information goes; stops: places of a transport;
            other_plans: plans that decided before.
    """

    traces: tuple[Trace, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    category: str = ""
    certification: str = ""
    service_type: str = ""
    place: str = ""
    place_list: str = ""
    decision: str = ""
    certificate: str = ""
    reasons: tuple[str, ...] = ()
    second_opinion: str = ""
    references: tuple[NamedReference, ...] = ()
    dates: tuple[Dated, ...] = ()
    diagnoses: tuple[tuple[str, ...], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    messages: tuple[str, ...] = ()
    providers: tuple[Party, ...] = ()
    contacts: tuple[Party, ...] = ()
    stops: tuple[Party, ...] = ()
    other_plans: tuple[Party, ...] = ()
    services: tuple[ReviewService, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPerson:
    """The subscriber or dependent; `relation` is INS02, `birth_order` INS17."""

    role: str = "IL"
    is_person: bool = True
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    member_id: str = ""
    references: tuple[NamedReference, ...] = ()
    address: Address | None = None
    rejections: tuple[Rejection, ...] = ()
    born_on: date | None = None
    sex: str = ""
    is_subscriber: str = ""
    relation: str = ""
    military: str = ""  # INS08
    birth_order: int | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPatient:
    """A subscriber, or the dependent below, with the patient event."""

    person: ReviewPerson | None = None
    dependent: "ReviewPatient | None" = None
    event: PatientEvent | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewRequester:
    """Who asks for the review."""

    party: Party | None = None
    subscriber: ReviewPatient | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """Who reviews."""

    party: Party | None = None
    requester: ReviewRequester | None = None
    rejections: tuple[Rejection, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A whole 278.

    Attributes:
        purpose: BHT02: `13` request, `01` cancellation, `36` authority to deduct; `11` response.
        type_code: BHT06, such as `18` response without further updates, `19` with, `RU` medical services reservation.
    """

    structure: str = "0007"  # BHT01
    purpose: str = "13"
    reference: str = ""
    created_on: date | None = None
    created_at: str = ""
    type_code: str = ""
    plan: ReviewPlan | None = None
    carried: tuple[Carried, ...] = ()
