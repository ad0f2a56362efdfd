"""Step 40: the billing provider must be known, not excluded, and under contract.

Unknown or excluded: CO-B7. No contract: CO-242. Exclusion: 42 CFR 1001.1901 (no payment for excluded persons).
"""

from cleanclaim.kernel.dates import show_day
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.values.claim import Claim, ServiceLine


def check_claim(claim: Claim, context: Context) -> Verdict | None:
    """Denies the claim of a provider who may not be paid at all."""
    if not context.provider.is_known:
        return deny(
            "provider.unknown", "The billing provider is not enrolled with this plan.", reason="B7"
        )
    if context.contract is None:
        return deny(
            "provider.contract",
            "The billing provider has no contract with this plan.",
            reason="242",
        )
    return None


def check_line(line: ServiceLine, claim: Claim, context: Context) -> Verdict | None:
    """Denies services from the day of the exclusion on."""
    excluded_from = context.provider.excluded_from
    if excluded_from is None or line.service_from is None or line.service_from < excluded_from:
        return None
    return deny(
        "provider.excluded",
        f"The billing provider is excluded from payment since {show_day(excluded_from)}.",
        reason="B7",
        source="42 CFR 1001.1901",
    )
