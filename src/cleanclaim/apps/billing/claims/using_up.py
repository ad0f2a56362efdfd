"""What a patient's claims use up together: the out-of-pocket maximum of a year, the share of cost of a month.

A payer's figure of what is left counts what it had answered until then. Every answer after it uses up a part, in the
order of the days on which claims were answered (of one day, the older claim first), so that no dollar is asked for
twice. An answer that is taken back uses up nothing: what it had used is there again for those after it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from cleanclaim.apps.billing.claims.chain import Chain, chain_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.coverage.models import BenefitLeft, Coverage
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.cob import PayerAnswer, standing_answer
from cleanclaim.rules.cob.responsibility import Benefit, cost_share

NEVER_ANSWERED = (State.DRAFT, State.HELD, State.VOID)


@dataclass
class Uses:
    """One patient's claims and what they use up; worked out once for any number of questions."""

    patient_id: int
    chains: dict[int, Chain] = field(default_factory=dict)
    _years: dict[int, list[Chain]] = field(default_factory=dict)
    _stages: dict[int, list[PayerAnswer]] = field(default_factory=dict)
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

    def benefit(self, coverage: Coverage, claim: Claim, *, paid_on: date | None) -> Benefit | None:
        """What was left of the maximum when the payer answered the claim; None where nobody said a figure.

        The last figure of the year of service that is no later than the answer counts.
        """
        if claim.service_from is None:
            return None
        year = claim.service_from.year
        figures = (
            one
            for one in self._figures
            if one.coverage_id == coverage.pk
            and one.as_of.year == year
            and one.as_of <= (paid_on or date.max)
        )
        row = next(figures, None)
        if row is None:
            return None
        room, mine = row.left, (paid_on or date.max, claim.pk)
        for day, claim_id, share in self._answered(coverage, year):
            if day >= row.as_of and (day, claim_id) < mine:
                room -= min(room, share)
        return Benefit(room, row.as_of, row.source, used=row.left - room)

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
        self._used.clear()

    def _year(self, year: int) -> list[Chain]:
        if year not in self._years:
            rows = Claim.objects.filter(patient_id=self.patient_id, service_from__year=year)
            rows = rows.exclude(state__in=NEVER_ANSWERED)
            self._years[year] = [self.chain(row) for row in rows.order_by("id")]
        return self._years[year]

    def _answered(self, coverage: Coverage, year: int) -> Iterable[tuple[date, int, Decimal]]:
        """(day, claim id, cost sharing) of what the coverage's payer has answered, in order."""
        if (coverage.pk, year) not in self._used:
            self._used[coverage.pk, year] = sorted(self._shares(coverage, year))
        return self._used[coverage.pk, year]

    def _shares(self, coverage: Coverage, year: int) -> Iterable[tuple[date, int, Decimal]]:
        for chain in self._year(year):
            for answer in self.stages(chain):
                payment = standing_answer(answer.payments, charge=chain.claim.billed)
                if payment is not None and answer.paid_on and _is_of(answer, coverage):
                    yield answer.paid_on, chain.claim.pk, cost_share(payment.all_adjustments)


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
