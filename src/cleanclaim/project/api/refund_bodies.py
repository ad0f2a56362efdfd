"""Refunds as programs read and ask for them."""

from typing import Annotated, ClassVar

from ninja import Field

from cleanclaim.apps.billing.adjustments.models import CameBack, Method, RefundState
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Day,
    Inline,
    Money,
    Paging,
    Request,
    Text20,
    Text40,
    Text200,
)

AnyState = Annotated[RefundState, Inline(RefundState)]
AnyMethod = Annotated[Method, Inline(Method)]


class RefundMoment(Answer):
    """What was done with it, when and by whom."""

    on: Day
    words: str
    by: int | None
    entry_id: int


class Refund(Answer):
    """A credit that somebody identified, and its way back; who approved it is never who asked.

    `receipt_id` is the card receipt whose card it went back to. `came_back_on` is the last day on which it came back,
    `owed_since` from when on it counts as unclaimed then.
    """

    id: int
    account: str
    item_id: int
    claim_id: int
    patient_id: int
    payer_id: int
    trace: str
    amount: Money
    cause: str
    proof: list[int]
    words: str
    owner: str
    owner_id: int
    program: str
    identified_by: int
    identified_on: Day
    due_on: Day
    citation: str
    clock: str
    state: AnyState
    requested_by: int | None
    approved_by: int | None
    approved_on: Day | None
    method: str
    reference: str
    issued_by: int | None
    issued_on: Day | None
    file_id: int
    receipt_id: int
    cleared_on: Day | None
    came_back: str
    came_back_on: Day | None
    owed_since: Day | None
    taken_by: str
    closed_words: str

    patient_field: ClassVar[str] = "patient_id"


class RefundDetail(Refund):
    """A refund with its steps."""

    steps: list[RefundMoment]


class RefundFilter(Paging):
    """Which refunds; empty = all."""

    state: AnyState | None = None


class NewRefund(Request):
    """The `key` of a credit (`GET /credits`). `owner` and `owner_id` where a person knows better, with `words` why."""

    credit: Text200
    amount: Money | None = None
    owner: Text20 = ""
    owner_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    words: Text200 = ""


class RefundWords(Request):
    """Why."""

    words: Annotated[str, Field(min_length=1, max_length=300, pattern=WORDS)]


class RefundReturn(Request):
    """How and why it came back; `bank_line_id` is the bank's line that brought the money, where the bank had paid it."""

    kind: Annotated[CameBack, Inline(CameBack)]
    words: Annotated[str, Field(min_length=1, max_length=300, pattern=WORDS)]
    bank_line_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class Investigation(Request):
    """From when to when the overpayment is looked into; Medicare's clock stands still so long."""

    began: Day
    ended: Day | None = None


class OurBank(Request):
    """Our account, and how the bank knows us."""

    routing: Text20 = ""
    account: Text40 = ""
    company_id: Text20 = ""
    name: Text40 = ""
    bank_name: Text40 = ""


class RequestRefund(Request):
    """The owner's account, which a second person approves with the refund."""

    routing: Text20
    account: Text40
    is_savings: bool = False


class RefundTarget(Request):
    """Where one refund goes: the receipt's number as `account` of a card. A transfer goes to the approved account; given
    again, it must be the same.
    """

    refund_id: BodyId
    routing: Text20 = ""
    account: Text40 = ""


class IssueRefunds(Request):
    """Approved refunds that leave in one file."""

    refunds: Annotated[list[RefundTarget], Field(min_length=1, max_length=500)]
    method: AnyMethod
    bank: OurBank = OurBank()


class RefundFile(Answer):
    """A payment file or check register as it was made, once."""

    id: int
    method: str
    name: str
    sha256: str
    count: int
    amount: Money
    made_by: int
    made_on: Day
