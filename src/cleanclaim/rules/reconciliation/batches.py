"""Batches of receipts that a bank's credit line may be: of its amount, or a card batch whose processor kept a fee back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.kernel.words import counted
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.reconciliation.deposits import MOST_CANDIDATES
from cleanclaim.rules.reconciliation.sums import together
from cleanclaim.values.bank import BankLine

SETTLEMENT = Path(__file__).with_name("parameters") / "card_settlement.yaml"
_CARD_WORDS = ("MERCHANT", "SETTLEMENT", "BANKCARD", "CARD", "VISA", "MASTERCARD", "AMEX")


@dataclass(frozen=True, slots=True)
class AwaitedBatch:
    """A closed batch whose money is not at the bank; `key` is the caller's own."""

    key: int
    paid: Decimal
    batch_on: date
    is_card: bool
    payer_trace_id: str = field(default="", init=False)  # the search by sums: all come to one bank


@dataclass(frozen=True, slots=True)
class BatchCandidate:
    """Batches that a line may be, from 0 to 100, and why; `short` is what more they come to, kept back by the processor."""

    keys: tuple[int, ...]
    score: int
    reasons: tuple[str, ...]
    short: Decimal = ZERO


def propose_batches(
    line: BankLine, batches: Sequence[AwaitedBatch], *, left: Decimal
) -> list[BatchCandidate]:
    """The batches that what is left of a line may be, best first: one of its amount, several that add up, one less a fee."""
    rule = parameter(SETTLEMENT).value(on=line.booked_on)
    near = [one for one in batches if 0 <= (line.booked_on - one.batch_on).days <= rule["days"]]
    near.sort(key=lambda one: (-one.batch_on.toordinal(), one.key))
    found = [_scored(line, [one], left) for one in near if one.paid == left]
    found += [_scored(line, some, left) for some in together(left, near)]
    most = Decimal(rule["most_percent"]) / 100
    found += [
        _scored(line, [one], left)
        for one in near
        if one.is_card and ZERO < one.paid - left <= one.paid * most
    ]
    found.sort(key=lambda one: (-one.score, one.keys))
    return found[:MOST_CANDIDATES]


def _scored(line: BankLine, some: Sequence[AwaitedBatch], left: Decimal) -> BatchCandidate:
    """60 for the amount, 45 where a fee is missing; up to 20 for the day; 20 where the bank speaks of cards, of cards."""
    short = sum((one.paid for one in some), ZERO) - left
    apart = max((line.booked_on - one.batch_on).days for one in some)
    score = (45 if short else 60) + max(0, 20 - 3 * apart)
    said = [f"amount {show(left)}" if not short else f"{show(short)} less: {_percent(short, left)}"]
    if len(some) > 1:
        said = [f"{len(some)} batches add up to {show(left)}"]
        score -= 5
    said.append(f"{counted(apart, 'day')} after it" if apart else "on its day")
    speaks = any(word in line.text.upper() for word in _CARD_WORDS)
    if all(one.is_card for one in some) and speaks:
        score += 20
        said.append("the bank speaks of cards")
    return BatchCandidate(tuple(one.key for one in some), score, tuple(said), short)


def _percent(short: Decimal, left: Decimal) -> str:
    return f"a fee of {100 * short / (left + short):.2f} %"
