"""What a person was shown, in a few words that the page hands back: posting stops if its own plan says otherwise."""

import hashlib
from collections.abc import Iterable

from cleanclaim.apps.billing.remittances.plans import RemittancePlan, unapplied_legs
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


def seal(plan: RemittancePlan, *, payer_id: int) -> str:
    """The plan's fingerprint, its holds and its sums by account: `3f2a...; held 1; contra:contractual 30.00; ...`."""
    digest = hashlib.sha256(plan.hold.encode())
    sums = {}
    for leg in legs_of(plan, payer_id=payer_id):
        sums[leg.account] = sums.get(leg.account, ZERO) + leg.amount
        digest.update(f"{leg.account}|{leg.amount}|{leg.item_id}|{leg.reason}\n".encode())
    for place in plan.places:
        claim_id = place.claim.pk if place.claim else 0
        digest.update(f"{place.position}|{claim_id}|{place.version}|{place.plan.hold}\n".encode())
    amounts = [f"{account} {sums[account]:.2f}" for account in sorted(sums) if sums[account]]
    return _PARTS.join((digest.hexdigest()[:16], f"held {len(plan.held)}", *amounts))


def require_same(shown: str, plan: RemittancePlan, *, payer_id: int) -> None:
    """Stop where the plan is not what was shown.

    Raises:
        StateError: it is not; the message names what differs.
    """
    now = seal(plan, payer_id=payer_id)
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
