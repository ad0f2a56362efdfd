"""What an 837 says about itself: who sends which batch to whom."""

from dataclasses import dataclass
from datetime import date

from cleanclaim.values.acknowledgement import SyntaxFinding
from cleanclaim.values.claim import Carried, Claim, Purpose
from cleanclaim.values.party import Contact


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A submitter or receiver; `identifier` is the id that they agreed on (NM109 with qualifier 46)."""

    name: str
    identifier: str
    contact: Contact | None = None
    is_person: bool = False
    first_name: str = ""
    middle_name: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The head of one 837 message.

    Attributes:
        reference: BHT03, the submitter's own number of the batch; the 277CA names it.
        created_at: HHMM or HHMMSS.
        transaction_type: BHT02, `00` original or `18` reissue.
    """

    reference: str
    created_on: date
    submitter: Correspondent
    receiver: Correspondent
    purpose: Purpose = Purpose.CHARGEABLE
    created_at: str = "0000"
    transaction_type: str = "00"
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class LocatedClaim:
    """A claim with the segment number of its CLM within the message and the findings about it."""

    claim: Claim
    position: int
    findings: tuple[SyntaxFinding, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether no finding of error grade is about it."""
        return not any(finding.is_error for finding in self.findings)
