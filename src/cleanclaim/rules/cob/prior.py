"""What earlier payers did with each line: paid, reduced, left to the patient.

Both sides use it: the provider when the charge is booked, the plan when it coordinates, so that the two agree
to the cent on the balance of each line. Sources on the claim: SVD and CAS of the line (loop 2430), CAS and
AMT*D of the claim (loop 2320). Where line detail is missing, amounts are shared out by charge, exact to the
cent; a claim-level CAS beside line detail is taken off the lines' payments, by what was paid, when the sums
say so (line payments less claim-level CAS = AMT*D, as in the guide's third example), else it repeats the
lines and is left alone.

A reduction is every adjustment that is neither the patient's (PR), nor a restatement of a still earlier
payer (reason 23), nor a denial of coverage (parameters/denied_by_prior.yaml).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO, allocate_signed, allocate_together, cents, total
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.adjustment import Adjustment, Group, adjusted
from cleanclaim.values.claim import Claim, LineAdjudication, OtherCoverage

DENIED_BY_PRIOR = Path(__file__).parent / "parameters" / "denied_by_prior.yaml"


@dataclass(frozen=True, slots=True)
class PriorShare:
    """One line's part in what earlier payers did.

    Attributes:
        paid: what they paid, together.
        reductions: what they took off for good, `CO`, `PI` and `OA`; reasons kept.
        patient_owes: what the last of them left to the patient; None = it did not say.
        paid_on: the last of their days, if told.
    """

    line_number: int
    paid: Decimal = ZERO
    reductions: tuple[Adjustment, ...] = ()
    patient_owes: Decimal | None = None
    paid_on: date | None = None

    @property
    def reduced(self) -> Decimal:
        """The sum of the reductions."""
        return adjusted(self.reductions)

    @property
    def impact(self) -> Decimal:
        """What earlier payers did to the line together: OA-23 of the next payer."""
        return self.paid + self.reduced


def has_prior_payment(claim: Claim) -> bool:
    """Whether an earlier payer's answer is on the claim."""
    return any(line.adjudications for line in claim.lines) or any(
        other.paid is not None or other.adjustments for other in claim.other_coverages
    )


def prior_shares(claim: Claim) -> tuple[PriorShare, ...]:
    """One share per line, in order; empty where no earlier payer answered."""
    if not has_prior_payment(claim) or not claim.lines:
        return ()
    drafts = [_Draft(line.number, int(line.charge * 100)) for line in claim.lines]
    claimed: set[int] = set()
    others = claim.other_coverages
    for other in others:
        _add_payer(drafts, claim, other, is_only=len(others) == 1, claimed=claimed)
    for draft, line in zip(drafts, claim.lines, strict=True):
        for adjudication in line.adjudications:
            if id(adjudication) not in claimed:  # its payer has no loop 2320 of its own
                draft.add(adjudication.paid, adjudication.adjustments, adjudication.paid_on)
    denied = frozenset(parameter(DENIED_BY_PRIOR).values[-1][1])
    return tuple(draft.share(denied) for draft in drafts)


@dataclass(slots=True)
class _Draft:
    """A share in the making."""

    line_number: int
    charge_cents: int
    paid: Decimal = ZERO
    adjustments: tuple[Adjustment, ...] = ()
    patient_owes: Decimal | None = None
    paid_on: date | None = None

    def add(self, paid: Decimal, adjustments: Sequence[Adjustment], paid_on: date | None) -> None:
        self.paid += paid
        self.adjustments += tuple(adjustments)
        patient = [
            a for a in adjustments if a.group is Group.PATIENT and not a.restates_earlier_payers
        ]
        if patient:
            self.patient_owes = adjusted(patient)
        elif adjustments and self.patient_owes is None:
            self.patient_owes = ZERO
        if paid_on and (self.paid_on is None or paid_on > self.paid_on):
            self.paid_on = paid_on

    def share(self, denied: frozenset[str]) -> PriorShare:
        reductions = tuple(
            a
            for a in self.adjustments
            if a.group is not Group.PATIENT
            and not a.restates_earlier_payers
            and a.reason not in denied
        )
        return PriorShare(self.line_number, self.paid, reductions, self.patient_owes, self.paid_on)


def _add_payer(
    drafts: list[_Draft],
    claim: Claim,
    other: OtherCoverage,
    *,
    is_only: bool,
    claimed: set[int],
) -> None:
    """Add what one payer did; its line answers are those with its id (all, if it is the only payer)."""
    answers: list[list[LineAdjudication]] = []
    for line in claim.lines:
        mine = [a for a in line.adjudications if is_only or a.payer_id == other.payer.payer_id]
        claimed.update(id(a) for a in mine)
        answers.append(mine)
    if not any(answers):
        _share_claim_level(drafts, other)
        return
    paid = [total(a.paid for a in mine) for mine in answers]
    extra = adjusted(other.adjustments)
    takes_off = bool(extra) and (other.paid is None or total(paid) - extra == other.paid)
    spread = _spread(other.adjustments, paid) if takes_off and total(paid) > 0 else None
    for place, (draft, mine) in enumerate(zip(drafts, answers, strict=True)):
        own = tuple(a for answer in mine for a in answer.adjustments)
        off = spread[place] if spread else ()
        days: list[date | None] = [a.paid_on for a in mine if a.paid_on] or [other.paid_on]
        draft.add(paid[place] - adjusted(off), own + off, days[-1])


def _share_claim_level(drafts: list[_Draft], other: OtherCoverage) -> None:
    if other.paid is None and not other.adjustments:
        return
    weights = [max(0, draft.charge_cents) for draft in drafts]
    if not any(weight > 0 for weight in weights):
        weights = [1] * len(drafts)
    paid = shared_out(other.paid or ZERO, weights)
    adjustments = _spread(other.adjustments, [Decimal(weight) for weight in weights])
    owes = None
    if other.patient_owes is not None and not other.adjustments:
        owes = shared_out(other.patient_owes, weights)
    for place, draft in enumerate(drafts):
        draft.add(paid[place], adjustments[place], other.paid_on)
        if owes is not None:
            draft.patient_owes = owes[place]


def _spread(
    adjustments: Sequence[Adjustment], weights: Sequence[Decimal]
) -> list[tuple[Adjustment, ...]]:
    """Each adjustment shared out by the weights; parts of zero are left out."""
    weight_cents = [max(0, int(weight * 100)) for weight in weights]
    parts: list[tuple[Adjustment, ...]] = [()] * len(weights)
    for adjustment in adjustments:
        for place, share in enumerate(shared_out(adjustment.amount, weight_cents)):
            if share:
                parts[place] += (Adjustment(adjustment.group, adjustment.reason, share),)
    return parts


def shared_out(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """`allocate`, of an amount of any sign and of parts of a cent."""
    return allocate_signed(cents(amount), weights)


def shared_together(amounts: Sequence[Decimal], weights: Sequence[int]) -> list[list[Decimal]]:
    """As `shared_out`, of amounts that add up on every line to the line's share of their sum."""
    return allocate_together([cents(amount) for amount in amounts], weights)
