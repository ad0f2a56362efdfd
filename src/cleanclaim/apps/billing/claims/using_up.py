"""What a patient's claims use up together: the out-of-pocket maximums of a year, the share of cost of a month.

The family's maximum is used up by the claims of all whose coverage has the same payer and member id.

A payer's figure of what is left counts what it had answered until then. Every answer after it uses up a part, in the
order of the days on which claims were answered (of one day, the older claim first), so that no dollar is asked for
twice. An answer that is taken back uses up nothing: what it had used is there again for those after it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.claims.chain import Chain, chain_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.coverage.models import BenefitLeft, Coverage
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.cob import PayerAnswer, standing_answer
from cleanclaim.rules.cob.responsibility import Benefit, cost_share
from cleanclaim.values.remittance import ClaimPayment

NEVER_ANSWERED = (State.DRAFT, State.HELD, State.VOID)


@dataclass
class Uses:
    """One patient's claims and what they use up; worked out once for any number of questions."""

    patient_id: int
    chains: dict[int, Chain] = field(default_factory=dict)
    _years: dict[int, list[Chain]] = field(default_factory=dict)
    _stages: dict[int, list[PayerAnswer]] = field(default_factory=dict)
    _kins: dict[int, list[tuple["Uses", Coverage]]] = field(default_factory=dict)
    _used: dict[tuple[int, int], list[tuple[date, int, Decimal]]] = field(default_factory=dict)

    @cached_property
    def coverages(self) -> list[Coverage]:
        """The patient's coverages with their payers."""
        rows = Coverage.objects.filter(patient_id=self.patient_id).select_related("payer")
        return list(rows.order_by("id"))

    @cached_property
    def _figures(self) -> list[BenefitLeft]:
        """What payers said is left, the latest first."""
        rows = BenefitLeft.objects.filter(coverage__patient_id=self.patient_id)
        return list(rows.order_by("-as_of", "-id"))

    def benefits(
        self, coverage: Coverage, claim: Claim, *, years: Iterable[int], paid_on: date | None
    ) -> tuple[Benefit, ...]:
        """What was left of the maximums of these years of service when the payer answered the claim, as far as told.

        Of a year, the last figure that is no later than the answer counts.
        """
        found = []
        for year in sorted(set(years)):
            for is_family in (False, True):
                figures = (
                    one
                    for one in self._figures
                    if one.coverage_id == coverage.pk
                    and one.is_family == is_family
                    and one.as_of.year == year
                    and one.as_of <= (paid_on or date.max)
                )
                row = next(figures, None)
                if row is not None:
                    found.append(self._left_of(row, coverage, claim, year, paid_on or date.max))
        return tuple(found)

    def _left_of(
        self, row: BenefitLeft, coverage: Coverage, claim: Claim, year: int, paid_on: date
    ) -> Benefit:
        room = row.left
        answered = list(self._answered(coverage, year))
        for kin, theirs in self._kin(coverage) if row.is_family else ():
            answered += kin._answered(theirs, year)
        for day, claim_id, share in sorted(answered):
            if day >= row.as_of and (day, claim_id) < (paid_on, claim.pk):
                room -= min(room, share)
        used = row.left - room
        return Benefit(room, row.as_of, row.source, used=used, is_family=row.is_family)

    def _kin(self, coverage: Coverage) -> list[tuple["Uses", Coverage]]:
        """The others of the family, each with their coverage."""
        if coverage.pk not in self._kins:
            rows = kin_of([coverage]).exclude(patient_id=self.patient_id).order_by("id")
            self._kins[coverage.pk] = [(Uses(row.patient_id), row) for row in rows]
        return self._kins[coverage.pk]

    def share_left(
        self, claim: Claim, share: Decimal, *, owed: Callable[[Chain, Decimal], Decimal]
    ) -> Decimal:
        """What is left of the share of cost of the claim's month; `owed` tells what a claim asks the patient for."""
        if claim.service_from is None or not share:
            return share
        mine = (_answered_on(self.chain(claim)) or date.max, claim.pk)
        before = [
            (day, chain.claim.pk, chain)
            for chain in self._year(claim.service_from.year)
            if _month(chain.claim) == _month(claim)
            and (day := _answered_on(chain))
            and (day, chain.claim.pk) < mine
        ]
        for _, _, chain in sorted(before, key=lambda one: one[:2]):
            share -= min(share, max(ZERO, owed(chain, share)))
        return share

    def chain(self, claim: Claim) -> Chain:
        """The claim's payers and answers."""
        if claim.pk not in self.chains:
            self.chains[claim.pk] = chain_of(claim)
        return self.chains[claim.pk]

    def stages(self, chain: Chain) -> list[PayerAnswer]:
        """What each payer of the claim answered."""
        claim_id = chain.claim.pk
        if claim_id not in self._stages:
            self._stages[claim_id] = chain.stages()
        return self._stages[claim_id]

    def forget(self, claim_id: int) -> None:
        """The claim was written to: read it anew when it is asked for again."""
        self.chains.pop(claim_id, None)
        self._stages.pop(claim_id, None)
        self._years.clear()
        self._kins.clear()
        self._used.clear()

    def _year(self, year: int) -> list[Chain]:
        if year not in self._years:
            self._years[year] = self._chains(service_from__year=year)
        return self._years[year]

    def _december(self, year: int) -> list[Chain]:
        """Claims that begin in the last month of the year: some lines may be of the next."""
        if year in self._years:
            return [one for one in self._years[year] if _month(one.claim) == 12]
        if -year not in self._years:
            self._years[-year] = self._chains(service_from__year=year, service_from__month=12)
        return self._years[-year]

    def _chains(self, **of: int) -> list[Chain]:
        rows = Claim.objects.filter(patient_id=self.patient_id, **of)
        rows = rows.exclude(state__in=NEVER_ANSWERED)
        return [self.chain(row) for row in rows.order_by("id")]

    def _answered(self, coverage: Coverage, year: int) -> Iterable[tuple[date, int, Decimal]]:
        """(day, claim id, cost sharing) of what the coverage's payer has answered, in order."""
        if (coverage.pk, year) not in self._used:
            self._used[coverage.pk, year] = sorted(self._shares(coverage, year))
        return self._used[coverage.pk, year]

    def _shares(self, coverage: Coverage, year: int) -> Iterable[tuple[date, int, Decimal]]:
        for chain in (*self._december(year - 1), *self._year(year)):
            for answer in self.stages(chain):
                payment = standing_answer(answer.payments, charge=chain.claim.billed)
                if payment is not None and answer.paid_on and _is_of(answer, coverage):
                    share = _share_of_year(chain.claim, payment, year)
                    yield answer.paid_on, chain.claim.pk, share


def kin_of(coverages: Iterable[Coverage]) -> QuerySet[Coverage]:
    """The coverages with the payer and member id of one of these: the family's, these among them."""
    same = Q(pk__in=[])
    for payer_id, member_id in {(one.payer_id, one.member_id) for one in coverages}:
        if member_id:
            same |= Q(payer_id=payer_id, member_id=member_id)
    return Coverage.objects.filter(same)


def _share_of_year(claim: Claim, payment: ClaimPayment, year: int) -> Decimal:
    """The cost sharing of the lines of this year; what has no day of its own is of the claim's first."""
    first = claim.service_from.year if claim.service_from else year
    own = {line.service_from.year for line in payment.lines if line.service_from}
    if own <= {first}:
        return cost_share(payment.all_adjustments) if first == year else ZERO
    at_claim = cost_share(payment.adjustments) if first == year else ZERO
    lines = (
        line
        for line in payment.lines
        if (line.service_from.year if line.service_from else first) == year
    )
    return at_claim + cost_share(a for line in lines for a in line.adjustments)


class UsesOf(dict[int, Uses]):
    """{patient id: what that patient's claims use up}, read when first asked for."""

    def __missing__(self, patient_id: int) -> Uses:
        return self.setdefault(patient_id, Uses(patient_id))


def _month(claim: Claim) -> int:
    return claim.service_from.month if claim.service_from else 0


def _is_of(answer: PayerAnswer, coverage: Coverage) -> bool:
    known = (answer.payer.payer_id, answer.subscriber.person.member_id[:80])
    return known == (coverage.payer.payer_id, coverage.member_id)


def _answered_on(chain: Chain) -> date | None:
    standing = chain.standing(chain.rank)
    return standing.paid_on if standing else None
