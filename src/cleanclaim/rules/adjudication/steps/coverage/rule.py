"""Step 100: the plan must cover the service. Not covered: 96 with remark N130, group as the plan says."""

from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.rules.benefits import Plan
from cleanclaim.values.claim import ServiceLine


def check_line(line: ServiceLine, plan: Plan) -> Verdict | None:
    """Denies a service on the plan's list of exclusions."""
    if line.billed_code not in plan.not_covered:
        return None
    return deny(
        "coverage.excluded",
        f"{plan.name} does not cover {line.billed_code}.",
        reason="96",
        group=plan.not_covered_group,
        remarks=("N130",),
        edition=plan.edition,
    )
