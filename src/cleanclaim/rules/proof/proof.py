"""The loop's proof: claims in = accepted + rejected; dollars in = dollars explained; cash = cash; ledgers at zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.proof.money import ClaimState, Money, sum_money


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim of the loop. `control_number` names it in a broken proof."""

    control_number: str
    state: ClaimState
    money: Money


@dataclass(frozen=True, slots=True)
class Counts:
    """Claims by what became of them; `informed` = encounters and voids."""

    received: int = 0
    rejected: int = 0
    pended: int = 0
    paid: int = 0
    denied: int = 0
    informed: int = 0

    @property
    def accepted(self) -> int:
        """All that were not rejected."""
        return self.received - self.rejected

    @property
    def difference(self) -> int:
        """Claims that nobody can account for."""
        return self.accepted - self.pended - self.paid - self.denied - self.informed


@dataclass(frozen=True, slots=True)
class Cash:
    """The way of the money, each figure from its own place.

    Attributes:
        claims_paid: sum of CLP04 over the remittances.
        provider_adjustments: sum of PLB.
        provider_cash: debits less credits of remittance clearing in the providers' ledgers, before deposits.
        payer_disbursed: payments to providers in the plan's ledger.
        left_to_post: what remittances pay that a person is to look at and has not posted yet.
        provider_legs, payer_legs: sum of all legs, which must be zero.
    """

    claims_paid: Decimal = ZERO
    provider_adjustments: Decimal = ZERO
    provider_cash: Decimal = ZERO
    payer_disbursed: Decimal = ZERO
    left_to_post: Decimal = ZERO
    provider_legs: Decimal = ZERO
    payer_legs: Decimal = ZERO

    @property
    def remitted(self) -> Decimal:
        """What the remittances say was paid."""
        return self.claims_paid - self.provider_adjustments


@dataclass(frozen=True, slots=True)
class Proof:
    """The result. `broken` says in words what does not hold; empty = everything does."""

    counts: Counts
    money: Money
    cash: Cash
    difference: Decimal
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the proof is 0.00 in every part."""
        return not self.broken

    @property
    def provider_balanced(self) -> bool:
        """Whether the providers' legs sum to zero."""
        return self.cash.provider_legs == 0

    @property
    def payer_balanced(self) -> bool:
        """Whether the plan's legs sum to zero."""
        return self.cash.payer_legs == 0


def add_up(rows: Iterable[ClaimRow]) -> tuple[Counts, Money, tuple[str, ...]]:
    """Counts, dollars and the claims whose own dollars do not add up."""
    kept = list(rows)
    by_state = dict.fromkeys(ClaimState, 0)
    for row in kept:
        by_state[row.state] += 1
    counts = Counts(
        received=len(kept),
        rejected=by_state[ClaimState.REJECTED],
        pended=by_state[ClaimState.PENDED],
        paid=by_state[ClaimState.PAID],
        denied=by_state[ClaimState.DENIED],
        informed=by_state[ClaimState.INFORM],
    )
    broken = tuple(
        f"claim {row.control_number}: {show(row.money.difference)} of its charge is not explained"
        for row in kept
        if row.money.difference
    )
    return counts, sum_money([row.money for row in kept]), broken


def prove(
    counts: Counts,
    money: Money,
    cash: Cash,
    *,
    broken_claims: tuple[str, ...] = (),
    more: Sequence[tuple[str, Decimal]] = (),
) -> Proof:
    """The proof. `difference` is the sum of everything that is off, each as an absolute amount.

    `broken_claims` are the words of `add_up`; two claims that are off by opposite amounts are named although
    their sum is zero. `more` are further amounts by name that must be zero.
    """
    checks = (
        ("charged less explained", money.difference),
        ("remitted less provider cash", cash.remitted - cash.provider_cash),
        (
            "provider cash less payer disbursed",
            cash.provider_cash + cash.left_to_post - cash.payer_disbursed,
        ),
        ("paid on claims less sum of CLP04", money.paid - cash.claims_paid),
        ("provider ledger", cash.provider_legs),
        ("payer ledger", cash.payer_legs),
        *more,
    )
    broken = [f"{name}: {show(amount)}, expected 0.00" for name, amount in checks if amount]
    if counts.difference:
        broken.append(f"claims: {counts.difference} of {counts.received} are not accounted for")
    broken.extend(broken_claims)
    return Proof(
        counts, money, cash, sum((abs(amount) for _, amount in checks), ZERO), tuple(broken)
    )
