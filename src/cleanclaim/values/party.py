"""People and organizations as they stand on claims and remittances."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cleanclaim.kernel.ids import npi, tin
from cleanclaim.kernel.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `line_2` and `country` are empty where not given (empty country = US)."""

    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A secondary identification: `qualifier` is the X12 REF01 code, such as `G1` or `EI`."""

    qualifier: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk to call: each channel is (qualifier, number), such as (`TE`, `6145550100`)."""

    name: str = ""
    channels: tuple[tuple[str, str], ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Person:
    """Someone's name and, where known, birth date and sex (`F`, `M`, `U`)."""

    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    born_on: date | None = None
    sex: str = ""
    died_on: date | None = None
    address: Address | None = None
    member_id: str = ""
    id_qualifier: str = "MI"
    references: tuple[Reference, ...] = ()

    @property
    def full_name(self) -> str:
        """`Last, First M` as lists show it."""
        given = " ".join(part for part in (self.first_name, self.middle_name) if part)
        return f"{self.last_name}, {given}" if given else self.last_name


class Role(StrEnum):
    """What a provider is on a claim. The values are the X12 NM101 codes."""

    BILLING = "85"
    PAY_TO = "87"
    RENDERING = "82"
    REFERRING = "DN"
    PRIMARY_CARE = "P3"
    FACILITY = "77"
    SUPERVISING = "DQ"
    ORDERING = "DK"
    PURCHASED = "QB"
    PICK_UP = "PW"
    DROP_OFF = "45"
    ATTENDING = "71"
    OPERATING = "72"
    OTHER_OPERATING = "ZZ"
    ASSISTANT_SURGEON = "DD"


@quick
@dataclass(frozen=True, slots=True)
class Provider:
    """Who treats, bills, refers or hosts. `is_person` follows NM102 (1 person, 2 organization)."""

    role: Role
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = False
    npi: str = ""
    tin: str = ""
    tin_qualifier: str = "EI"
    taxonomy: str = ""
    address: Address | None = None
    contact: Contact | None = None
    references: tuple[Reference, ...] = ()

    @property
    def npi_key(self) -> str:
        """The NPI as look-ups compare it: without blanks and hyphens, at most ten characters."""
        return npi.compact(self.npi)[:10]

    @property
    def tin_key(self) -> str:
        """The taxpayer number as look-ups compare it: `10-1234567` is `101234567`; at most nine characters."""
        return tin.compact(self.tin)[:9]

    @property
    def full_name(self) -> str:
        """`Last, First` for people, the name for organizations."""
        return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name


@quick
@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays. `id_qualifier` is `PI` (payer's own id) or `XV` (national plan id)."""

    name: str
    payer_id: str
    id_qualifier: str = "PI"
    address: Address | None = None
    contact: Contact | None = None
    references: tuple[Reference, ...] = ()
