"""The line-by-line explanation that every decided amount carries."""

from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of a decision.

    Attributes:
        rule: permanent rule id, such as `benefits.deductible`.
        edition: the version or release of the parameters that it used, such as `demo-ppo 2026`.
        words: one sentence a person can read aloud to a caller.
        amount: the step's effect in dollars, signed (what it takes away is negative); None = no amount.
        balance: what is left after the step; None = no running amount.
        inputs: (name, value) pairs as text, in order.
        source: law, contract clause or plan document.
    """

    rule: str
    edition: str
    words: str
    amount: Decimal | None = None
    balance: Decimal | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    source: str = ""
