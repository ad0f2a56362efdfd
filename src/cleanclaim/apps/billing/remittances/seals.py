"""What a person was shown, in a few words that the page hands back: posting stops if its own plan says otherwise."""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal

from cleanclaim.apps.billing.remittances.plans import Place, RemittancePlan, unapplied_legs
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import BY_CODE
from cleanclaim.values.entry import Leg

_PARTS = "; "


def legs_of(plan: RemittancePlan, *, payer_id: int) -> Iterable[Leg]:
    """Every leg that the plan would write, parked cash included."""
    yield from plan.adjustment_legs
    for place in plan.places:
        if place.plan.is_held:
            yield from unapplied_legs(place.payment, payer_id=payer_id, trace=plan.trace)
        else:
            yield from place.legs


class Sealer:
    """A seal that is made part by part: of a payment of very many claims no whole plan is ever in memory."""

    def __init__(self, head: RemittancePlan, *, payer_id: int) -> None:
        self._payer_id, self._trace = payer_id, head.trace
        self._digest = hashlib.sha256()
        self.sums: dict[str, Decimal] = {}
        self.held = 0
        self._count(head.adjustment_legs)

    def add(self, places: Sequence[Place]) -> None:
        """The next claim payments, in the order in which they are posted."""
        for place in places:
            if place.plan.is_held:
                self.held += 1
                self._count(
                    unapplied_legs(place.payment, payer_id=self._payer_id, trace=self._trace)
                )
            else:
                self._count(place.legs)
            claim_id = place.claim.pk if place.claim else 0
            words = f"{place.position}|{claim_id}|{place.version}|{place.plan.hold}\n"
            self._digest.update(words.encode())

    def _count(self, legs: Iterable[Leg]) -> None:
        for leg in legs:
            self.sums[leg.account] = self.sums.get(leg.account, ZERO) + leg.amount
            words = f"{leg.account}|{leg.amount}|{leg.item_id}|{leg.reason}\n"
            self._digest.update(words.encode())

    def seal(self, hold: str) -> str:
        """The fingerprint, the holds and the sums by account: `3f2a...; held 1; contra:contractual 30.00; ...`."""
        self._digest.update(hold.encode())
        sums = self.sums
        amounts = [f"{account} {sums[account]:.2f}" for account in sorted(sums) if sums[account]]
        return _PARTS.join((self._digest.hexdigest()[:16], f"held {self.held}", *amounts))


def seal(plan: RemittancePlan, *, payer_id: int) -> str:
    """The seal of a whole plan."""
    sealer = Sealer(plan, payer_id=payer_id)
    sealer.add(plan.places)
    return sealer.seal(plan.hold)


def require_same(shown: str, plan: RemittancePlan, *, payer_id: int) -> None:
    """Stop where the plan is not what was shown.

    Raises:
        StateError: it is not; the message names what differs.
    """
    require_same_seal(shown, seal(plan, payer_id=payer_id))


def require_same_seal(shown: str, now: str) -> None:
    """As `require_same`, of a plan that is sealed already."""
    if shown != now:
        raise StateError(
            f"posting would not do what was shown: {difference(shown, now)}",
            hint="Look at what posting would do now, then post.",
        )


def difference(shown: str, now: str) -> str:
    """What differs between two seals, in words."""
    before, after = _amounts(shown), _amounts(now)
    words = [
        f"{BY_CODE[name].name if name in BY_CODE else name} {before.get(name, '0.00')} shown, {after.get(name, '0.00')} now"
        for name in sorted(before.keys() | after.keys())
        if before.get(name, "0.00") != after.get(name, "0.00")
    ]
    return ", ".join(words) or "the sums agree, the claims or lines behind them do not"


def _amounts(text: str) -> dict[str, str]:
    return {
        name: amount for name, _, amount in (one.partition(" ") for one in text.split(_PARTS)[1:])
    }
