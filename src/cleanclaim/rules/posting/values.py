"""What posting reads and what it proposes. Proposals only: the ledger app writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import ZERO
from cleanclaim.kernel.quick import quick
from cleanclaim.values.entry import Leg

FIRST = "payer:1"  # the first payer's bucket


class PostingOutcome(StrEnum):
    """What became of the claim at the provider's."""

    PAID = "paid"  # processed: paid, or wholly the patient's
    PARTIAL = "partial"  # some of it denied
    DENIED = "denied"
    REVERSED = "reversed"
    MEMO = "memo"  # an estimate, or no answer of its own: nothing to post
    HELD = "held"  # nothing posted; `hold` says why


@quick
@dataclass(frozen=True, slots=True)
class OpenItem:
    """One charge line as the ledger holds it.

    Attributes:
        bucket: the payer bucket that this payer answers for, such as `payer:1`.
        balances: dollars open by bucket; a bucket that is not there is 0.
        control_number: the line's own number as sent (REF*6R).
        reduced_before: by (account, code), what the answer that a reversal takes back has written off of it.
        prescription_number, fill_number, ndc: of a drug, as `fills` compares them; empty or None where not told.
        difference_written_off: what a posting rule wrote off as small; a reversal brings it back.
    """

    item_id: int
    line_number: int
    claim_id: int
    patient_id: int
    procedure: str
    charge: Decimal
    modifiers: tuple[str, ...] = ()
    bucket: str = FIRST
    balances: Mapping[str, Decimal] = field(default_factory=dict)
    service_from: date | None = None
    control_number: str = ""
    difference_written_off: Decimal = ZERO
    prescription_number: str = ""
    fill_number: int | None = None
    ndc: str = ""
    reduced_before: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    @property
    def open_with_payer(self) -> Decimal:
        """What this payer still owes on it."""
        return self.balances.get(self.bucket, ZERO)

    @property
    def is_later(self) -> bool:
        """Whether another payer answered before this one, and what is open with this one is known."""
        return self.bucket != FIRST and self.bucket in self.balances


@dataclass(frozen=True, slots=True)
class WorkRequest:
    """One thing for a person: `kind` is denial, duplicate, coverage, credit or underpaid; `reason` as `CO-197`.

    `is_patients`: the amount is refused, and moved to the patient; else what is denied stays open with the payer.
    """

    kind: str
    reason: str
    amount: Decimal
    item_id: int
    claim_id: int
    line_number: int
    suggestion: str
    remark_codes: tuple[str, ...] = ()
    is_patients: bool = False


@quick
@dataclass(frozen=True, slots=True)
class PostingPlan:
    """The proposed entry for one claim payment.

    Attributes:
        legs: sum to zero; empty where nothing moves (a denial) or when held.
        patient_amount: what moved to the patient's bucket, signed.
        denied: what stays open with the payer, signed.
        hold: why a person must post it; empty = post.
        stops: a rule has the whole remittance wait with it.
        crossed_over_to: the next payer that has this answer already; it needs no claim from us.
        findings: what did not stop it and somebody should look at.
        notes: memo adjustments and other remarks, for the claim's timeline.
    """

    outcome: PostingOutcome
    legs: tuple[Leg, ...] = ()
    work: tuple[WorkRequest, ...] = ()
    patient_amount: Decimal = ZERO
    denied: Decimal = ZERO
    hold: str = ""
    notes: tuple[str, ...] = ()
    stops: bool = False
    crossed_over_to: str = ""
    findings: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether nothing may be posted."""
        return bool(self.hold)

    @property
    def is_answer(self) -> bool:
        """Whether the payer's answer to the claim stands by it; neither a held payment's nor an estimate does."""
        return not self.hold and self.outcome is not PostingOutcome.MEMO
