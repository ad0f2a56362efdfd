"""Everything but the claim that a decision rests on. Decisions read nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cleanclaim.rules.benefits import Plan, Used
from cleanclaim.rules.pricing import Contract, FeeLookup


@dataclass(frozen=True, slots=True)
class Coverage:
    """A member's days under one edition of a plan, half-open."""

    plan: Plan
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Who is covered, and when. Spans do not overlap."""

    member_id: str
    coverages: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """How the plan knows the billing provider; None for `excluded_from` = not excluded."""

    is_known: bool = True
    excluded_from: date | None = None


@dataclass(frozen=True, slots=True)
class PriorLine:
    """One line of this member's that was paid or is in process, for the duplicate check.

    `claim_number` is the plan's own number; `billing_id` the billing NPI, or the TIN where there is none.
    """

    claim_number: str
    line_number: int
    service_from: date | None
    code: str
    modifiers: tuple[str, ...]
    quantity: Decimal
    charge: Decimal
    billing_id: str


@dataclass(frozen=True, slots=True)
class Authorization:
    """Care agreed on beforehand. `codes` empty = any; `units_left` None = without a count; half-open days."""

    number: str
    codes: frozenset[str]
    valid_from: date
    valid_to: date | None = None
    units_left: Decimal | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """The codes in order; with the number they say which authorization this is."""
        return tuple(sorted(self.codes))


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier claim that a corrected (7) or void (8) claim names."""

    payer_control_number: str
    is_final: bool = True  # decided and not yet taken back


@dataclass(frozen=True, slots=True)
class Options:
    """Switches of the plan's operation.

    Attributes:
        original_not_found: `pend` or `deny` a corrected or void claim whose original is unknown.
        suspect_duplicate: `off`, `pend` or `deny` a line like an earlier one with another charge or modifier.
        high_dollar: charge from which a claim waits for a person; None = never.
        released: codes of pends that a person has looked at and let go.
        manual_prices: allowed amount by line number, set by a person.
    """

    original_not_found: str = "pend"
    suspect_duplicate: str = "off"
    high_dollar: Decimal | None = None
    released: frozenset[str] = frozenset()
    manual_prices: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What the plan knows when it decides one claim.

    For a corrected claim the caller hands `used`, `prior_lines` and `authorizations` as they stand without
    the original, because the original is reversed in the same breath.

    Attributes:
        member: None = the patient is not recognized (CO-31, CLP02 4).
        contract: None = the billing provider has no contract (CO-242).
        used: accumulators by benefit year, before this claim.
        original: the earlier claim of a frequency 7 or 8, None = not found.
    """

    member: Member | None
    contract: Contract | None
    fees: FeeLookup
    received_on: date
    decided_on: date
    provider: ProviderStanding = ProviderStanding()
    used: Mapping[int, Used] = field(default_factory=dict)
    prior_lines: tuple[PriorLine, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    original: Original | None = None
    options: Options = Options()
