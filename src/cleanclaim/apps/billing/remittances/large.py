"""What posting a payment of very many claims would do, told by its sums: planned part by part, never whole in memory."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from cleanclaim.apps.billing.remittances import parts
from cleanclaim.apps.billing.remittances.bodies import difference_of, head_of
from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import (
    desk_for,
    findings_of,
    plan_head,
    plan_places,
    stop_of,
    told_of,
)
from cleanclaim.apps.billing.remittances.seals import Sealer

MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The sums by account, why claims are held and how many for each reason, and the seal."""

    seal: str
    hold: str
    held: int
    sums: tuple[tuple[str, Decimal], ...]
    reasons: tuple[tuple[str, int], ...]
    findings: tuple[str, ...]

    def as_json(self) -> str:
        """For the row of the run."""
        return json.dumps(
            {
                "seal": self.seal,
                "hold": self.hold,
                "held": self.held,
                "sums": [[account, str(amount)] for account, amount in self.sums],
                "reasons": self.reasons,
                "findings": self.findings,
            }
        )


def found_from_json(text: str) -> Found:
    """What `Found.as_json` wrote."""
    raw = json.loads(text)
    return Found(
        raw["seal"],
        raw["hold"],
        raw["held"],
        tuple((account, Decimal(amount)) for account, amount in raw["sums"]),
        tuple((reason, count) for reason, count in raw["reasons"]),
        tuple(raw["findings"]),
    )


class Around(Protocol):
    """What each part is planned in: a transaction of its own, or the caller's."""

    def __call__(self) -> AbstractContextManager[None]:
        """Enter it."""


def look_through(
    remittance_id: int, *, posted_on: date, around: Around = transaction.atomic
) -> Found:
    """What posting would do on the ledger as it stands; writes nothing.

    The payments come in the order in which they are posted, so that the seal of what was shown is the seal of what
    would be done.
    """
    with around():
        row = Remittance.objects.get(pk=remittance_id)
        head = head_of(row)
        found = plan_head(row, head, posted_on=posted_on, difference=difference_of(row, head))
        pieces = parts.parts_of(row)
    sealer = Sealer(found.plan, payer_id=row.payer_id)
    reasons: dict[str, int] = {}
    hold = found.plan.hold
    told: list[str] = []
    for piece in pieces:
        with around():
            loaded = piece.load(row)
            rows = loaded.desk_rows(row)
            desk = desk_for(row, loaded.claim_ids, rows, rules=found.rules, posted_on=posted_on)
            places = plan_places(desk, loaded.matched())
        hold = hold or stop_of(places)
        told += told_of(places, on=posted_on)
        sealer.add(places)
        for reason in _held(places):
            reasons[reason] = reasons.get(reason, 0) + 1
    most = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_REASONS]
    return Found(
        sealer.seal(hold),
        hold,
        sealer.held,
        tuple(sorted((account, amount) for account, amount in sealer.sums.items() if amount)),
        tuple(most),
        found.plan.findings + findings_of(told),
    )


def _held(places: tuple[Place, ...]) -> Iterator[str]:
    return (place.plan.hold for place in places if place.plan.is_held)
