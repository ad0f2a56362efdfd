"""Step 60: a claim must come in within the plan's limit, counted from the last day of service.

Where this plan is not first, from the earlier payer's decision, if that is later. A corrected claim is not
late when its original was in time, so frequency 7 and 8 pass. Limits are the plan's, dated by its edition.
"""

from datetime import timedelta

from cleanclaim.kernel.dates import show_day
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.cob import PriorShare
from cleanclaim.values.claim import Claim, Frequency, ServiceLine


def check_line(
    line: ServiceLine, claim: Claim, context: Context, plan: Plan, prior: PriorShare | None
) -> Verdict | None:
    """Denies CO-29 from the day after the last day on."""
    last_service = line.service_to or line.service_from
    if plan.filing_days is None or last_service is None:
        return None
    if claim.frequency_code in (Frequency.CORRECTED, Frequency.VOID):
        return None
    last_day = last_service + timedelta(days=plan.filing_days)
    if prior and prior.paid_on and plan.filing_days_after_prior is not None:
        last_day = max(last_day, prior.paid_on + timedelta(days=plan.filing_days_after_prior))
    if context.received_on <= last_day:
        return None
    return deny(
        "filing.late",
        f"The claim came in on {show_day(context.received_on)}; the last day for this service was "
        f"{show_day(last_day)}.",
        reason="29",
        edition=plan.edition,
        inputs=(("limit_days", str(plan.filing_days)), ("last_service", str(last_service))),
    )
