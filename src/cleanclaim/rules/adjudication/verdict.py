"""What one step says about a line or claim: nothing, a denial, or a pend; always with words."""

from dataclasses import dataclass

from cleanclaim.values.adjustment import Group
from cleanclaim.values.decision import PendReason
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a line is not paid. CARCs 16, 96 and 22 come with a remark code that says what is wrong."""

    group: Group
    reason: str
    remark_codes: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """As people write it: `CO-29`."""
        return f"{self.group.value}-{self.reason}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One step's answer. At most one of `denial` and `pend` is set; neither means that the line goes on."""

    step: TraceStep
    denial: Denial | None = None
    pend: PendReason | None = None


def deny(
    rule: str,
    words: str,
    *,
    reason: str,
    group: Group = Group.CONTRACTUAL,
    remarks: tuple[str, ...] = (),
    edition: str = "",
    inputs: tuple[tuple[str, str], ...] = (),
    source: str = "",
) -> Verdict:
    """A denial; its code stands at the end of the words."""
    denial = Denial(group, reason, remarks)
    codes = ", ".join((denial.code, *remarks))
    return Verdict(
        TraceStep(rule, edition, f"{words} ({codes})", inputs=inputs, source=source), denial
    )


def pend(rule: str, words: str, *, code: str, queue: str, edition: str = "") -> Verdict:
    """A wait for a person at the desk named by `queue`."""
    return Verdict(TraceStep(rule, edition, words), pend=PendReason(code, queue, words))
