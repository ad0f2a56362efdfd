"""What an edit is and what it reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.values.claim import Claim


class Stage(StrEnum):
    """When the edits run: at charge entry a person can still mend, at submission the claim comes from any source."""

    ENTRY = "entry"
    SUBMISSION = "submission"


@dataclass(frozen=True, slots=True)
class EditContext:
    """What an edit may know beside the claim. `submit_on` is the day on which the claim would go out."""

    submit_on: date


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where an edit bites: path of the value, and what is wrong with it. No patient data."""

    place: str
    message: str


Check = Callable[[Claim, EditContext], Iterable[Hit]]
Fix = Callable[[Claim, Finding], Claim | None]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: how much it weighs at each stage (None = it does not run there), and how to mend what it finds.

    `code` is permanent. `fix` makes the mended claim, or None where a person must decide; `attestation` is what
    the person who uses the fix vouches for, empty where the claim itself shows that the fix is right.
    """

    code: str
    check: Check
    entry: Severity | None
    submission: Severity | None
    hint: str
    source: str = ""
    fix: Fix | None = None
    attestation: str = ""

    def severity(self, stage: Stage) -> Severity | None:
        """How much a finding weighs at the stage."""
        return self.entry if stage is Stage.ENTRY else self.submission
