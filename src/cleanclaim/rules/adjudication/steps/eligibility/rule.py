"""Step 30: the patient must be covered on each day of service.

Before the first span CO-26, after the last CO-27, in a gap between two CO-200; not recognized at all CO-31.
"""

from datetime import date

from cleanclaim.kernel.dates import show_day
from cleanclaim.rules.adjudication.context import Context, Coverage, Member
from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.values.claim import Claim, ServiceLine


def coverage_on(member: Member, on: date) -> Coverage | None:
    """The coverage in force on the day."""
    for coverage in member.coverages:
        if coverage.valid_from <= on and (coverage.valid_to is None or on < coverage.valid_to):
            return coverage
    return None


def check_claim(claim: Claim, context: Context) -> Verdict | None:
    """Denies the claim of somebody the plan does not know."""
    if context.member is not None and context.member.coverages:
        return None
    return deny(
        "eligibility.member",
        "We could not identify the patient as a member of this plan.",
        reason="31",
    )


def check_line(line: ServiceLine, claim: Claim, context: Context) -> Verdict | None:
    """Denies a line whose days are not all covered."""
    if context.member is None or line.service_from is None:
        return None
    on, last_day = line.service_from, line.service_to or line.service_from
    while True:
        coverage = coverage_on(context.member, on)
        if coverage is None:
            return _deny(on, context.member)
        if coverage.valid_to is None or last_day < coverage.valid_to:
            return None
        on = coverage.valid_to


def _deny(on: date, member: Member) -> Verdict:
    begins = min(coverage.valid_from for coverage in member.coverages)
    if on < begins:
        return deny(
            "eligibility.before",
            f"On {show_day(on)} the coverage had not begun; it begins on {show_day(begins)}.",
            reason="26",
        )
    if any(coverage.valid_from > on for coverage in member.coverages):
        return deny("eligibility.gap", f"On {show_day(on)} the coverage had lapsed.", reason="200")
    ended = max(coverage.valid_to for coverage in member.coverages if coverage.valid_to)
    return deny(
        "eligibility.after",
        f"On {show_day(on)} the coverage had ended; it was in force until before {show_day(ended)}.",
        reason="27",
    )
