"""Recommend patients' balances as bad debt, with what was done to collect them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from cleanclaim.apps.billing.adjustments.models import Adjustment
from cleanclaim.apps.billing.adjustments.services.requesting import (
    Move,
    Request,
    request_adjustment,
)
from cleanclaim.apps.shared.ledger.selectors import responsible_buckets
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.words import counted
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.accounts import BY_CODE

POLICY = Path(__file__).parents[1] / "parameters" / "bad_debt.yaml"


@transaction.atomic
def recommend_bad_debt(
    moves: Sequence[Move], *, letters: int, calls: int, note: str, on: date, by: int
) -> Adjustment:
    """Ask a second person to write these balances off as bad debt; the evidence is kept with it.

    Raises:
        StateError: the policy asks for more days, letters or calls first, or the account is with legal.
    """
    policy = parameter(POLICY).value(on=on)
    places = responsible_buckets([move.item_id for move in moves])
    for move in moves:
        place = places.get(move.item_id)
        if place and move.account in BY_CODE and place.bucket != BY_CODE[move.account].bucket:
            raise StateError(
                f"item {move.item_id}: {place.bucket} is responsible for it since {place.since}, expected "
                f"{BY_CODE[move.account].bucket} for the policy's days",
                hint="Settle the other part first: its days are not days of collecting.",
            )
    days = min(((on - place.since).days for place in places.values()), default=0)
    done = {"days": days, "letters": letters, "calls": calls}
    short = [
        f"{counted(done[name], name[:-1])} of {policy[name]}"
        for name in ("days", "letters", "calls")
        if done[name] < policy[name]
    ]
    if short:
        raise StateError(f"bad debt: {', '.join(short)}", hint="Do what the policy asks for first.")
    asked = Request("bad_debt", tuple(moves), note, evidence=dict(done))
    return request_adjustment(asked, on=on, by=by)
