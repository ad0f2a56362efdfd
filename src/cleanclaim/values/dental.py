"""What only a dental claim says: teeth, mouth, orthodontics."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ToothStatus:
    """A tooth that is missing (`M`) or to be extracted (`E`)."""

    tooth: str
    status: str


@dataclass(frozen=True, slots=True)
class Tooth:
    """A tooth that a service treats, with its surfaces (B, D, F, I, L, M, O)."""

    tooth: str
    surfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dental:
    """The dental part of a claim (X12 837D, ADA form).

    Attributes:
        service_from, service_to: DTP*472 of the claim, for lines without days of their own.
        treatment_months, months_remaining: of orthodontics, whole treatment and what is left.
        orthodontic_note: DN104.
        is_predetermination: asks what would be paid; no service was given.
    """

    service_from: date | None = None
    service_to: date | None = None
    treatment_months: Decimal | None = None
    months_remaining: Decimal | None = None
    orthodontic_note: str = ""
    tooth_statuses: tuple[ToothStatus, ...] = ()
    is_predetermination: bool = False


@dataclass(frozen=True, slots=True)
class DentalService:
    """The dental part of a service line.

    Attributes:
        areas: oral cavity designations: `00` whole mouth, `01` upper arch, `10` upper right quadrant ...
        prosthesis: `I` initial placement, `R` replacement, of a prosthesis, crown or inlay.
        dates: (DTP01, day): 139 or 441 prior placement, 446 replacement, 452 appliance, 196 start, 198 completion.
    """

    areas: tuple[str, ...] = ()
    prosthesis: str = ""
    teeth: tuple[Tooth, ...] = ()
    dates: tuple[tuple[str, date], ...] = ()
