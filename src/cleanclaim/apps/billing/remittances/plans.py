"""What posting a remittance would do: the same plan is shown beforehand and carried out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import progress
from cleanclaim.apps.billing.remittances.confirmed_days import with_confirmed_day
from cleanclaim.apps.billing.remittances.desk_rows import DeskRows
from cleanclaim.apps.billing.remittances.known import held_above, trace_finding
from cleanclaim.apps.billing.remittances.laying import Desk, Place, fitted
from cleanclaim.apps.billing.remittances.matching import Match, candidates, match_claims
from cleanclaim.apps.billing.remittances.mirroring import with_besides
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.payer_rules import payer_rules
from cleanclaim.apps.billing.remittances.takebacks import forward_finding
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.posting import (
    PayerRule,
    PostingOutcome,
    PostingPlan,
    default_policy,
    plan_posting,
    plan_provider_adjustments,
    rules_in_force,
)
from cleanclaim.rules.posting.head import (
    before_its_charge,
    before_its_day,
    held_by_head,
    looked_at_by_head,
)
from cleanclaim.rules.posting.payer_rules import WAITING
from cleanclaim.rules.posting.status import NOT_OURS
from cleanclaim.values.accounts import REMIT_CLEARING, UNAPPLIED_CASH
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment
from cleanclaim.values.remittance import Remittance as RemittanceValue

MOST_TOLD = 5  # claims that a finding names


@dataclass(frozen=True, slots=True)
class RemittancePlan:
    """All of it. `hold` says why nothing may be posted; held places are parked as unapplied cash.

    `findings` do not stop the posting, but somebody should look. `adjustment_accounts`, `wanted_rule`: as
    `ProviderAdjustmentPlan` has accounts and pattern, the latter where it is what holds.
    """

    trace: str
    places: tuple[Place, ...]
    adjustment_legs: tuple[Leg, ...] = ()
    adjustment_notes: tuple[str, ...] = ()
    hold: str = ""
    findings: tuple[str, ...] = ()
    adjustment_accounts: tuple[str, ...] = ()
    wanted_rule: str = ""

    @property
    def held(self) -> tuple[Place, ...]:
        """The payments that need a person."""
        return tuple(place for place in self.places if place.plan.is_held)


def trace_of(row: Remittance) -> str:
    """Payer trace id and number: the dimension of the clearing legs. One that was let in after all has its own."""
    again = f" #{row.repeat + 1}" if row.repeat else ""
    return f"{row.payer_trace_id} {row.trace_number}{again}"[:80]


def plan_remittance(
    row: Remittance,
    value: RemittanceValue,
    *,
    posted_on: date,
    claims: Sequence[Claim] | None = None,
) -> RemittancePlan:
    """What posting this remittance on a day would do; reads, writes nothing.

    Args:
        claims: the candidates, where the caller holds their locks.
    """
    head = plan_head(row, value, posted_on=posted_on, difference=value.difference)
    asked = candidates(value.claims) if claims is None else claims
    matches = match_claims(value.claims, asked, payer_id=row.payer_id)
    pairs = enumerate(zip(value.claims, matches, strict=True), 1)
    matched = [(position, payment, match) for position, (payment, match) in pairs]
    known = {match.claim.id: match.claim for match in matches if match.claim}
    back = {match.claim.id for _, payment, match in matched if payment.is_reversal and match.claim}
    rows = rows_of(row, known.values(), taken_back=back)
    desk = desk_for(row, known, rows, rules=head.rules, posted_on=posted_on)
    places = plan_places(desk, matched)
    hold = head.plan.hold or stop_of(places)
    findings = head.plan.findings + findings_of(told_of(places, on=posted_on))
    return replace(head.plan, places=places, hold=hold, findings=findings)


@dataclass(frozen=True, slots=True)
class Head:
    """What holds for a remittance as a whole, and the practice's rules for its payer. The plan has no places yet."""

    plan: RemittancePlan
    rules: tuple[PayerRule, ...]


def plan_head(
    row: Remittance, head: RemittanceValue, *, posted_on: date, difference: Decimal
) -> Head:
    """The provider adjustments, and why nothing may be posted whatever the claims say.

    Args:
        difference: by how much the payment is out of balance; the head alone does not know its claims.
    """
    trace = trace_of(row)
    rules = payer_rules(row.payer_id)
    adjustments = plan_provider_adjustments(
        head.provider_adjustments,
        payer_id=row.payer_id,
        trace=trace,
        on=posted_on,
        rules=rules_in_force(rules, payer_id=row.payer_id, on=posted_on),
    )
    hold = adjustments.hold or held_above(row.pk) or _other_payee(head)
    head = with_confirmed_day(row, head, on=posted_on)
    hold = hold or held_by_head(head, on=posted_on)
    if head.paid < ZERO:  # no deposit would ever clear it
        hold = f"the payment pays less than nothing, {show(head.paid)}"
    if difference:
        hold = f"the payment is out of balance by {show(difference)}"
    findings = (
        *forward_finding(row, head.provider_adjustments),
        *trace_finding(row),
        *looked_at_by_head(head, on=posted_on),
        *before_its_day(head.paid_on, received_on=row.received_on, on=posted_on),
    )
    legs = fitted(adjustments.legs)
    wanted = adjustments.pattern if hold == adjustments.hold else ""
    plan = RemittancePlan(
        trace, (), legs, adjustments.notes, hold, findings, adjustments.accounts, wanted
    )
    return Head(plan, rules)


Matched = tuple[int, ClaimPayment, Match]  # at its position


def rows_of(row: Remittance, claims: Collection[Claim], *, taken_back: Collection[int]) -> DeskRows:
    """What a desk for these claims asks of the database, as `parts.Loaded.desk_rows` does of their rows."""
    elsewhere = {one.pk: one.patient_id for one in claims if one.payer_id != row.payer_id}
    ids = [one.pk for one in claims]
    return DeskRows.of(ids, elsewhere=elsewhere, taken_back=taken_back, row=row)


def desk_for(
    row: Remittance,
    claim_ids: Collection[int],
    rows: DeskRows,
    *,
    rules: Sequence[PayerRule],
    posted_on: date,
) -> Desk:
    """What payments on these claims are planned on: `plan_places` asks the database nothing more.

    Of a remittance that is planned in parts, all payments on one claim must be in one part.
    """
    return Desk(
        list(claim_ids),
        payer_id=row.payer_id,
        trace=trace_of(row),
        on=posted_on,
        rules=rules,
        rows=rows,
    )


def plan_places(desk: Desk, matched: Sequence[Matched]) -> tuple[Place, ...]:
    """What posting these claim payments would do, one after the other, in the order in which they are laid.

    A reversal of what an earlier payment brought is laid before what this one answers of the claim, though it may stand
    behind it: a correction counts only where its reversal does.
    """
    progress.tell_planned(len(matched))
    coming: dict[int, list[tuple[int, ClaimPayment]]] = {}
    for position, payment, match in matched:
        if match.claim is not None and payment.is_reversal:
            coming.setdefault(match.claim.id, []).append((position, payment))
    laid: dict[int, Place] = {}
    for position, payment, match in matched:
        claim = match.claim
        if claim is None:
            laid[position] = Place(position, payment, None, 0, _unmatched(payment, match.reason))
            continue
        for later, reversal in () if payment.is_reversal else coming.pop(claim.id, ()):
            if position < later and desk.takes_back_earlier(reversal, claim):
                laid[later] = desk.place(later, reversal, claim)
        if position not in laid:
            laid[position] = desk.place(position, payment, claim)
    return tuple(_told_of_besides(desk, place) for place in laid.values())


def _told_of_besides(desk: Desk, place: Place) -> Place:
    """With a finding for each further payment that still stands when all is laid, without what it was posted beside."""
    if place.besides and place.claim is not None:
        standing = desk.standing.of_claim(place.claim.id)
        left = [one for one in place.besides if any(one is other for other in standing)]
        place.plan = with_besides(place.plan, left)
    return place


def stop_of(places: Sequence[Place]) -> str:
    """Why a rule of the practice stops the whole remittance; empty where none does."""
    stopping = next((place for place in places if place.plan.stops), None)
    if stopping is None:
        return ""
    return f"claim {stopping.payment.control_number} waits by {stopping.plan.hold}"


def told_of(places: Sequence[Place], *, on: date) -> list[str]:
    """What the claims' payments say that somebody should look at; `on` is the day of the books."""
    return [
        f"claim {place.payment.control_number}: {words}"
        for place in places
        for words in (*place.plan.findings, *_before_its_charge(place, on=on))
    ]


def _before_its_charge(place: Place, *, on: date) -> tuple[str, ...]:
    if place.claim is None or not place.plan.legs:
        return ()
    return before_its_charge(place.claim.received_on, on=on)


def findings_of(told: Sequence[str]) -> tuple[str, ...]:
    """What `told_of` found, in one sentence however many they are."""
    first, more = told[:MOST_TOLD], len(told) - MOST_TOLD
    return ("; ".join([*first, f"and {more:,} more"] if more > 0 else first),) if told else ()


def _unmatched(payment: ClaimPayment, reason: str) -> PostingPlan:
    """Held for a person, but for what posts nothing anyway; a status that says more than the missing claim is told."""
    without_items = plan_posting(payment, (), default_policy())
    if without_items.outcome is PostingOutcome.MEMO or payment.status_code == NOT_OURS:
        return without_items
    return PostingPlan(PostingOutcome.HELD, hold=reason)


def _other_payee(value: RemittanceValue) -> str:
    """Why this is not our money; empty where the payee has our NPI or our taxpayer number, or names neither."""
    npi, tin = Organization.objects.values_list("npi", "tin").get(pk=current_tenant())
    pairs = ((value.payee.npi_key, npi), (value.payee.tin_key, tin))
    same = [theirs == mine for theirs, mine in pairs if theirs and mine]
    if not same or any(same):
        return ""
    return f"the payment is made to {value.payee.npi or value.payee.tin}, not to this organization"


def plan_place(
    row: Remittance,
    payment: ClaimPayment,
    claim: Claim,
    *,
    position: int,
    posted_on: date,
    is_further: bool = False,
) -> Place:
    """What posting one held payment on a claim that a person named would do: its cash is unapplied.

    A rule of the practice that has a person asked, or the remittance held, is answered by that. `is_further`: a person
    said that it is a further payment beside what its payer has answered.
    """
    desk = Desk(
        [claim.id],
        rows=rows_of(row, [claim], taken_back=[claim.id] if payment.is_reversal else ()),
        payer_id=row.payer_id,
        trace=trace_of(row),
        on=posted_on,
        rules=[one for one in payer_rules(row.payer_id) if one.action not in WAITING],
        is_named=True,
        is_further=is_further,
    )
    place = desk.place(position, payment, claim)
    legs = tuple(
        replace(leg, account=UNAPPLIED_CASH.code) if leg.account == REMIT_CLEARING.code else leg
        for leg in place.plan.legs
    )
    place.plan = replace(place.plan, legs=legs)
    return place


def unapplied_legs(payment: ClaimPayment, *, payer_id: int, trace: str) -> tuple[Leg, ...]:
    """Cash that came for a claim that is not known: kept in view, nobody's yet."""
    if not payment.paid:
        return ()
    reason = "held"
    return (
        Leg(REMIT_CLEARING.code, payment.paid, payer_id=payer_id, reason=reason, trace=trace),
        Leg(UNAPPLIED_CASH.code, -payment.paid, payer_id=payer_id, reason=reason, trace=trace),
    )
