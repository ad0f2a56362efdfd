"""Step 10: a claim must have lines that add up to its charge, and days of service that have come.

Sources: 45 CFR 162.1102 (guide 005010X222A1: a claim's charge is the sum of its lines); CARC 16 needs a
remark code that says what is missing.
"""

from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import show
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.values.claim import Claim, ServiceLine


def check_claim(claim: Claim, context: Context) -> Verdict | None:
    """Denies the whole claim where its sum is wrong."""
    if not claim.lines:
        return deny(
            "header.lines", "The claim has no service lines.", reason="16", remarks=("M51",)
        )
    if claim.line_total != claim.charge:
        return deny(
            "header.sum",
            f"The lines add up to {show(claim.line_total)}, the claim says {show(claim.charge)}.",
            reason="16",
            remarks=("M54",),
        )
    return None


def check_line(line: ServiceLine, claim: Claim, context: Context) -> Verdict | None:
    """Denies a line without a day of service, with days after receipt, or with days that run backwards."""
    if line.service_from is None:
        return deny(
            "header.date",
            f"Line {line.number} has no date of service.",
            reason="16",
            remarks=("M52",),
        )
    last_day = line.service_to or line.service_from
    if last_day < line.service_from:
        return deny(
            "header.span",
            f"The service ends on {show_day(last_day)}, before it begins on "
            f"{show_day(line.service_from)}.",
            reason="16",
            remarks=("M52",),
        )
    if last_day > context.received_on:
        return deny(
            "header.future",
            f"The service date {show_day(last_day)} is after the claim came in on "
            f"{show_day(context.received_on)}.",
            reason="110",
        )
    return None
