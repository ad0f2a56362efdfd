"""Step 80: where the plan asks for authorization, one must fit: code, days, units left.

The claim's own number is preferred, then one for the very service, else any that fits. Units are counted for each
authorization and service: one number may stand for several services. None: 197. Found but used up: 198. The group is the
plan's (CO or PI). Emergency services are exempt (42 USC 300gg-111: no prior authorization for them).
"""

from decimal import Decimal

from cleanclaim.kernel.dates import show_day
from cleanclaim.rules.adjudication.context import Authorization, Context
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.rules.adjudication.verdict import Verdict, deny
from cleanclaim.rules.benefits import Plan
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.decision import AuthorizationUse


def check_line(
    line: ServiceLine, claim: Claim, context: Context, plan: Plan, running: Running
) -> Verdict | None:
    """Denies a line without authorization; else notes the units that it takes in `running`."""
    code = line.billed_code
    if code not in plan.authorization_required or line.is_emergency:
        return None
    fitting = [a for a in context.authorizations if _fits(a, line)]
    if not fitting:
        on = f" on {show_day(line.service_from)}" if line.service_from else ""
        return deny(
            "authorization.absent",
            f"{line.procedure} needs an authorization in force{on}; there is none.",
            reason="197",
            group=plan.authorization_group,
            edition=plan.edition,
        )
    named = line.authorization_number or claim.authorization_number
    fitting.sort(key=lambda a: (a.number != named, not a.codes))
    for authorization in fitting:
        if _has_units(authorization, line.quantity, running):
            running.authorized.append(
                AuthorizationUse(
                    authorization.number, line.number, line.quantity, authorization.services
                )
            )
            return None
    return deny(
        "authorization.exceeded",
        f"Authorization {fitting[0].number} has {fitting[0].units_left} units left, "
        f"the line asks for {line.quantity}.",
        reason="198",
        group=plan.authorization_group,
        edition=plan.edition,
    )


def _fits(authorization: Authorization, line: ServiceLine) -> bool:
    on = line.service_from
    return (
        on is not None
        and (not authorization.codes or line.billed_code in authorization.codes)
        and authorization.valid_from <= on
        and (authorization.valid_to is None or on < authorization.valid_to)
    )


def _has_units(authorization: Authorization, asked: Decimal, running: Running) -> bool:
    if authorization.units_left is None:
        return True
    used = running.units_used(authorization.number, authorization.services)
    return authorization.units_left - used >= asked
