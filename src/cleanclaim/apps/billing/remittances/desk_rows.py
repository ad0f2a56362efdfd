"""What a desk asks of the database of the claims that one payment answers."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cleanclaim.apps.billing.charges.selectors import Line, charge_rows
from cleanclaim.apps.billing.claims.answering import KnownPayers
from cleanclaim.apps.billing.remittances.again import awaited
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.standing import Standing
from cleanclaim.apps.shared.ledger.selectors import Responsible, balances_by_claim, bucket_history
from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.values.accounts import SMALL_BALANCE


@dataclass(frozen=True, slots=True)
class DeskRows:
    """What a desk asks of the database, as it is there: a desk is made of it where the database does not wait."""

    charges: list[tuple[Any, ...]]
    balances: list[tuple[int, int, str, Decimal]]
    standing: Standing
    payers: KnownPayers
    awaited: dict[int, str] = field(default_factory=dict)  # as `again.awaited` tells it
    # Of the claims with reversals: where their items have sat, and what rules have written off of them as small.
    buckets: dict[int, list[Responsible]] = field(default_factory=dict)
    written_off: dict[int, Decimal] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        claim_ids: Sequence[int],
        *,
        elsewhere: Mapping[int, int],
        taken_back: Collection[int],
        row: Remittance,
    ) -> "DeskRows":
        """Of these claims, now.

        Args:
            elsewhere: {claim id: patient} of those that are with another payer than the one that answers.
            taken_back: those that the payment has reversals of.
            row: the payment.
        """
        if not claim_ids:
            return cls([], [], Standing(claim_ids), KnownPayers())
        payer_id = row.payer_id
        charges = charge_rows(claim_ids)
        went_on = {one for one, count in Counter(_buckets(charges)).items() if count > 1}
        payers = KnownPayers.of(
            went_on | elsewhere.keys(), patient_ids=set(elsewhere.values()), payer_id=payer_id
        )
        standing = Standing(claim_ids)
        answered = [one for one in claim_ids if standing.of_claim(one)]
        found = cls(charges, balances_by_claim(claim_ids), standing, payers, awaited(row, answered))
        if back := sorted(taken_back):
            standing.read_legs(back)
            found.buckets.update(bucket_history(_items(charges, set(back))))
            found.written_off.update(_small_of(back))
        return found


def _items(rows: Iterable[tuple[Any, ...]], claim_ids: Collection[int]) -> list[int]:
    """The items of these claims."""
    claim, item = Line._fields.index("claim_id"), Line._fields.index("item_id")
    return sorted({row[item] for row in rows if row[claim] in claim_ids} - {0})


def _small_of(claim_ids: Sequence[int]) -> dict[int, Decimal]:
    """{item id: what posting rules have written off of it as a small difference}."""
    found = sum_legs(
        ("item_id",),
        where="leg.claim_id = ANY(%s) AND leg.account = %s AND leg.reason ~ %s",
        parameters=[list(claim_ids), SMALL_BALANCE.code, "^(rule [0-9]+|difference)$"],
    )
    return dict(found)


def _buckets(rows: Iterable[tuple[Any, ...]]) -> list[int]:
    """The claim of each of its buckets."""
    claim, bucket = Line._fields.index("claim_id"), Line._fields.index("bucket")
    return [claim_id for claim_id, _ in {(row[claim], row[bucket]) for row in rows}]
