"""What payers said of a claim with money: asked here by the claim page, answered by the app of remittances.

Claims stand below remittances, so that app registers how to ask it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.remittance import ClaimPayment


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """One line of a payment: what was paid, and each adjustment as (code such as CO-45, dollars)."""

    line_number: int
    paid: Decimal
    adjustments: tuple[tuple[str, Decimal], ...]
    remarks: tuple[str, ...] = ()
    is_denied: bool = False  # paid nothing of it, and the reduction was not agreed


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """One answer of a payer (an 835's claim). Line number 0 = it names no line of ours."""

    on: date
    payer_name: str
    trace: str
    href: str
    file_id: int
    entry_id: int
    words: str
    lines: tuple[LineAnswer, ...]


@dataclass(frozen=True, slots=True)
class PostedAnswer:
    """One posted answer whole, as the next payer is told of it. `version` is the claim's that it answers."""

    id: int
    version: int
    payment: ClaimPayment
    paid_on: date
    entry_id: int
    denied: Decimal
    outcome: str


Ask = Callable[[int], Sequence[PaymentAnswer]]
_ask: list[Ask] = []


def register(ask: Ask) -> None:
    """Who knows the answers; in the owning app's `ready()`."""
    _ask[:] = [ask]


def payment_answers(claim_id: int) -> list[PaymentAnswer]:
    """The payers' answers to a claim, oldest first."""
    return [answer for ask in _ask for answer in ask(claim_id)]


AskPosted = Callable[[int], Sequence[PostedAnswer]]
_ask_posted: list[AskPosted] = []


def register_posted(ask: AskPosted) -> None:
    """Who knows the posted answers whole; in the owning app's `ready()`."""
    _ask_posted[:] = [ask]


def posted_answers(claim_id: int) -> list[PostedAnswer]:
    """The posted answers to a claim, reversals among them, oldest first."""
    return [answer for ask in _ask_posted for answer in ask(claim_id)]
