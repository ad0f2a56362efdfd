"""Whether what a payment brought has gone on since: then it is not applied or taken back under whoever built on it."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    Remittance,
    RemittanceClaim,
)
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.billing.remittances.standing import Standing
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.ledger.services.locks import lock_credits
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import UNAPPLIED_CASH

Guard = Callable[[Collection[int]], str]
_guards: list[Guard] = []

# Unapplied cash under a trace: what remittances left there, and what others took of it.
_UNAPPLIED = """
SELECT -coalesce(sum(leg.amount), 0), coalesce(sum(leg.amount) FILTER (
           WHERE coalesce(origin.idempotency_key, entry.idempotency_key) NOT LIKE 'remittance:%%'), 0)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
  LEFT JOIN ledger_entry AS origin ON origin.id = entry.reverses_id
 WHERE leg.account = %s AND leg.trace = %s
"""


def register(guard: Guard) -> None:
    """Have this asked before entries are reversed: why those may not be, or nothing."""
    if guard not in _guards:
        _guards.append(guard)


def require_reversible(entry_ids: Collection[int]) -> None:
    """Stop where an app above has built on one of the entries.

    Raises:
        StateError: it has; the message says what.
    """
    if reason := _why_not(entry_ids):
        raise StateError(reason, hint="Take that back first.")


def _why_not(entry_ids: Collection[int]) -> str:
    return next((reason for guard in _guards if (reason := guard(entry_ids))), "")


def parked_by(entry_ids: Collection[int]) -> Decimal:
    """What these entries left as unapplied cash, less what they used of it."""
    legs = Leg.objects.filter(is_one_of("entry_id", list(entry_ids)), account=UNAPPLIED_CASH.code)
    return -(legs.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def require_parked(row: Remittance, wanted: Decimal) -> None:
    """Stop where the cash that a held payment parked has left, as by a refund; keeps others off it.

    Raises:
        StateError: less than `wanted` is there, for another desk took of it.
    """
    if wanted <= ZERO:
        return
    trace = trace_of(row)
    lock_credits(UNAPPLIED_CASH.code, [row.payer_id], trace=trace)
    with connection.cursor() as cursor:
        cursor.execute(_UNAPPLIED, [UNAPPLIED_CASH.code, trace])
        left, used = cursor.fetchone()
    if used > ZERO and left < wanted:
        raise StateError(
            f"{show(wanted)} waits under trace {row.trace_number}, but {show(used)} of it was used "
            "elsewhere, as by a refund",
            hint="Take that back first.",
        )


def require_standing(row: Remittance, claim_ids: Iterable[int], *, position: int = 0) -> None:
    """Stop where a later message of the payer has taken the answer back: its reversal would take nothing back then.

    Args:
        position: of the one payment that is to be taken back; 0 = the remittance's all.

    Raises:
        StateError: one has; the message names it.
    """
    reversals = RemittanceClaim.objects.filter(
        is_one_of("claim_id", sorted(set(claim_ids))), outcome=Outcome.REVERSED
    )
    if not position:  # what it takes back itself goes with it
        reversals = reversals.exclude(remittance=row)
    taken = Standing(sorted(set(reversals.values_list("claim_id", flat=True)))).taken_by
    own = RemittanceClaim.objects.filter(is_one_of("id", sorted(taken)), remittance=row)
    if position:
        own = own.filter(position=position)
    for place_id in own.order_by("position").values_list("id", flat=True):
        if position or taken[place_id] != row.pk:
            trace = Remittance.objects.values_list("trace_number", flat=True).get(
                pk=taken[place_id]
            )
            raise StateError(
                f"trace {trace} takes the answer back that trace {row.trace_number} brought",
                hint=f"Take trace {trace} back first.",
            )


def require_unreplaced(row: Remittance, claim_ids: Iterable[int]) -> None:
    """Stop where the payer answered anew what a reversal of this remittance takes back: both answers would stand then.

    Raises:
        StateError: it did, in a remittance that stands; the message names it.
    """
    reversals = RemittanceClaim.objects.filter(
        is_one_of("claim_id", sorted(set(claim_ids))), remittance=row, outcome=Outcome.REVERSED
    ).exclude(entry_id=0)
    since = dict(reversals.order_by("-id").values_list("claim_id", "entry_id"))
    if not since:
        return
    standing = Standing(sorted(since))
    ids = [place_id for place_id, by in standing.taken_by.items() if by == row.pk]
    taken = RemittanceClaim.objects.filter(is_one_of("id", sorted(ids))).exclude(remittance=row)
    for claim_id, entry_id in taken.exclude(entry_id=0).values_list("claim_id", "entry_id"):
        later = [
            one
            for one in standing.of_claim(claim_id or 0)
            if one.entry_id > since[claim_id or 0]
            and one.remittance_id != row.pk
            and one.payer_id == row.payer_id
        ]
        lines = _items_of(entry_id) if later else set()
        for one in later:
            if lines & _items_of(one.entry_id):
                raise StateError(
                    f"trace {one.trace} answers anew what trace {row.trace_number} takes back",
                    hint=f"Take trace {one.trace} back first.",
                )


def require_nothing_beside(row: Remittance, claim_ids: Iterable[int], *, position: int = 0) -> None:
    """Stop where a further payment was posted beside an answer of this remittance: it says nothing without that one.

    Args:
        position: of the one payment that is to be taken back; 0 = the remittance's all.

    Raises:
        StateError: one was, and stands; the message names it.
    """
    ids = sorted(set(claim_ids))
    further = RemittanceClaim.objects.filter(
        is_one_of("claim_id", ids), outcome__in=POSTED, beside_id__isnull=False
    )
    if not position:  # its own go with it
        further = further.exclude(remittance=row)
    if not (asked := sorted(set(further.values_list("claim_id", flat=True)))):
        return
    own = RemittanceClaim.objects.filter(is_one_of("claim_id", asked), remittance=row)
    if position:
        own = own.filter(position=position)
    answers = set(own.values_list("id", flat=True))
    standing = Standing(asked)
    for claim_id in asked:
        for one in standing.of_claim(claim_id):
            is_other = position or one.remittance_id != row.pk
            # One whose cash was given back stays: it is not there to be taken back first.
            if one.beside_id in answers and is_other and not _why_not([one.entry_id]):
                raise StateError(
                    f"trace {one.trace} was posted beside the answer that trace {row.trace_number} brought",
                    hint=f"Take the payment of trace {one.trace} back first, and apply it anew afterwards.",
                )


def _items_of(entry_id: int) -> set[int]:
    legs = Leg.objects.filter(entry=entry_id).exclude(item_id=0)
    return set(legs.values_list("item_id", flat=True))


def require_unsettled(row: Remittance) -> None:
    """Stop where one of its payments was settled with a payment of another remittance.

    Raises:
        StateError: one was; the message names it.
    """
    settled = RemittanceClaim.objects.filter(remittance=row, outcome=Outcome.SETTLED)
    found = settled.order_by("position").values_list("position", "hold").first()
    if found is not None:
        position, words = found
        raise StateError(
            f"payment {position} of trace {row.trace_number} is {words}",
            hint="Have the two held again first.",
        )
