"""Who is paid: the provider, unless the patient kept the benefits (CLM08 N or W) or assignment was refused.

Then the plan sends its payment to the member, and the provider's line carries PR-100 for it.
Which of the two count is the plan's option (reference: X12 CLM07, CLM08).
"""

from cleanclaim.rules.benefits import PayMember, Plan
from cleanclaim.values.claim import Claim


def pays_member(claim: Claim, plan: Plan) -> bool:
    """Whether the plan's payment goes to the member."""
    if plan.pay_member is PayMember.NEVER:
        return False
    if claim.benefits_assigned in ("N", "W"):
        return True
    return plan.pay_member is PayMember.UNASSIGNED and claim.assignment == "C"
