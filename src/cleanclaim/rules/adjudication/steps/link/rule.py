"""Step 20: a corrected (7) or void (8) claim must name a claim of ours that can be taken back.

Source: guide 005010X222A1, CLM05-3 with REF*F8; RARC M47 (number missing), N152 (no such claim).
"""

from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.verdict import Verdict, deny, pend
from cleanclaim.values.claim import Claim, Frequency

RELEASE_CODE = "original-not-found"


def check_claim(claim: Claim, context: Context) -> Verdict | None:
    """Denies without a number, pends or denies (plan's option) without the original."""
    if claim.frequency_code not in (Frequency.CORRECTED, Frequency.VOID):
        return None
    if not claim.original_payer_number:
        return deny(
            "link.number",
            "A corrected or void claim must carry our number of the claim that it replaces.",
            reason="16",
            remarks=("M47",),
        )
    if context.original is not None and context.original.is_final:
        return None
    words = (
        f"We have no claim {claim.original_payer_number} of this patient and provider that could be replaced."
        if context.original is None
        else f"Claim {claim.original_payer_number} is not decided yet or was already taken back."
    )
    if context.options.original_not_found == "deny" or RELEASE_CODE in context.options.released:
        return deny("link.original", words, reason="16", remarks=("N152",))
    return pend("link.original", words, code=RELEASE_CODE, queue="adjustment request")
