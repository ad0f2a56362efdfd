"""A remittance with very many claims, in parts that fit into memory. Posting them one by one is the same as all at once.

All payments on one claim are in one part, and which claim a payment answers is told before anything is posted, for
posting gives claims the payer's new numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.base import ModelState

from cleanclaim.apps.billing.charges.models import Charge
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.bodies import (
    bodies_at,
    payments_at,
    read_bodies,
)
from cleanclaim.apps.billing.remittances.desk_rows import DeskRows
from cleanclaim.apps.billing.remittances.matching import Match, candidates, match_claims
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import Matched
from cleanclaim.apps.shared.tenancy.prepared import is_one_of

PLACES_AT_ONCE = 2_000
FEWEST = (
    500  # in a first or last part: while it is planned nothing is written, or the other way round
)

_LOCK = """
SELECT count(*) FROM (
    SELECT id FROM claims_claim WHERE id IN (
        SELECT claim.id FROM remittances_remittanceclaim AS place
          JOIN claims_claim AS claim ON claim.control_number = place.control_number
         WHERE place.remittance_id = %s AND place.control_number <> ''
        UNION
        SELECT claim.id FROM remittances_remittanceclaim AS place
          JOIN claims_claim AS claim ON claim.payer_control_number = place.payer_control_number
         WHERE place.remittance_id = %s AND claim.payer_control_number <> ''
        UNION SELECT unnest(%s::bigint[]))
    ORDER BY id FOR UPDATE) AS locked
"""
# The one claim with the payment's control number; 0 where none or several have it, or it bills a prescription: a drug's
# payment goes by its fill before its number.
_BY_NUMBER = """
SELECT place.position, CASE WHEN count(claim.id) = 1 AND NOT coalesce(bool_or({drugs}), false)
                            THEN min(claim.id) ELSE 0 END
  FROM remittances_remittanceclaim AS place
  LEFT JOIN claims_claim AS claim
    ON claim.control_number = place.control_number AND place.control_number <> ''
 WHERE place.remittance_id = %s GROUP BY place.position
"""


_BILLS_A_DRUG = (
    "EXISTS (SELECT FROM charges_charge AS charge WHERE charge.claim_id = claim.id "
    "AND charge.prescription_number <> '')"
)


def _by_number() -> str:
    """`_BY_NUMBER`; who bills no drug at all is not asked of every claim."""
    has_drugs = Charge.objects.exclude(prescription_number="").exists()
    return _BY_NUMBER.format(drugs=_BILLS_A_DRUG if has_drugs else "false")


@cache
def _claim_fields() -> list[str]:
    """The claim's columns as Django reads them, its id first."""
    return [field.attname for field in Claim._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Part:
    """Positions of some payments; for each the claim that it answers, or 0 and the reason why there is none."""

    positions: tuple[int, ...]
    claim_ids: tuple[int, ...]
    reasons: tuple[str, ...]

    def load(self, row: Remittance) -> "Loaded":
        """All of it that the database has."""
        claims = Claim.objects.filter(is_one_of("id", self._known_claims()))
        bodies, reversals = bodies_at(row.pk, self.positions)
        return Loaded(self, bodies, list(claims.values_list(*_claim_fields())), reversals)

    def _known_claims(self) -> list[int]:
        return sorted(set(self.claim_ids) - {0})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A part with its payments as they are stored, by position, and the rows of its claims, their ids first.

    What is made of them is made where the database does not wait for it.
    """

    part: Part
    bodies: dict[int, str]
    claims: list[tuple[Any, ...]]
    reversals: frozenset[int] = frozenset()  # positions

    @property
    def claim_ids(self) -> list[int]:
        """Of the claims that there are."""
        return [row[0] for row in self.claims]

    def desk_rows(self, row: Remittance) -> DeskRows:
        """What a desk for these claims asks of the database."""
        names = _claim_fields()
        patient, payer = names.index("patient_id"), names.index("payer_id")
        elsewhere = {one[0]: one[patient] for one in self.claims if one[payer] != row.payer_id}
        pairs = zip(self.part.positions, self.part.claim_ids, strict=True)
        back = {claim_id for position, claim_id in pairs if position in self.reversals}
        return DeskRows.of(self.claim_ids, elsewhere=elsewhere, taken_back=back, row=row)

    def matched(self) -> list[Matched]:
        """The payments with their claims, for planning."""
        part, payments = self.part, read_bodies(self.bodies)
        names = _claim_fields()
        claims = {row[0]: _claim_of(names, row) for row in self.claims}
        return [
            (position, payments[position], Match(claims.get(claim_id), reason))
            for position, claim_id, reason in zip(
                part.positions, part.claim_ids, part.reasons, strict=True
            )
        ]


def _claim_of(names: Sequence[str], row: tuple[Any, ...]) -> Claim:
    """As `Claim.from_db` makes it, in a fifth of the time: the columns are an instance's attributes."""
    claim = Claim.__new__(Claim)
    claim._state = state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    claim.__dict__.update(zip(names, row, strict=True))
    return claim


def lock_all(row: Remittance) -> None:
    """Hold every claim that a payment may answer, in the order of their ids."""
    others = _found_otherwise(row)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [row.pk, row.pk, others])


def _found_otherwise(row: Remittance) -> list[int]:
    """Claims that payments may answer by a fill or a former number: none where one claim has each control number."""
    with connection.cursor() as cursor:
        cursor.execute(_by_number(), [row.pk])
        unclear = sorted(position for position, claim_id in cursor if not claim_id)
    found: set[int] = set()
    for start in range(0, len(unclear), PLACES_AT_ONCE):
        payments = payments_at(row.pk, unclear[start : start + PLACES_AT_ONCE])
        found |= set(candidates(list(payments.values())).values_list("pk", flat=True))
    return sorted(found)


def parts_of(row: Remittance) -> list[Part]:
    """The parts, in the order of the payments but for later ones on a claim of an earlier part."""
    with connection.cursor() as cursor:
        cursor.execute(_by_number(), [row.pk])
        claim_of: dict[int, int] = dict(cursor.fetchall())
    reasons: dict[int, str] = {}
    unclear = sorted(position for position, claim_id in claim_of.items() if not claim_id)
    for start in range(0, len(unclear), PLACES_AT_ONCE):
        payments = payments_at(row.pk, unclear[start : start + PLACES_AT_ONCE])
        found = match_claims(
            list(payments.values()),
            candidates(list(payments.values())),
            payer_id=row.payer_id,
        )
        for position, match in zip(payments, found, strict=True):
            claim_of[position] = match.claim.pk if match.claim else 0
            reasons[position] = match.reason
    return [
        Part(
            tuple(some),
            tuple(claim_of[position] for position in some),
            tuple(reasons.get(position, "") for position in some),
        )
        for some in _cut(claim_of)
    ]


def _cut(claim_of: dict[int, int]) -> Iterator[Sequence[int]]:
    """The positions, those of one claim together, in pieces that end between two claims."""
    together: dict[tuple[int, int], list[int]] = {}
    for position in sorted(claim_of):
        claim_id = claim_of[position]
        together.setdefault((claim_id, 0 if claim_id else position), []).append(position)
    piece: list[int] = []
    done = 0
    for positions in together.values():
        if piece and len(piece) + len(positions) > _room(done, len(claim_of) - done):
            yield piece
            done += len(piece)
            piece = []
        piece += positions
    if piece:
        yield piece


def _room(done: int, left: int) -> int:
    """How many payments the next part takes: ever more at the beginning, ever fewer at the end."""
    wanted = left if left < 2 * FEWEST else max(FEWEST, min(done, left // 2))
    return min(PLACES_AT_ONCE, wanted)
