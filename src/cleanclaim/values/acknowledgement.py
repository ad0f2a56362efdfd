"""Answers to a file: syntax (TA1, 999) and business (277CA), as apps see them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """How a file or message fared."""

    ACCEPTED = "accepted"
    WITH_ERRORS = "accepted with errors"
    PARTIAL = "partially accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Context:
    """Where a defect stands in the business, or what made an element necessary (CTX of a 999).

    Attributes:
        names: pairs such as (`CLM01`, `C1`), or (`SITUATIONAL TRIGGER`, ``).
        segment, position, loop, element, component, repeat: of the trigger, as in a finding.
        references: data element numbers, as sent.
    """

    names: tuple[tuple[str, str], ...]
    segment: str = ""
    position: int = 0
    loop: str = ""
    element: int = 0
    component: int = 0
    repeat: int = 0
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxFinding:
    """One located defect of a file.

    Attributes:
        level: SNIP type 1-7.
        position: segment number from 1 within its ST (ST = 1); 0 for the envelope.
        code: the standard's code in the segment named by `carrier` (`TA105`, `IK304`, `IK403`, `IK502`, `AK905`).
        rule: name of the check that found it (docs/edi-rules.md), empty for syntax and guide.
        status: what a 277CA would answer about the claim: `category:status` or `category:status:entity`.
        contexts: of its segment, where a 999 gave them; `element_contexts`: of its element.
    """

    level: int
    carrier: str
    code: str
    message: str
    position: int = 0
    loop: str = ""
    segment: str = ""
    element: int = 0
    component: int = 0
    repeat: int = 0
    value: str = ""
    is_error: bool = True
    rule: str = ""
    status: str = ""
    contexts: tuple[Context, ...] = ()
    element_contexts: tuple[Context, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """One claim's answer in a 277CA (STC). `category` A1/A2 accepted, A3/A6/A7/A8 rejected.

    `status` is the claim status code, `entity` the X12 entity that it is about (`IL`, `85`) or empty.
    """

    control_number: str
    category: str
    status: str
    charge: Decimal
    entity: str = ""
    payer_control_number: str = ""  # REF*1K
    clearinghouse_number: str = ""  # REF*D9
    service_from: date | None = None
    service_to: date | None = None
    message: str = ""
    patient_last_name: str = ""
    patient_first_name: str = ""
    member_id: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the claim went on to adjudication."""
        return self.category in ("A0", "A1", "A2")


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """The answers to one billing provider's claims of one file."""

    npi: str
    tin: str
    name: str
    claims: tuple[ClaimStatus, ...]


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgement:
    """One 277CA: the plan's answer to one 837 message. `batch_reference` is the 837's BHT03."""

    payer_name: str
    payer_id: str
    submitter_name: str
    submitter_id: str
    batch_reference: str
    received_on: date
    processed_on: date
    providers: tuple[ProviderStatus, ...]


@dataclass(frozen=True, slots=True)
class MessageAnswer:
    """One AK2..IK5 of a 999: the fate of one message (ST)."""

    kind: str  # 837, 835 ...
    control_number: str  # ST02
    guide: str
    outcome: Outcome
    codes: tuple[str, ...] = ()  # IK502...
    findings: tuple[SyntaxFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxAcknowledgement:
    """One 999: the fate of one functional group. `group_control_number` is the answered GS06."""

    functional_id: str  # AK101: HC, HP ...
    group_control_number: str
    guide: str
    outcome: Outcome
    sets_included: int
    sets_received: int
    sets_accepted: int
    codes: tuple[str, ...] = ()  # AK905...
    messages: tuple[MessageAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class InterchangeAnswer:
    """A TA1: the fate of one interchange. `code` is TA104 (A, E, R), `note` TA105 (000 = no error)."""

    interchange_control_number: str
    interchange_date: str  # YYMMDD as received
    interchange_time: str
    code: str
    note: str
