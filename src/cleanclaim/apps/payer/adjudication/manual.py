"""Decisions that a person takes, in the same form as those of the rules."""

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.adjudication import Context
from cleanclaim.rules.adjudication.finish import finish
from cleanclaim.rules.adjudication.line import LineWork
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.rules.adjudication.verdict import deny
from cleanclaim.rules.benefits import Tally
from cleanclaim.rules.cob import prior_shares
from cleanclaim.values.adjustment import Group
from cleanclaim.values.claim import Claim
from cleanclaim.values.decision import Decision

# These say only that something is wrong; the remark code says what (X12 code list notes).
NEEDS_REMARK = frozenset(("16", "96"))


def deny_all_lines(
    claim: Claim,
    context: Context,
    *,
    group: str,
    reason: str,
    words: str,
    remark_codes: tuple[str, ...] = (),
) -> Decision:
    """The decision that denies every line for one reason, earlier payers' part kept as OA-23.

    Raises:
        InputError: the reason is empty, needs a remark code, or the group is unknown.
    """
    if group not in ("CO", "OA", "PI", "PR"):
        raise InputError(f"adjustment group {group!r}: expected CO, OA, PI or PR")
    if not reason or (reason in NEEDS_REMARK and not remark_codes):
        raise InputError(
            f"reason {reason or 'empty'}: expected a CARC, and with 16 or 96 a remark code"
        )
    verdict = deny(
        "examiner.denial", words, reason=reason, group=Group(group), remarks=remark_codes
    )
    shares = prior_shares(claim)
    works = []
    for place, line in enumerate(claim.lines):
        work = LineWork(line, shares[place] if shares else None)
        work.deny(verdict)
        works.append(work)
    return finish(works, claim, context, Running(Tally.of(context.used)), [verdict.step], [])
