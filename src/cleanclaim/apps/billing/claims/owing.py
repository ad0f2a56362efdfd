"""Who owes what of a claim, line by line, and how much of it may be billed to the patient now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cleanclaim.apps.billing.claims.chain import Chain, chain_of, next_coverage
from cleanclaim.apps.billing.claims.models import Claim, PayerState
from cleanclaim.apps.billing.claims.states import UNSENT, WITH_PAYER
from cleanclaim.apps.billing.claims.using_up import Uses
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.ordering import in_force
from cleanclaim.apps.billing.coverage.selectors import primary_first
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.cob import standing_answer
from cleanclaim.rules.cob.protection import Protection, binds, protection
from cleanclaim.rules.cob.responsibility import Owed, Stage, benefit_years, responsibility
from cleanclaim.rules.posting import crossed_over_to, default_policy
from cleanclaim.rules.posting.denials import denials, paid_to_patient
from cleanclaim.values import claim as values


@dataclass(frozen=True, slots=True)
class PatientPart:
    """What the patient owes of a claim now: `billable`, and what is `held` back with the reason."""

    billable: Decimal = ZERO
    held: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClaimOwed:
    """The derivation, and what of it may be billed."""

    chain: Chain
    owed: Owed
    part: PatientPart
    stages: Sequence[Stage] = ()


def claim_owed(claim: Claim) -> ClaimOwed:
    """Who owes what of the claim as things stand."""
    return owed_of(chain_of(claim))


def owed_of(chain: Chain, uses: Uses | None = None) -> ClaimOwed:
    """As `claim_owed`, where the payers and their answers are at hand; `uses` are the patient's, if at hand, too."""
    claim = chain.claim
    uses = uses or Uses(claim.patient_id)
    uses.chains.setdefault(claim.pk, chain)
    basis = _basis(chain, uses)
    share = basis.share_of_cost
    if share and basis.law is not None and basis.law.allows_share_of_cost:
        share = uses.share_left(
            claim, share, owed=lambda other, left: _basis(other, uses).owed(left).patient
        )
    owed = basis.owed(share if basis.share_of_cost else None)
    return ClaimOwed(chain, owed, _part(chain, owed), basis.stages)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the derivation stands on; `share_of_cost` is the month's whole."""

    claim: values.Claim
    stages: list[Stage]
    law: Protection | None
    share_of_cost: Decimal

    def owed(self, share_of_cost: Decimal | None) -> Owed:
        """The derivation where this is left of the share of cost."""
        return responsibility(self.claim, self.stages, law=self.law, share_of_cost=share_of_cost)


def _basis(chain: Chain, uses: Uses) -> _Basis:
    claim = chain.claim
    coverages = uses.coverages
    chain.coverages = primary_first(coverages)
    answers = uses.stages(chain)
    law = _law(claim, coverages, payers={one.payer.payer_id for one in answers})
    first = chain.value_to(chain.ranks[0])
    known = {(one.payer.payer_id, one.member_id): one for one in coverages}
    years = {year for year in benefit_years(first) if year}
    stages = []
    for answer in answers:
        payment = standing_answer(answer.payments, charge=claim.billed)
        policy = default_policy(answer.paid_on)
        denied = denials(payment, policy) if payment else frozenset()
        # A refusal that the payer leaves to the patient (PR) is the patient's part until it is worked.
        refused = frozenset(code for code in denied if code.startswith("PR-"))
        coverage = known.get((answer.payer.payer_id, answer.subscriber.person.member_id[:80]))
        benefits = (
            uses.benefits(coverage, claim, years=years, paid_on=answer.paid_on) if coverage else ()
        )
        passed_on = paid_to_patient(payment, policy) if payment else frozenset()
        stages.append(Stage(answer, benefits, denied - refused, refused, passed_on))
    share = sum((one.share_of_cost for one in coverages if _covers(claim, one)), ZERO)
    return _Basis(first, stages, law, share)


def _covers(claim: Claim, coverage: Coverage) -> bool:
    return in_force(coverage, claim.service_from)


def _law(
    claim: Claim, coverages: Collection[Coverage], *, payers: Collection[str]
) -> Protection | None:
    """The law that protects the patient on the day of service, by the coverages in force then."""
    on = claim.service_from or timezone.localdate()
    mine = [
        one
        for one in coverages
        if _covers(claim, one)
        and binds(one.program, one.filing_indicator, is_payer=one.payer.payer_id in payers, on=on)
    ]
    return protection(
        [one.program for one in mine if one.program],
        [one.filing_indicator for one in mine],
        on=on,
    )


def is_certain(chain: Chain, law: Protection) -> bool:
    """Whether no one need be asked: the program stands on a coverage by name, or a payer of it has answered the claim."""
    claim = chain.claim
    if any(
        one.subscriber.filing_indicator in law.filing and one.payments for one in chain.stages()
    ):
        return True
    rows = Coverage.objects.filter(patient_id=claim.patient_id, program=law.program)
    return any(_covers(claim, one) for one in rows)


def _part(chain: Chain, owed: Owed) -> PatientPart:
    """What may be billed of what the ledger says that the patient owes."""
    amount = chain.claim.patient_owes
    if amount <= ZERO:
        return PatientPart()
    if reason := pending(chain):
        return PatientPart(held=amount, reason=reason)
    billable = max(ZERO, min(amount, owed.patient - chain.claim.patient_paid))
    reasons = []
    if beyond := total(line.beyond for line in owed.lines):
        reasons.append(f"{show(beyond)} is more than the payer before left, and nobody owes it")
    if owed.protected and owed.law:
        reasons.append(
            f"{show(owed.protected)} may not be billed: {owed.law.words} ({owed.law.source})"
        )
    if owed.disputed:
        names = ", ".join(one.name for one in owed.payers if one.disputed)
        reasons.append(f"{show(owed.disputed)} is disputed with {names}")
    if not reasons or billable == amount:
        return PatientPart(billable=amount)
    return PatientPart(billable, amount - billable, "; ".join(reasons))


def pending(chain: Chain) -> str:
    """The payer that has not had its say yet; empty where all have."""
    claim = chain.claim
    if claim.state in (*UNSENT, *WITH_PAYER):
        crossed = chain.payers.get(chain.rank)
        sent_on = crossed is not None and crossed.state == PayerState.CROSSED
        return f"{claim.payer_name} has not answered{' (sent on to it)' if sent_on else ''}"
    if chain.ended:
        return ""
    coverage = next_coverage(chain, on=claim.service_from)
    if coverage:
        return f"{coverage.payer.name} comes next and has not been billed"
    standing = chain.standing(chain.rank)
    sent_on_to = crossed_over_to(standing.payment) if standing else ""
    if sent_on_to:
        return f"{claim.payer_name} sent it on to {sent_on_to}, which has not answered"
    return ""


def patient_parts(claims: Collection[Claim]) -> dict[int, PatientPart]:
    """{claim id: what may be billed to the patient now, and why the rest may not}; what a statement asks first."""
    uses = {one.patient_id: Uses(one.patient_id) for one in claims}
    return {
        one.pk: owed_of(uses[one.patient_id].chain(one), uses[one.patient_id]).part
        if one.patient_owes > ZERO
        else PatientPart()
        for one in claims
    }


def as_object(found: ClaimOwed) -> dict[str, Any]:
    """The derivation as JSON takes it; money as text."""
    owed, part, claim = found.owed, found.part, found.chain.claim
    return {
        "claim": claim.pk,
        "control_number": claim.control_number,
        "patient_owes": show(owed.patient),
        "billable_now": show(part.billable),
        "held": show(part.held),
        "held_because": part.reason,
        "payers": [
            {
                "name": one.name,
                "disputed": show(one.disputed),
                "denied": show(one.denied),
                "why": one.why,
            }
            for one in owed.payers
        ],
        "protected_by": owed.law.source if owed.law and owed.protected else "",
        "lines": [
            {
                "line": line.number,
                **{
                    name: show(getattr(line, name))
                    for name in (
                        "charge",
                        "paid",
                        "reduced",
                        "patient",
                        "disputed",
                        "denied",
                        "protected",
                    )
                },
                "steps": [
                    {
                        "rule": step.rule,
                        "words": step.words,
                        "amount": None if step.amount is None else show(step.amount),
                        "left": None if step.balance is None else show(step.balance),
                        "source": step.source,
                    }
                    for step in line.steps
                ],
            }
            for line in owed.lines
        ],
    }
