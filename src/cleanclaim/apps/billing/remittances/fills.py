"""Which claim bills the fill that a drug's payment names: by prescription, fill number, fill day and NDC.

A pharmacy has a claim for each fill, and payers name it in their own ways: the prescription alone, with its fill, with
leading zeros. Where several fills fit, nothing is chosen.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from cleanclaim.rules.posting import Fill, ToldFill, told_fill
from cleanclaim.values.remittance import ClaimPayment

_BY_PRESCRIPTION = """
SELECT claim_id, prescription_number, fill_number, ndc, service_from FROM charges_charge
 WHERE last_version IS NULL AND prescription_number <> ''
   AND (prescription_number = ANY(%s::text[]) OR claim_id = ANY(%s::bigint[]))
 ORDER BY claim_id, line_number
"""
Told = tuple[ToldFill, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """The fills of some claims, and what each drug's payment, by its place, says of its own."""

    told: Mapping[int, Told]
    fills: Mapping[int, tuple[Fill, ...]]

    def fitting(self, place: int) -> list[int]:
        """The claims that have a fill for each of the payment's lines that names a prescription."""
        told = [one for one in self.told.get(place, ()) if one.numbers]
        if not told:
            return []
        return [
            claim_id
            for claim_id, fills in self.fills.items()
            if all(any(one.names(fill) and one.fits(fill) for fill in fills) for one in told)
        ]

    def is_another(self, place: int, claim_id: int) -> bool:
        """Whether the payment names a fill, and the claim bills the same prescription's but not that one."""
        fills = self.fills.get(claim_id, ())
        return any(
            one.says_fill
            and any(number == fill.prescription for number, _ in one.numbers for fill in fills)
            and not any(one.names(fill) for fill in fills)
            for one in self.told.get(place, ())
        )

    def words(self, claim_ids: Iterable[int]) -> str:
        """Such as `prescription 7001234: fill 1 and fill 2`."""
        fills = [self.fills[claim_id][0] for claim_id in claim_ids]
        return f"prescription {fills[0].prescription}: {' and '.join(one.words for one in fills)}"


def told_fills(payment: ClaimPayment) -> Told:
    """What its drugs' lines say; nothing for a payment of other services."""
    found = (told_fill(line, payment) for line in payment.lines)
    return tuple(one for one in found if one is not None)


def filled(payments: Sequence[ClaimPayment], claim_ids: Collection[int] = ()) -> Filled:
    """The fills that the payments name, and those of these claims, where any payment is a drug's."""
    told = {place: found for place, one in enumerate(payments) if (found := told_fills(one))}
    if not told:
        return Filled({}, {})
    numbers = {number for some in told.values() for one in some for number, _ in one.numbers}
    fills: dict[int, tuple[Fill, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_PRESCRIPTION, [sorted(numbers - {""}), sorted(claim_ids)])
        for claim_id, *fill in cursor.fetchall():
            fills[claim_id] = (*fills.get(claim_id, ()), Fill(*fill))
    return Filled(told, fills)
