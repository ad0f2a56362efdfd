"""Step 70: the same service is not paid twice.

Exact: day, code, modifiers, units, charge and billing provider as on an earlier line that was paid or is in
process: OA-18 (CARC 18 goes with group OA). Suspect: same day and code, other charge or modifiers, and no
modifier that says "again on purpose"; the plan's option is off, pend or deny. A corrected claim is none of the
claim that it replaces, whose lines the caller leaves out, but it may be one of any other.
"""

from pathlib import Path

from cleanclaim.rules.adjudication.context import Context, PriorLine
from cleanclaim.rules.adjudication.verdict import Verdict, deny, pend
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.adjustment import Group
from cleanclaim.values.claim import Claim, ServiceLine

RELEASE_CODE = "suspect-duplicate"
REPEAT_MODIFIERS = Path(__file__).parent / "parameters" / "repeat_modifiers.yaml"


def check_line(line: ServiceLine, claim: Claim, context: Context) -> Verdict | None:
    """Denies an exact duplicate; pends or denies a suspect as the plan's option says."""
    code = line.billed_code
    billing_id = claim.billing.npi or claim.billing.tin
    suspect = None
    for prior in context.prior_lines:
        if prior.code != code or prior.service_from != line.service_from:
            continue
        if _is_exact(line, prior) and prior.billing_id == billing_id:
            return deny(
                "duplicate.exact",
                f"This is the same service as line {prior.line_number} of claim {prior.claim_number}.",
                reason="18",
                group=Group.OTHER,
            )
        suspect = suspect or prior
    return _suspect(line, suspect, context) if suspect else None


def _is_exact(line: ServiceLine, prior: PriorLine) -> bool:
    return (
        prior.charge == line.charge
        and prior.quantity == line.quantity
        and sorted(prior.modifiers) == sorted(line.procedure.modifiers)
    )


def _suspect(line: ServiceLine, prior: PriorLine, context: Context) -> Verdict | None:
    mode = context.options.suspect_duplicate
    if mode == "off" or RELEASE_CODE in context.options.released or line.service_from is None:
        return None
    repeats = parameter(REPEAT_MODIFIERS).value(on=line.service_from)
    if any(modifier in repeats for modifier in line.procedure.modifiers):
        return None
    words = (
        f"Line {line.number} looks like line {prior.line_number} of claim {prior.claim_number}: "
        "same day and code, other charge or modifier."
    )
    if mode == "deny":
        return deny("duplicate.suspect", words, reason="18", group=Group.OTHER)
    return pend("duplicate.suspect", words, code=RELEASE_CODE, queue="suspect duplicate")
