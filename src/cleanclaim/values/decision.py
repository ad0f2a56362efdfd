"""What a plan decided about a claim, line by line, with the trace that explains each amount."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import total
from cleanclaim.values.adjustment import Adjustment, Group, adjusted
from cleanclaim.values.trace import TraceStep


class Outcome(StrEnum):
    """How a claim or line was decided."""

    PAY = "pay"
    DENY = "deny"
    PEND = "pend"
    INFORM = "inform"  # encounters and capitated lines: priced, not paid


@dataclass(frozen=True, slots=True)
class LineDecision:
    """One line: charge = paid + all adjustments, always.

    Attributes:
        allowed: what the contract allows, before cost share.
        paid: what the plan pays (to the provider, or to the member where assignment is refused).
        remark_codes: RARCs that complete the CARCs.
        paid_to_member: part of `adjustments` (PR-100) that the plan sends to the member instead.
    """

    number: int
    outcome: Outcome
    charge: Decimal
    allowed: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    paid_to_member: Decimal = Decimal("0.00")

    @property
    def patient_responsibility(self) -> Decimal:
        """The sum of group PR."""
        return adjusted(self.adjustments, Group.PATIENT)

    @property
    def difference(self) -> Decimal:
        """Charge less paid less adjustments: 0.00 by construction."""
        return self.charge - self.paid - adjusted(self.adjustments)


@dataclass(frozen=True, slots=True)
class AccumulatorChange:
    """What a decision adds to a member's year: `kind` is `deductible` or `out_of_pocket`."""

    kind: str
    scope: str  # member or family
    year: int
    amount: Decimal
    line_number: int


@dataclass(frozen=True, slots=True)
class AuthorizationUse:
    """Units that a line takes from an authorization; a reversal gives them back.

    `codes` are the services that it was agreed for; empty = any. One number may stand for several services,
    each with units of its own.
    """

    number: str
    line_number: int
    units: Decimal
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PendReason:
    """Why a person must look: `queue` names the desk, `words` what they must find out."""

    code: str
    queue: str
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The plan's answer to one claim version. A re-run with the same `editions` gives the same decision.

    `takes_back`: the claim is a correction or void that was worked, so that it takes its original's place.
    """

    outcome: Outcome
    lines: tuple[LineDecision, ...]
    decided_on: date
    editions: tuple[str, ...] = ()
    steps: tuple[TraceStep, ...] = ()  # claim level: eligibility, filing, duplicate ...
    accumulators: tuple[AccumulatorChange, ...] = ()
    pends: tuple[PendReason, ...] = ()
    authorizations: tuple[AuthorizationUse, ...] = ()
    pay_member: bool = False
    takes_back: bool = False

    @property
    def charge(self) -> Decimal:
        """The sum of the lines' charges."""
        return total(line.charge for line in self.lines)

    @property
    def allowed(self) -> Decimal:
        """The sum of the lines' allowed amounts."""
        return total(line.allowed for line in self.lines)

    @property
    def paid(self) -> Decimal:
        """What goes to the provider."""
        return total(line.paid for line in self.lines)

    @property
    def patient_responsibility(self) -> Decimal:
        """What is left to the patient (PR)."""
        return total(line.patient_responsibility for line in self.lines)

    @property
    def paid_to_member(self) -> Decimal:
        """What the plan sends to the member where assignment is refused."""
        return total(line.paid_to_member for line in self.lines)
