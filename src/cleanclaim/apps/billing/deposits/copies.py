"""Remittances that tell a stopped payment once more: held, not awaited, posted only if the first one is taken back."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from cleanclaim.apps.billing.deposits.models import Reissue
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim, State
from cleanclaim.rules.reconciliation import ToldClaim, repeats_claims, tells_again

# Of standing reissues: the stopped payment, its new number, and another remittance under that number; where the payer
# has told no number yet, one of the same payer and sum that came later.
_PAIRS = """
SELECT reissue.remittance_id, first.state, reissue.number, other.id, other.state, other.payer_id = first.payer_id
  FROM deposits_reissue AS reissue
  JOIN remittances_remittance AS first ON first.id = reissue.remittance_id
  JOIN remittances_remittance AS other ON ltrim(upper(btrim(other.trace_number)), '0') = reissue.bare
 WHERE reissue.undone_at IS NULL AND reissue.bare <> '' AND other.id <> first.id AND true
UNION ALL
SELECT reissue.remittance_id, first.state, reissue.number, other.id, other.state, true
  FROM deposits_reissue AS reissue
  JOIN remittances_remittance AS first ON first.id = reissue.remittance_id
  JOIN remittances_remittance AS other ON other.payer_id = first.payer_id AND other.paid = first.paid
 WHERE reissue.undone_at IS NULL AND reissue.bare = '' AND reissue.replaced_by_id IS NULL
   AND other.id > first.id AND true
 ORDER BY 1, 4
"""
_OF_COPY = _PAIRS.replace("AND true", "AND other.id = %s::bigint")
_OF_FIRST = _PAIRS.replace("AND true", "AND first.id = %s::bigint")


@dataclass(frozen=True, slots=True)
class Copy:
    """`copy_id` pays again what `first_id` paid, which was reissued under `number` (empty: not told yet)."""

    first_id: int
    first_state: str
    number: str
    copy_id: int
    copy_state: str
    is_of_payer: bool


def bare(number: str) -> str:
    """A check or EFT number as numbers are compared: banks fill up with zeros."""
    return number.strip().upper().lstrip("0")


def copies() -> list[Copy]:
    """Every copy of a stopped payment."""
    return _found(_PAIRS, []) if _is_any_stopped() else []


def copies_of(remittance_id: int) -> list[Copy]:
    """The remittances that tell this stopped payment again."""
    return _found(_OF_FIRST, [remittance_id] * 2) if _is_any_stopped() else []


def _is_any_stopped() -> bool:
    """Nearly never; posting asks, too."""
    return Reissue.objects.filter(undone_at=None).exists()


def _found(sql: str, parameters: list[int]) -> list[Copy]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        pairs = [Copy(*row) for row in cursor.fetchall()]
    told = _told({one for pair in pairs for one in (pair.first_id, pair.copy_id)})
    return [one for one in pairs if _is_copy(one, told[one.first_id], told[one.copy_id])]


def _is_copy(pair: Copy, first: list[ToldClaim], other: list[ToldClaim]) -> bool:
    """The sum alone tells something only where payer and number agree."""
    tells = tells_again if pair.number and pair.is_of_payer else repeats_claims
    return tells(first, other)


def _told(ids: Collection[int]) -> dict[int, list[ToldClaim]]:
    found: dict[int, list[ToldClaim]] = {one: [] for one in ids}
    if ids:
        rows = RemittanceClaim.objects.filter(remittance__in=list(ids)).order_by("position")
        for remittance_id, *told in rows.values_list(
            "remittance_id", "control_number", "status_code", "paid", "charge"
        ):
            found[remittance_id].append(ToldClaim(*told))
    return found


def copy_ids() -> list[int]:
    """Copies whose first payment stands: no money of their own is awaited."""
    return [one.copy_id for one in copies() if one.first_state != State.REVERSED]


def why_stopped(remittance_id: int) -> str:
    """Why a remittance may not be posted because of a reissue; empty where it may. Posting asks this."""
    if not _is_any_stopped():
        return ""
    for one in _found(_OF_COPY, [remittance_id] * 2):
        if one.first_state != State.REVERSED:
            return _copy_words(one)
    for one in _found(_OF_FIRST, [remittance_id] * 2):
        if one.copy_state == State.POSTED:
            return f"remittance {one.copy_id} told this payment again under number {one.number} and is posted"
    return ""


def _copy_words(one: Copy) -> str:
    first = Remittance.objects.only("trace_number").get(pk=one.first_id)
    payment = f"the stopped payment of trace {first.trace_number} (remittance {one.first_id})"
    if one.number:
        return f"it is a copy of {payment}, reissued under number {one.number}"
    return f"it may be {payment} made anew: say its new number there, or take the stop back"
