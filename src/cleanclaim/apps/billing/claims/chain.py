"""A claim's payers in their order: which version went to whom, what each answered, who comes next."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from cleanclaim.apps.billing.charges.selectors import Line, charges_of
from cleanclaim.apps.billing.claims.answers import PostedAnswer, posted_answers
from cleanclaim.apps.billing.claims.models import Claim, ClaimPayer, ClaimVersion, PayerState
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.ordering import Order, in_force, order_of
from cleanclaim.apps.billing.coverage.selectors import coverages_of
from cleanclaim.apps.shared.parties.convert import to_payer
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.rules.cob import (
    NextCoverage,
    PayerAnswer,
    holder_of,
    standing_answer,
    standing_answers,
    told_answers,
)
from cleanclaim.rules.cob.order import last_indicators, program_place
from cleanclaim.rules.cob.protection import indicators
from cleanclaim.rules.posting import crossed_over_to, next_payer_parts
from cleanclaim.values import claim as values
from cleanclaim.values.codec import from_json
from cleanclaim.values.remittance import ClaimPayment

ORDERS = "PSTABCDEFGH"
LAST_BUCKET = 3


def bucket_of(rank: int) -> str:
    """The bucket of the payer at this place in the order; the third holds all that follow."""
    return f"payer:{min(rank, LAST_BUCKET)}"


def rank_of(payer_order: str) -> int:
    """1 for P, 2 for S ...; what is unknown counts as first."""
    return max(ORDERS.find(payer_order), 0) + 1


@dataclass
class Chain:
    """One claim with its payers so far. `payers` are the rows that stand, by rank."""

    claim: Claim
    payers: dict[int, ClaimPayer]
    charges: list[Line]
    answers: list[PostedAnswer]
    orders: dict[date, Order] = field(default_factory=dict)  # by day of service, as asked
    versions: dict[int, values.Claim] = field(default_factory=dict)  # by number, as asked

    @cached_property
    def rank(self) -> int:
        """The place of the payer whose turn it is."""
        return max((r for r in self.payers if not self.ends_at(r)), default=self.first_rank)

    @cached_property
    def first_rank(self) -> int:
        """The place of the payer that the claim went to first."""
        if self.payers:
            return min(self.payers)
        return rank_of(self.claim.payer_order)

    @cached_property
    def coverages(self) -> list[Coverage]:
        """The patient's coverages with their payers, primary first."""
        return coverages_of(self.claim.patient_id)

    @property
    def first_payer(self) -> int:
        """The directory's row of the payer that the claim went to first."""
        first = self.payers.get(self.first_rank)
        return first.payer_id if first else self.claim.payer_id

    @property
    def ended(self) -> ClaimPayer | None:
        """The row with which a person said that nobody comes after this payer."""
        return next((one for one in self.payers.values() if one.state == PayerState.NONE), None)

    def ends_at(self, rank: int) -> bool:
        """Whether the row at this place says that nobody comes."""
        return self.payers[rank].state == PayerState.NONE

    def rank_of_version(self, version: int) -> int:
        """To which payer a version went: its charges' bucket tells, from the third on the rows do."""
        bucket = next((c.bucket for c in self.charges if _carries(c, version)), "")
        rank = int(bucket[-1]) if bucket else self.first_rank
        if rank < LAST_BUCKET:
            return rank
        return max(
            (
                number
                for number, one in self.payers.items()
                if number >= LAST_BUCKET
                and one.first_version <= version
                and not self.ends_at(number)
            ),
            default=max(rank, self.first_rank),  # a payer from which it was taken back
        )

    def answers_at(self, rank: int) -> list[PostedAnswer]:
        """What the payer at this place answered, oldest first."""
        return [one for one in self.answers if self.rank_of_version(one.version) == rank]

    def standing(self, rank: int) -> PostedAnswer | None:
        """The answer of the payer at this place that stands."""
        answers = self.answers_at(rank)
        payments = [one.payment for one in answers]
        charge = self.claim.billed if len(payments) > 1 else None
        payment = standing_answer(payments, charge=charge)
        if payment is None:
            return None
        known = standing_answers(payments)
        parts = [one for one in answers if any(one.payment is part for part in known)]
        if payment is parts[-1].payment:
            return parts[-1]
        denied = sum((one.denied for one in parts), Decimal(0))
        return replace(parts[-1], payment=payment, denied=denied)

    def version_to(self, rank: int) -> int:
        """The last version that went to the payer at this place."""
        return max(
            version
            for version in range(1, self.claim.version + 1)
            if self.rank_of_version(version) == rank
        )

    def value_to(self, rank: int) -> values.Claim:
        """The claim as the payer at this place has it."""
        number = self.version_to(rank)
        if number not in self.versions:
            body = ClaimVersion.objects.values_list("body", flat=True).get(
                claim=self.claim, number=number
            )
            self.versions[number] = from_json(body, values.Claim)
        return self.versions[number]

    @cached_property
    def ranks(self) -> list[int]:
        """The places of the payers that it went to, in order."""
        billed = [rank for rank in sorted(self.payers) if not self.ends_at(rank)]
        return billed or [self.first_rank]

    def stages(self) -> list[PayerAnswer]:
        """What each payer up to the current one answered, in order; those told on the claim itself first."""
        found: list[PayerAnswer] = []
        for place, rank in enumerate(self.ranks):
            value = self.value_to(rank)
            if place == 0:
                found.extend(told_answers(value))
            standing = self.standing(rank)
            payments: tuple[ClaimPayment, ...] = tuple(one.payment for one in self.answers_at(rank))
            paid_on = standing.paid_on if standing else None
            found.append(PayerAnswer(value.payer, holder_of(value), payments, paid_on))
        return found


def _carries(charge: Line, version: int) -> bool:
    return charge.first_version <= version and (
        charge.last_version is None or version <= charge.last_version
    )


def chain_of(claim: Claim, charges: list[Line] | None = None) -> Chain:
    """The claim's payers and what they answered; `charges` are the claim's, where they are at hand."""
    rows = ClaimPayer.objects.filter(claim=claim).exclude(state=PayerState.WITHDRAWN)
    return Chain(
        claim,
        {one.rank: one for one in rows.order_by("rank")},
        charges_of([claim.pk])[claim.pk] if charges is None else charges,
        posted_answers(claim.pk),
    )


def may_go_on(claim_ids: Collection[int]) -> list[int]:
    """Of these claims, those for which more than the one payer's answer matters: most have none of it.

    They went on to a further payer, or the patient has a coverage behind the first, a program that protects
    them, a program that pays after all others, or a benefit that is known; or a payer that protects them by what it is
    has left them something, or had.
    """
    ids = sorted(set(claim_ids))
    went_on = set(
        ClaimPayer.objects.filter(is_one_of("claim_id", ids)).values_list("claim_id", flat=True)
    )
    claims = Claim.objects.filter(is_one_of("id", ids))
    rows = claims.values_list("id", "patient_id", "payer_id")
    found = {claim_id: (patient_id, payer_id) for claim_id, patient_id, payer_id in rows}
    patients = {claim_id: patient_id for claim_id, (patient_id, _) in found.items()}
    matters = Q(payer_order__in=list(ORDERS[1:])) | ~Q(program="") | Q(benefits_left__isnull=False)
    mine = Coverage.objects.filter(is_one_of("patient_id", sorted(set(patients.values()))))
    behind = set(mine.filter(matters).values_list("patient_id", flat=True))
    last = _pays_last_for(set(patients.values()))
    waiting = {
        claim_id
        for claim_id, (patient_id, payer_id) in found.items()
        if patient_id in behind or last.get(patient_id, set()) - {payer_id}
    }
    left = claims.exclude(patient_owes=0, other=0).values_list("id", "patient_id")
    protected = _protected_patients({patient_id for _, patient_id in left})
    waiting |= {claim_id for claim_id, patient_id in left if patient_id in protected}
    return sorted(went_on | waiting)


def _protected_patients(patient_ids: Collection[int]) -> set[int]:
    """Of these patients, those with a payer that protects them from bills by what it is."""
    rows = Coverage.objects.filter(is_one_of("patient_id", sorted(patient_ids)))
    rows = rows.filter(filing_indicator__in=sorted(indicators()))
    return set(rows.values_list("patient_id", flat=True))


def _pays_last_for(patient_ids: Collection[int]) -> dict[int, set[int]]:
    """{patient id: payers of theirs that pay after all others, whatever order was typed}."""
    rows = Coverage.objects.filter(is_one_of("patient_id", sorted(patient_ids)))
    last = rows.filter(filing_indicator__in=last_indicators())
    found: dict[int, set[int]] = defaultdict(set)
    for patient_id, payer_id in last.values_list("patient_id", "payer_id"):
        found[patient_id].add(payer_id)
    return found


def next_coverage(chain: Chain, *, on: date | None) -> Coverage | None:
    """The patient's coverage behind the current payer, in force on the day of service; None where there is none."""
    return next(iter(_coming(chain, on=on)), None)


def later_coverages(
    chain: Chain, coverage: Coverage, *, on: date | None
) -> list[values.OtherCoverage]:
    """The coverages behind the next one, as the claim to it names them."""
    return [
        values.OtherCoverage(
            replace(from_json(one.subscriber, values.Subscriber), relationship=one.relationship),
            to_payer(one.payer),
            benefits_assigned="Y",
            release_of_information="Y",
        )
        for one in _coming(chain, on=on)
        if one.pk != coverage.pk
    ]


def _coming(chain: Chain, *, on: date | None) -> list[Coverage]:
    """The coverages that have not had the claim, in the order in which they pay: by rule or as a person
    said, else as entered, but Medicaid last."""
    gone = {one.coverage_id for one in chain.payers.values()}
    first = chain.payers.get(chain.first_rank)
    payer_id = chain.first_payer
    member_id = (
        chain.value_to(chain.first_rank).subscriber.person.member_id
        if first
        else chain.claim.member_id
    )
    rows = chain.coverages
    found = [
        one
        for one in rows
        if one.subscriber
        and one.payer_order != "U"
        and (rank_of(one.payer_order) > chain.first_rank or _is_last(chain, one, rows, on=on))
        and one.pk not in gone
        and (one.payer_id, one.member_id) != (payer_id, member_id)
        and in_force(one, on)
    ]
    found.sort(key=lambda one: program_place(one.filing_indicator, on=on or one.recorded_at.date()))
    if on is None or not found:
        return found
    places = {one.pk: place for place, one in enumerate(payer_order(chain, on=on).coverages)}
    return sorted(found, key=lambda one: places.get(one.pk, 0)) if places else found


def _is_last(
    chain: Chain, coverage: Coverage, rows: Iterable[Coverage], *, on: date | None
) -> bool:
    """Whether it pays after the first payer by what it is, whatever order was typed."""
    day = on or coverage.recorded_at.date()
    place = program_place(coverage.filing_indicator, on=day)
    if place < 1 or coverage.payer_id == chain.first_payer:
        return False
    first = [one for one in rows if one.payer_id == chain.first_payer]
    return all(program_place(one.filing_indicator, on=day) < place for one in first)


def payer_order(chain: Chain, *, on: date) -> Order:
    """The patient's payers by rule or as a person said; without coverages where neither made an order."""
    if on not in chain.orders:
        found = order_of(chain.claim.patient_id, on=on)
        chain.orders[on] = found if found.is_decided else Order(on, (), found.ranking)
    return chain.orders[on]


def comes_before(chain: Chain, coverage: Coverage, *, on: date | None) -> str:
    """Why a coverage that has not had the claim should have had it before its first payer; empty where it should not."""
    if on is None:
        return ""
    found = payer_order(chain, on=on)
    first = next((one for one in found.coverages if one.payer_id == chain.first_payer), None)
    if first is None or coverage not in found.coverages:
        return _pays_last(chain, coverage, on=on)
    if found.coverages.index(coverage) > found.coverages.index(first):
        return ""
    if found.override is None and coverage.pk in found.for_injuries:
        return ""  # nobody said that the claim is about its injury
    ranked = found.why(coverage)
    why = f": {ranked.words}" if ranked and ranked.words and found.override is None else ""
    return f"{coverage.payer.name} comes before {first.payer.name} by the order of payers{why}"


def _pays_last(chain: Chain, coverage: Coverage, *, on: date) -> str:
    """As `comes_before`, where the order is not decided: Medicaid and TRICARE come after others whatever is asked."""
    rows = chain.coverages
    first = next(
        (one for one in rows if one.payer_id == chain.first_payer and in_force(one, on)), None
    )
    if first is None:
        return ""
    place = program_place(coverage.filing_indicator, on=on)
    if not 0 <= place < program_place(first.filing_indicator, on=on):
        return ""
    return f"{coverage.payer.name} comes before {first.payer.name}, which pays after other payers"


def sent_on_to_another(
    chain: Chain, coverage: Coverage, payment: ClaimPayment, *, on: date | None
) -> str:
    """That a payer sent its answer on to a payer behind the next one; empty where it did not.

    Most often the name and number that it tells (NM1*TT) are not those under which we know the same payer, so only
    one that is another of the patient's for sure counts.
    """
    if not crossed_over_to(payment):
        return ""
    told = {one.casefold() for one in next_payer_parts(payment)}

    def is_told(one: Coverage) -> bool:
        return bool(told & {one.payer.name.casefold(), one.payer.payer_id.casefold()})

    other = next((one for one in _coming(chain, on=on) if is_told(one)), coverage)
    if not told or other.pk == coverage.pk or is_told(coverage):
        return ""
    return (
        f"{chain.claim.payer_name} sent it on to {other.payer.name}, but {coverage.payer.name} comes before it: "
        "say the order of the payers"
    )


def as_next(coverage: Coverage) -> NextCoverage:
    """The coverage as the rules take it."""
    subscriber = from_json(coverage.subscriber, values.Subscriber)
    return NextCoverage(to_payer(coverage.payer), subscriber, coverage.relationship or "18")
