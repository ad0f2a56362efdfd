"""Findings: what a check has to say about data. Collected, stored and shown; never raised."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: `hold` stops the record, `warn` and `note` do not."""

    NOTE = "note"
    WARN = "warn"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place of one record.

    Attributes:
        code: permanent id, documented in docs/findings.md, such as `claim.lines.none`.
        place: path of the value, such as `lines.2.modifiers.1`; empty for the whole record.
        message: what, where, the value, what was expected. No patient data.
        hint: what to do.
        source: the rule's law, manual or guide, with edition; empty if the guide is ours.
    """

    code: str
    severity: Severity
    place: str
    message: str
    hint: str = ""
    source: str = ""


def holds(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """Whether any finding stops the record."""
    return any(finding.severity is Severity.HOLD for finding in findings)
