"""The checks that a claim passed, in words, once for the claim: what a caller asks first."""

from collections.abc import Iterator, Sequence

from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.words import counted
from cleanclaim.rules.adjudication.context import Context, Coverage
from cleanclaim.rules.adjudication.line import LineWork
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.values.claim import Claim
from cleanclaim.values.trace import TraceStep

DUPLICATE = "18"


def passed_steps(
    works: Sequence[LineWork], claim: Claim, context: Context, running: Running
) -> Iterator[TraceStep]:
    """One step each for coverage, filing, duplicates and authorizations, where they held."""
    covered = next((work.covered for work in works if work.covered), None)
    if covered is None:
        return
    yield _coverage(covered, claim)
    last_service = claim.service_to
    reasons = {work.denial.reason for work in works if work.denial}
    if last_service and "29" not in reasons:
        days = (context.received_on - last_service).days
        limit = covered.plan.filing_days
        words = (
            f"The claim came in on {show_day(context.received_on)}, {counted(days, 'day')} after "
        )
        words += "the last service"
        words += (
            f"; the limit is {counted(limit, 'day')}."
            if limit is not None
            else "; there is no limit."
        )
        yield TraceStep("filing.in_time", covered.plan.edition, words)
    if DUPLICATE not in reasons:
        count = len(context.prior_lines)
        words = f"Compared with {counted(count, 'earlier line')} of this member: no duplicate."
        yield TraceStep("duplicate.none", "", words)
    for use in running.authorized:
        units = f"{use.units} unit{'' if use.units == 1 else 's'}"
        words = f"Line {use.line_number} takes {units} of authorization {use.number}."
        yield TraceStep("authorization.used", covered.plan.edition, words)


def _coverage(covered: Coverage, claim: Claim) -> TraceStep:
    until = f" until before {show_day(covered.valid_to)}" if covered.valid_to else ""
    words = (
        f"{covered.plan.name} covers the patient from {show_day(covered.valid_from)}{until}; "
        f"the service was on {show_day(claim.service_from) if claim.service_from else 'no day'}."
    )
    return TraceStep("eligibility.covered", covered.plan.edition, words)
