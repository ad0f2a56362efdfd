"""What a former system's files say: claims with what is open on them, credits, and its trial balance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.booking import TakenOver
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.kernel.money import total
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Payer, Person


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, where, and what was expected."""

    place: str  # such as `line 12, charge`
    message: str


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """One claim of the former system with its open lines. `place` is where it begins in the file."""

    claim: Claim
    taken_over: TakenOver
    payer_control_number: str
    submitted_on: date | None
    place: str

    @property
    def open_amount(self) -> Decimal:
        """What is owed on it, all buckets; below zero = a credit."""
        return total(self.taken_over.open)

    @property
    def state(self) -> State:
        """With the payer while a payer owes something, else answered; closed where nothing is owed."""
        pairs = list(zip(self.taken_over.buckets, self.taken_over.open, strict=True))
        if any(bucket.startswith("payer") and amount for bucket, amount in pairs):
            return State.ACCEPTED
        return State.PAID if any(amount for _, amount in pairs) else State.CLOSED


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """Money that is owed back or not yet applied; `amount` is above zero."""

    account: str
    amount: Decimal
    reference: str
    person: Person | None
    payer: Payer | None
    place: str


@dataclass(frozen=True, slots=True)
class OpeningItems:
    """Everything of the items file. With problems nothing of it may be booked."""

    claims: tuple[OpenClaim, ...]
    credits: tuple[OpenCredit, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The former system's balances by our account: debit above zero. `names` are its own accounts."""

    amounts: dict[str, Decimal]
    names: dict[str, str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class TieLine:
    """One account: what the trial balance says, what the items say."""

    account: str
    name: str
    theirs: Decimal
    items: Decimal

    @property
    def difference(self) -> Decimal:
        """Trial balance less items; must be 0.00."""
        return self.theirs - self.items
