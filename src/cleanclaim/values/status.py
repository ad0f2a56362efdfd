"""Claim status: what is asked (276) and answered (277) about claims."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.dated import Dated
from cleanclaim.values.inquiry import NamedReference, Party, Trace


@dataclass(frozen=True, slots=True)
class Status:
    """A status (STC): category and code of the claim status lists, and whom it is about.

    Attributes:
        entity, code_list: components 3 and 4; `RX`: the code is of the pharmacy list.
        effective_on: STC02.
        charge, paid: STC04, STC05; `decided_on` STC06, `paid_on` STC08, `payment_number` STC09 (check or transfer).
        second, third: STC10 and STC11, each one status as its components, or empty.
    """

    category: str = ""
    code: str = ""
    entity: str = ""
    code_list: str = ""
    effective_on: date | None = None
    charge: Decimal | None = None
    paid: Decimal | None = None
    decided_on: date | None = None
    paid_on: date | None = None
    payment_number: str = ""
    second: tuple[tuple[str, ...], ...] = ()
    third: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A service line asked about or answered: SVC with its statuses, references (`FJ` control number) and date."""

    procedure: Procedure | None = None
    charge: Decimal | None = None
    paid: Decimal | None = None
    revenue_code: str = ""
    quantity: Decimal | None = None
    statuses: tuple[Status, ...] = ()
    references: tuple[NamedReference, ...] = ()
    dates: tuple[Dated, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusItem:
    """A claim asked about or answered, or the answer to a whole receiver or provider.

    Attributes:
        traces: its tracking number (TRN), one.
        references: such as `1K` the payer's number, `EJ` the patient's, `BLT` type of bill, `D9` clearinghouse.
        charge: AMT T3, of a 276.
    """

    traces: tuple[Trace, ...] = ()
    statuses: tuple[Status, ...] = ()
    references: tuple[NamedReference, ...] = ()
    charge: Decimal | None = None
    dates: tuple[Dated, ...] = ()
    lines: tuple[StatusLine, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusPatient:
    """A subscriber with dependents, or a dependent, and the claims."""

    born_on: date | None = None
    sex: str = ""
    party: Party | None = None
    claims: tuple[ClaimStatusItem, ...] = ()
    dependents: tuple["StatusPatient", ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusProvider:
    """A provider (named twice at most), an answer to all of its inquiry, and the subscribers."""

    parties: tuple[Party, ...] = ()
    answer: ClaimStatusItem | None = None
    subscribers: tuple[StatusPatient, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusReceiver:
    """Who asks, an answer to all of the inquiry, and the providers."""

    party: Party | None = None
    answer: ClaimStatusItem | None = None
    providers: tuple[StatusProvider, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusPayer:
    """The payer, and those who ask."""

    party: Party | None = None
    receivers: tuple[StatusReceiver, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusMessage:
    """A whole 276 or 277. `purpose` is BHT02: `13` request, `08` status; `type_code` BHT06, `DG` response."""

    structure: str = "0010"  # BHT01
    purpose: str = "13"
    reference: str = ""
    created_on: date | None = None
    created_at: str = ""
    type_code: str = ""
    payers: tuple[StatusPayer, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusUnit:
    """A subscriber, dependents included, with provider, receiver and payer."""

    payer: Party | None
    receiver: Party | None
    providers: tuple[Party, ...]
    subscriber: StatusPatient
