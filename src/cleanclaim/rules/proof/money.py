"""One claim's charge, split into what became of each dollar (the table is in this folder's README)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob import prior_shares
from cleanclaim.rules.posting import Action, PostingPolicy
from cleanclaim.rules.posting.pieces import is_line_allowed
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Claim, Frequency
from cleanclaim.values.remittance import ClaimPayment


class ClaimState(StrEnum):
    """What became of a claim in the loop. `INFORM`: encounters and voids, which ask for nothing."""

    REJECTED = "rejected"
    PENDED = "pended"
    PAID = "paid"
    DENIED = "denied"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class Money:
    """Dollars. `charged` is the sum of all the rest where the proof holds."""

    charged: Decimal = ZERO
    paid: Decimal = ZERO
    prior_paid: Decimal = ZERO
    contractual: Decimal = ZERO
    other: Decimal = ZERO
    patient: Decimal = ZERO
    denied: Decimal = ZERO
    rejected: Decimal = ZERO
    pended: Decimal = ZERO

    @property
    def explained(self) -> Decimal:
        """All but `charged`, together."""
        return (
            self.paid
            + self.prior_paid
            + self.contractual
            + self.other
            + self.patient
            + self.denied
            + self.rejected
            + self.pended
        )

    @property
    def difference(self) -> Decimal:
        """What nobody can explain; 0.00 where the proof holds."""
        return self.charged - self.explained

    def __add__(self, more: "Money") -> "Money":
        return Money(*(getattr(self, key) + getattr(more, key) for key in MONEY_KEYS))

    def as_text(self) -> dict[str, str]:
        """Every amount by name, with two decimals."""
        return {key: f"{getattr(self, key):.2f}" for key in MONEY_KEYS}


MONEY_KEYS: tuple[str, ...] = tuple(field.name for field in fields(Money))


def claim_money(
    claim: Claim, state: ClaimState, payments: Sequence[ClaimPayment], policy: PostingPolicy
) -> Money:
    """The split, from the claim and every answer to it, reversals included, as the messages say it."""
    if (
        state is ClaimState.INFORM
        or claim.asks_no_payment
        or claim.frequency_code == Frequency.VOID
    ):
        return Money()
    sums = dict.fromkeys(MONEY_KEYS, ZERO)
    sums["charged"] = claim.charge
    impact = ZERO
    for share in prior_shares(claim):
        sums["prior_paid"] += share.paid
        impact += share.impact
        for reduction in share.reductions:
            action = policy.action(reduction, is_line_allowed=True)
            key = "contractual" if action is Action.CONTRACTUAL else "other"
            sums[key] += reduction.amount
    if state in (ClaimState.REJECTED, ClaimState.PENDED):
        sums[state.value] = claim.charge - impact
        return Money(**sums)
    before = sums["contractual"]
    restated = _add_answers(sums, payments, policy)
    # What a later payer does not restate of the earlier ones it may tell as its own allowance, once more.
    again = max(min(impact - restated, sums["contractual"] - before), ZERO)
    sums["contractual"] -= again
    sums["other"] += restated - impact + again
    return Money(**sums)


def _add_answers(
    sums: dict[str, Decimal], payments: Sequence[ClaimPayment], policy: PostingPolicy
) -> Decimal:
    """Add what the answers say; returns what they restate of earlier payers (reason 23)."""
    restated = ZERO
    for payment in payments:
        sums["paid"] += payment.paid
        for line in payment.lines:
            is_allowed = is_line_allowed(line)
            for adjustment in line.adjustments:
                restated += _add(sums, adjustment, policy, is_allowed=is_allowed)
        for adjustment in payment.adjustments:
            restated += _add(sums, adjustment, policy, is_allowed=bool(payment.paid))
    return restated


KEY_BY_ACTION = {
    Action.CONTRACTUAL: "contractual",
    Action.OTHER: "other",
    Action.MEMO: "other",
    Action.PATIENT: "patient",
    Action.DENY: "denied",
    Action.WRITE_OFF: "other",
    Action.NEXT_PAYER: "other",
}


def _add(
    sums: dict[str, Decimal], adjustment: Adjustment, policy: PostingPolicy, *, is_allowed: bool
) -> Decimal:
    if adjustment.restates_earlier_payers:
        return adjustment.amount
    action = policy.action(adjustment, is_line_allowed=is_allowed)
    sums[KEY_BY_ACTION[action]] += adjustment.amount
    return ZERO


def ledger_money(
    state: ClaimState,
    *,
    charged: Decimal,
    paid: Decimal = ZERO,
    prior_paid: Decimal = ZERO,
    contractual: Decimal = ZERO,
    other: Decimal = ZERO,
    patient: Decimal = ZERO,
    denied: Decimal = ZERO,
    open_with_payer: Decimal = ZERO,
) -> Money:
    """The split, from sums over the provider's legs of one claim; what is still open goes where the state says.

    `denied` is the part of what is open with the payer that its answers deny (the posting plan's `denied`).
    An answered claim's open rest beyond that (an overpayment, OA-94) is `other`, so that it shows.
    """
    rest = open_with_payer - denied
    money = Money(charged, paid, prior_paid, contractual, other, patient, denied)
    if state is ClaimState.REJECTED:
        return money + Money(rejected=rest)
    if state is ClaimState.PENDED:
        return money + Money(pended=rest)
    return money + Money(other=rest)


def sum_money(parts: Sequence[Money]) -> Money:
    """Amount by amount."""
    return Money(*(total(getattr(part, key) for part in parts) for key in MONEY_KEYS))
