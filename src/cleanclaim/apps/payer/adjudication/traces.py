"""A decision's steps as a trace: which of them explain which amount, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.codes import adjustment_reasons
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.decision import Decision, LineDecision, Outcome
from cleanclaim.values.trace import TraceStep

AMOUNTS = {
    "charge": "charge",
    "allowed": "allowed",
    "paid": "plan pays",
    "adjusted": "adjusted",
    "member": "member's share",
}
_PRICING = ("pricing.",)
_SHARE = ("benefits.", "assignment.", "cob.", "coordination.")
_GROUPS = {
    "CO": "borne by the provider",
    "OA": "neither's",
    "PI": "payer initiated",
    "PR": "the member's part",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as shown: words, effect, what is left after it, and where it comes from."""

    words: str
    amount: Decimal | None = None
    balance: Decimal | None = None
    rule: str = ""
    edition: str = ""
    source: str = ""
    inputs: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Why one amount is what it is."""

    title: str
    steps: list[Shown]
    total_words: str
    total: Decimal | None


def shown(step: TraceStep) -> Shown:
    """A step of a decision for the page."""
    inputs = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in step.inputs)
    return Shown(
        step.words, step.amount, step.balance, step.rule, step.edition, step.source, inputs
    )


def line_trace(line: LineDecision, amount: str) -> Trace:
    """Why an amount of a line: `amount` is one of AMOUNTS.

    Raises:
        InputError: the amount is none of them.
    """
    if amount not in AMOUNTS:
        raise InputError(f"amount {amount[:20]!r}: expected one of {', '.join(AMOUNTS)}")
    title = f"Line {line.number}: {AMOUNTS[amount]}"
    start = [Shown("The provider charges", line.charge)]
    every = [shown(step) for step in line.steps]
    if amount == "charge":
        return Trace(title, start, "Charge", line.charge)
    if amount == "allowed":
        steps = [shown(step) for step in line.steps if step.rule.startswith(_PRICING)]
        return Trace(title, start + (steps or every), "Allowed", line.allowed)
    if amount == "member":
        steps = [shown(step) for step in line.steps if step.rule.startswith(_SHARE)]
        allowed = [Shown("Allowed", line.allowed)]
        rest = steps or [Shown("No deductible, copay or coinsurance is taken.")]
        return Trace(title, allowed + rest, "The member's share", amount_of(line, amount))
    if amount == "adjusted":
        steps = [_adjustment(one.group.value, one.reason, one.amount) for one in line.adjustments]
        total = sum((one.amount for one in line.adjustments), ZERO)
        return Trace(title, steps or [Shown("Nothing is adjusted.")], "Charge less paid", total)
    words = "Plan pays" if line.outcome is not Outcome.PEND else "Nothing is decided yet"
    return Trace(title, start + every, words, line.paid + line.paid_to_member)


def _adjustment(group: str, reason: str, amount: Decimal) -> Shown:
    meaning = adjustment_reasons.words(reason) or "see the published list of reasons"
    return Shown(
        f"{group}-{reason}: {meaning}",
        amount,
        edition=_GROUPS.get(group, ""),
    )


def claim_trace(decision: Decision, amount: str) -> Trace:
    """Why an amount of the whole claim: the sum of its lines.

    Raises:
        InputError: the amount is none of AMOUNTS.
    """
    if amount not in AMOUNTS:
        raise InputError(f"amount {amount[:20]!r}: expected one of {', '.join(AMOUNTS)}")
    steps, total = [], ZERO
    for line in decision.lines:
        value = amount_of(line, amount)
        total += value
        steps.append(Shown(f"Line {line.number}", value, total))
    return Trace(f"Claim: {AMOUNTS[amount]}", steps, "All lines", total)


def amount_of(line: LineDecision, amount: str) -> Decimal:
    """One of a line's AMOUNTS."""
    return {
        "charge": line.charge,
        "allowed": line.allowed,
        "paid": line.paid + line.paid_to_member,
        "adjusted": sum((one.amount for one in line.adjustments), ZERO),
        "member": line.patient_responsibility - line.paid_to_member,
    }[amount]


def claim_steps(decision: Decision) -> Sequence[Shown]:
    """The steps about the whole claim."""
    return [shown(step) for step in decision.steps]
