"""What posting a remittance would show: the comparison before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.services import simulate_posting
from cleanclaim.apps.billing.variances.answers import posted_sums
from cleanclaim.apps.billing.variances.comparing import Compared, compare, expectations
from cleanclaim.apps.billing.variances.fees import fees_of_legs
from cleanclaim.apps.billing.variances.missing import covered_by
from cleanclaim.apps.billing.variances.models import Variance
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import total
from cleanclaim.rules.variance import Answer, answer_of, says_of_first, with_legs


@dataclass(frozen=True, slots=True)
class Preview:
    """Every line and fee that a remittance brings or should bring. `hold`: why nothing of it can be posted."""

    rows: tuple[Compared, ...]
    hold: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """{kind: how many}."""
        return dict(Counter(one.verdict.kind.value for one in self.rows))

    @property
    def promised(self) -> Decimal:
        """The sum of what was promised."""
        return total(one.verdict.promised for one in self.rows)

    @property
    def received(self) -> Decimal:
        """The sum of what comes, less fees."""
        return total(one.verdict.received for one in self.rows)


def preview(remittance_id: int, *, on: date) -> Preview:
    """The comparison that posting on the day would give; writes nothing.

    Raises:
        StateError: it is posted: the comparison stands.
    """
    row = Remittance.objects.defer("body").get(pk=remittance_id)
    if row.state == State.POSTED:
        raise StateError(f"remittance {row.pk} is posted", hint="Look at its variances.")
    plan = simulate_posting(remittance_id, posted_on=on)
    answered = {
        place.claim.pk: place
        for place in plan.places
        if place.claim
        and not place.plan.is_held
        and not place.payment.is_reversal
        and says_of_first(place.legs)
    }
    sums = posted_sums(sorted(answered)) if answered else {}
    legs = [
        leg
        for place in plan.places
        if not place.plan.is_held and says_of_first(place.legs)
        for leg in place.legs
    ]
    after = with_legs(sums, legs)
    found = expectations(sorted(answered))
    missing = expectations(covered_by(sorted(answered)))
    answers: dict[int, Answer | None] = {
        one.line.item_id: answer_of(after.get(one.line.item_id, {})) for one in found
    }
    answers |= dict.fromkeys(one.line.item_id for one in missing)
    fees = fees_of_legs(row, plan.adjustment_legs)
    return Preview((*compare([*found, *missing], answers, on=on), *fees), plan.hold)


def kept(remittance_id: int) -> Sequence[Variance]:
    """The comparisons that stand for a posted remittance, by line."""
    return list(Variance.objects.filter(remittance_id=remittance_id).order_by("control_number"))
